"""What the broker refuses is kept, said and tried again, and holds up nothing else."""

import pytest
from tests.report.noted_publisher import NotedPublisher

from portvagt.report import backoff, link, publisher


@pytest.fixture
def it(tmp_path, clock):
    return NotedPublisher(tmp_path, clock)


def refuse_all(it, seen=0):
    """The broker refuses each event that comes; how many came by now."""
    while seen < len(it.link.published):
        seen += 1
        it.link.user.on_refused(seen, "no right")
    return seen


def test_what_the_broker_refuses_is_kept_and_tried_again_ever_less_often(it, capsys):
    it.go_online(50)
    seen = refuse_all(it)
    assert seen == link.INFLIGHT_MAX
    tries = []
    for _hour in range(4):
        before = seen
        for _ in range(60):
            it.pass_slowly(60)
            seen = refuse_all(it, seen)
        tries.append((seen - before) // link.INFLIGHT_MAX)
    assert tries[0] > 3
    assert tries[-2:] == [1, 1]
    assert len(it.outbox.waiting()) == 50
    assert capsys.readouterr().err.count("the broker refuses our events: no right") == 1
    assert it.publisher.status == "connected to broker:8883; the broker refuses our events (no right)"


def test_an_event_that_alone_is_refused_holds_up_no_other(it):
    it.go_online(3)
    it.link.user.on_refused(1, "code 153")
    for number in (2, 3):
        it.link.user.on_published(number)
    assert it.outbox.waiting() == ["e-0"]
    for number in range(3, 30):
        it.outbox.add({"id": f"e-{number}"})
        it.publisher.pump()
        it.link.user.on_published(len(it.link.published))
    assert it.outbox.waiting() == ["e-0"]
    it.pass_slowly(publisher.REFUSED_FIRST_S)
    it.link.user.on_published(len(it.link.published))
    assert it.outbox.waiting() == []
    assert it.publisher.status == "connected to broker:8883"


def test_a_new_connection_tries_what_was_refused(it):
    it.go_online(1)
    it.link.user.on_refused(1, "no right")
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    assert it.sent() == ["e-0"]
