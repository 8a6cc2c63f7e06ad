"""When the reporter publishes a state, and when the guard may forget an event; time passes as the test says."""

import json
import os

import pytest
from tests.report.noting_link import NotingLink

from portvagt import config, reporter
from portvagt.loop import Loop
from portvagt.report import backoff

HEARTBEAT_S = 900


class NotingGuard:
    """Stands in for the guard's socket: answers at once with `reply`."""

    def __init__(self, _loop, _path, on_event, on_connected):
        self.hand_over = on_event
        self.come_back = on_connected
        self.told = []
        self.asked = 0
        self.reply = {"policy": "stop", "watching": True, "blind": None, "stopped": 0, "pids": {}}

    def connect(self):
        pass

    def reporting(self, status, seconds):
        self.reported = status, seconds

    def damaged(self, files):
        pass

    def stored(self, identity):
        self.told.append(identity)

    def state(self, on_reply):
        self.asked += 1
        on_reply(self.reply)


class Setup:
    def __init__(self, directory, clock):
        text = "config main\n option run_dir {0}\n option state_dir {0}\nconfig report\n option heartbeat {1}\n"
        self.clock, self.loop = clock, Loop()
        settings = config.parse(text.format(directory, HEARTBEAT_S), "test")
        self.reporter = reporter.Reporter(settings, self.loop, NotingLink)
        self.guard = self.reporter._guard
        self.reporter.start()

    @property
    def link(self):
        return NotingLink.made[-1]

    def pass_time(self, seconds, step=1):
        for _ in range(0, int(seconds), step):
            self.clock.now += step
            self.loop.step(0)

    def states(self):
        return [json.loads(payload) for topic, payload, retain in self.link.published if retain]


@pytest.fixture
def it(tmp_path, clock, monkeypatch):
    NotingLink.made = []
    monkeypatch.setattr(reporter, "GuardSocket", NotingGuard)
    return Setup(tmp_path, clock)


def test_a_state_at_each_connection(it):
    assert it.states() == []
    it.link.user.on_connected()
    assert [state["online"] for state in it.states()] == [True]
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    assert len(NotingLink.made) == 2
    assert len(it.states()) == 1


def test_a_state_at_each_heartbeat_and_not_between(it):
    it.link.user.on_connected()
    it.pass_time(HEARTBEAT_S * 0.89)
    assert len(it.states()) == 1
    it.pass_time(HEARTBEAT_S * 0.22 + reporter.LOOK_S)
    assert len(it.states()) == 2


def test_heartbeats_of_a_fleet_drift_apart(it, monkeypatch):
    counts = []
    for luck in (0.0, 1.0):
        monkeypatch.setattr(reporter, "chance", lambda luck=luck: luck)
        it.link.user.on_connected()
        before = len(it.states())
        it.pass_time(50 * HEARTBEAT_S, reporter.LOOK_S)
        counts.append(len(it.states()) - before)
    assert counts[0] > 1.1 * counts[1]


def test_a_change_is_published_before_the_heartbeat(it):
    it.link.user.on_connected()
    it.guard.reply["watching"], it.guard.reply["blind"] = False, "no LAN"
    it.pass_time(reporter.LOOK_S)
    assert [state["blind"] for state in it.states()] == [None, "no LAN"]


@pytest.mark.parametrize(("guards", "named"), [(os.getpid(), {"reporter"}), (os.getppid(), {"guard", "reporter"})])
def test_in_jails_where_each_is_number_one_no_process_is_taken_for_another(it, guards, named):
    it.guard.reply["pids"] = {"guard": guards}
    it.link.user.on_connected()
    assert set(it.states()[0]["health"]["processes"]) == named


def test_a_guard_that_comes_back_is_asked_at_once(it):
    it.link.user.on_connected()
    it.guard.reply["policy"] = "observe"
    it.guard.come_back()
    assert [state["policy"] for state in it.states()] == ["stop", "observe"]


def test_a_burst_of_events_makes_one_state(it):
    it.link.user.on_connected()
    for number in range(20):
        it.guard.hand_over({"id": f"e-{number}"})
    it.guard.reply["stopped"] = 20
    it.pass_time(5)
    assert it.guard.asked == 2
    assert [state["stopped"] for state in it.states()] == [0, 20]


def test_the_state_counts_what_waits_and_what_was_dropped(it):
    for number in range(510):
        it.guard.hand_over({"id": f"e-{number}"})
    it.link.user.on_connected()
    assert it.states()[0]["outbox"] == {"waiting": 500, "dropped": 10}


def refuse(monkeypatch):
    def fail(_file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reporter.runtime, "sync", fail)


def test_the_guard_may_forget_what_is_on_the_disk(it):
    it.guard.hand_over({"id": "e-1"})
    assert it.guard.told == ["e-1"]
    it.guard.hand_over({"id": "e-1"})
    assert it.guard.told == ["e-1", "e-1"]


def test_the_guard_keeps_what_the_disk_refuses_until_it_takes_it(it, monkeypatch):
    with monkeypatch.context() as full_disk:
        refuse(full_disk)
        for _ in range(3):
            it.guard.hand_over({"id": "e-1"})
        it.pass_time(2 * reporter.LOOK_S)
        assert it.guard.told == []
    it.pass_time(reporter.LOOK_S)
    assert it.guard.told == ["e-1"]


def test_or_until_the_broker_has_it(it, monkeypatch):
    refuse(monkeypatch)
    it.guard.hand_over({"id": "e-1"})
    it.link.user.on_connected()
    it.link.user.on_published(len(it.link.published))
    assert it.guard.told == ["e-1"]


def test_the_guard_hears_how_reporting_is(it):
    it.link.user.on_lost("nobody listens")
    it.pass_time(7)
    it.guard.come_back()
    assert it.guard.reported == ("no connection: nobody listens", 7)
