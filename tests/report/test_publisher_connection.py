"""When the publisher connects, what it subscribes to and says of the connection, and how it takes its leave."""

import pytest
from tests.report.noted_publisher import DOWN, NotedPublisher
from tests.report.noting_link import NotingLink

from portvagt import runtime
from portvagt.report import backoff, publisher


@pytest.fixture
def it(tmp_path, clock):
    return NotedPublisher(tmp_path, clock)


def test_each_connection_subscribes_and_messages_are_handed_on(it):
    for _ in range(2):
        it.publisher.connect()
        it.link.user.on_connected()
        assert it.link.subscribed == [DOWN]
    it.link.user.on_message("down/cmd", b"{}")
    assert it.told == ["online", "online", ("down/cmd", b"{}")]


def test_a_refused_subscription_is_said_once(it, capsys):
    it.publisher.connect()
    for granted in (False, False, True, False):
        it.link.user.on_subscribed(granted)
    assert capsys.readouterr().err.count("the ISP must let this router subscribe to down/cmd, down/policy") == 2


def test_pauses_grow_and_begin_anew_after_a_connection_that_stood(it, monkeypatch):
    monkeypatch.setattr(publisher, "chance", lambda: 1.0)
    pauses = []
    monkeypatch.setattr(it.loop, "after", lambda seconds, _: pauses.append(seconds))
    it.publisher.connect()
    it.link.user.on_lost("cut")
    it.link.user.on_lost("cut")
    it.link.user.on_connected()
    it.link.user.on_lost("taken over at once")
    it.link.user.on_connected()
    it.clock.now += publisher.STABLE_S
    it.link.user.on_lost("cut")
    assert [pause for pause in pauses if pause != publisher.LOOK_S] == [3.0, 9.0, 27.0, 3.0]


def test_luck_differs():
    draws = [publisher.chance() for _ in range(100)]
    assert len(set(draws)) > 90
    assert all(0 <= draw <= 1 for draw in draws)


def test_the_same_problem_is_said_once(it, capsys):
    it.publisher.connect()
    for _ in range(3):
        it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1
    it.link.user.on_connected()
    it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1


def test_the_status_says_since_when(tmp_path, clock):
    told = []
    it = NotedPublisher(tmp_path, clock, on_status=lambda: told.append((it.publisher.status, clock.now)))
    it.publisher.connect()
    it.link.user.on_lost("nobody listens")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_lost("nobody listens")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    start = 1000.0
    assert told == [
        ("no connection: nobody listens", start),
        ("connected to broker:8883", start + 2 * backoff.LONGEST_S),
    ]
    assert it.publisher.status_since == start + 2 * backoff.LONGEST_S


def test_there_is_no_tls_before_the_clock_is_set(it, monkeypatch, capsys):
    times = [None, None, 1790000000.0]
    monkeypatch.setattr(runtime, "wall_clock", lambda: times.pop(0))
    it.publisher.connect()
    it.pass_time(publisher.CLOCK_S)
    assert NotingLink.made == []
    assert capsys.readouterr().err.count("waits for NTP") == 1
    it.pass_time(publisher.CLOCK_S)
    assert len(NotingLink.made) == 1


def test_good_bye_is_said_when_the_last_state_is_confirmed(it, monkeypatch):
    it.go_online()
    monkeypatch.setattr(it.loop, "step", lambda _: it.link.user.on_published(1))
    it.publisher.stop(b"bye")
    assert it.link.published == [("up/state", b"bye", True)]
    assert it.link.closed


def test_without_a_confirmation_the_will_speaks(it, monkeypatch):
    it.go_online()
    monkeypatch.setattr(it.loop, "step", lambda seconds: setattr(it.clock, "now", it.clock.now + seconds))
    before = it.clock.now
    it.publisher.stop(b"bye")
    assert not it.link.closed
    assert it.clock.now - before < 2 * publisher.FAREWELL_S


def test_stopping_without_a_connection_takes_no_time(it):
    it.publisher.connect()
    it.publisher.stop(b"bye")
    assert it.link.published == []
