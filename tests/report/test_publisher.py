"""Events go out in order and few at a time, and what the broker did not confirm goes out again."""

import pytest
from tests.report.noted_publisher import NotedPublisher
from tests.report.noting_link import NotingLink

from portvagt.report import backoff, link


@pytest.fixture
def it(tmp_path, clock):
    return NotedPublisher(tmp_path, clock)


def test_events_go_out_in_order_and_are_done_when_confirmed(it):
    it.fill(3)
    it.publisher.connect()
    assert it.sent() == []
    it.link.user.on_connected()
    assert it.sent() == ["e-0", "e-1", "e-2"]
    it.link.user.on_published(2)
    assert it.outbox.waiting() == ["e-0", "e-2"]
    assert it.told == ["online", "e-1"]


def test_few_are_under_way_at_the_same_time(it):
    it.go_online(50)
    assert len(it.sent()) == link.INFLIGHT_MAX
    it.link.user.on_published(1)
    assert it.sent()[link.INFLIGHT_MAX :] == [f"e-{link.INFLIGHT_MAX}"]


def test_what_was_not_confirmed_is_sent_again_by_the_next_link(it):
    it.go_online(2)
    it.link.user.on_published(1)
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    assert len(NotingLink.made) == 2
    it.link.user.on_connected()
    assert it.sent() == ["e-1"]


def test_a_confirmation_of_an_unknown_number_is_ignored(it):
    it.go_online(1)
    it.link.user.on_published(77)
    assert it.outbox.waiting() == ["e-0"]


def test_500_events_of_ten_minutes_without_a_broker_arrive_once_in_order_and_in_small_portions(it):
    it.publisher.connect()
    under_way_most, end, number = 0, it.clock.now + 600, 0
    while it.clock.now < end:
        if not it.link.closed:
            it.link.user.on_lost("nobody listens")
            it.link.closed = True
        if number < 500:
            it.outbox.add({"id": f"e-{number}"})
            it.publisher.pump()
            number += 1
        it.pass_time(1)
    attempts = len(NotingLink.made)
    assert 4 <= attempts <= 100
    it.pass_slowly(int(backoff.LONGEST_S))
    assert len(NotingLink.made) == attempts + 1
    it.link.user.on_connected()
    confirmed = 0
    while confirmed < len(it.link.published):
        under_way_most = max(under_way_most, len(it.link.published) - confirmed)
        confirmed += 1
        it.link.user.on_published(confirmed)
    assert it.sent() == [f"e-{number}" for number in range(500)]
    assert under_way_most <= link.INFLIGHT_MAX
    assert it.outbox.waiting() == []
