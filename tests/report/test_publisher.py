"""The publisher with a link that only notes what it is asked to do."""

import json

import pytest
from tests.report.noting_link import NotingLink

from portvagt import runtime
from portvagt.loop import Loop
from portvagt.report import backoff, link, publisher
from portvagt.report.outbox import Outbox

ENDPOINT = link.Endpoint("broker", 8883, "ca", "crt", "key", "cpe", "up/state", b"gone")


class Setup:
    def __init__(self, path, clock):
        NotingLink.made = []
        self.clock, self.loop, self.outbox = clock, Loop(), Outbox(path)
        self.told = []
        self.publisher = publisher.Publisher(
            self.loop,
            ENDPOINT,
            NotingLink,
            self.outbox,
            lambda _: "up/event",
            lambda: self.told.append("online"),
            self.told.append,
            down_topic="down/#",
            on_message=lambda *message: self.told.append(message),
        )

    @property
    def link(self):
        return NotingLink.made[-1]

    def pass_time(self, seconds):
        self.clock.now += seconds
        self.loop.step(0)

    def sent(self):
        return [json.loads(payload)["id"] for topic, payload, retain in self.link.published if topic == "up/event"]


@pytest.fixture
def it(tmp_path, clock):
    return Setup(str(tmp_path / "outbox"), clock)


def fill(it, count):
    for number in range(count):
        it.outbox.add({"id": f"e-{number}"})


def test_events_go_out_in_order_and_are_done_when_confirmed(it):
    fill(it, 3)
    it.publisher.connect()
    assert it.sent() == []
    it.link.user.on_connected()
    assert it.sent() == ["e-0", "e-1", "e-2"]
    it.link.user.on_published(2)
    assert it.outbox.waiting() == ["e-0", "e-2"]
    assert it.told == ["online", "e-1"]


def test_each_connection_subscribes_and_messages_are_handed_on(it):
    for _ in range(2):
        it.publisher.connect()
        it.link.user.on_connected()
        assert it.link.subscribed == ["down/#"]
    it.link.user.on_message("down/cmd", b"{}")
    assert it.told == ["online", "online", ("down/cmd", b"{}")]


def test_a_refused_subscription_is_said_once(it, capsys):
    it.publisher.connect()
    for granted in (False, False, True, False):
        it.link.user.on_subscribed(granted)
    assert capsys.readouterr().err.count("the ISP must let this router subscribe to 'down/#'") == 2


def test_few_are_under_way_at_the_same_time(it):
    fill(it, 50)
    it.publisher.connect()
    it.link.user.on_connected()
    assert len(it.sent()) == link.INFLIGHT_MAX
    it.link.user.on_published(1)
    assert it.sent()[link.INFLIGHT_MAX :] == [f"e-{link.INFLIGHT_MAX}"]


def test_what_was_not_confirmed_is_sent_again_by_the_next_link(it):
    fill(it, 2)
    it.publisher.connect()
    it.link.user.on_connected()
    it.link.user.on_published(1)
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    assert len(NotingLink.made) == 2
    it.link.user.on_connected()
    assert it.sent() == ["e-1"]


def test_a_confirmation_of_an_unknown_number_is_ignored(it):
    fill(it, 1)
    it.publisher.connect()
    it.link.user.on_connected()
    it.link.user.on_published(77)
    assert it.outbox.waiting() == ["e-0"]


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
    assert pauses == [3.0, 9.0, 27.0, 3.0]


def test_the_same_problem_is_said_once(it, capsys):
    it.publisher.connect()
    for _ in range(3):
        it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1
    it.link.user.on_connected()
    it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1


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
    it.publisher.connect()
    it.link.user.on_connected()
    monkeypatch.setattr(it.loop, "step", lambda _: it.link.user.on_published(1))
    it.publisher.stop(b"bye")
    assert it.link.published == [("up/state", b"bye", True)]
    assert it.link.closed


def test_without_a_confirmation_the_will_speaks(it, monkeypatch):
    it.publisher.connect()
    it.link.user.on_connected()
    monkeypatch.setattr(it.loop, "step", lambda seconds: setattr(it.clock, "now", it.clock.now + seconds))
    before = it.clock.now
    it.publisher.stop(b"bye")
    assert not it.link.closed
    assert it.clock.now - before < 2 * publisher.FAREWELL_S


def test_stopping_without_a_connection_takes_no_time(it):
    it.publisher.connect()
    it.publisher.stop(b"bye")
    assert it.link.published == []


def test_luck_differs():
    draws = [publisher.chance() for _ in range(100)]
    assert len(set(draws)) > 90
    assert all(0 <= draw <= 1 for draw in draws)
