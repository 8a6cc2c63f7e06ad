import itertools

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from portvagt.judge import case as life
from portvagt.judge import detector
from portvagt.judge.home import DEVICES_MAX, Home

LAPTOP, PHONE = b"\x02laptp", b"\x02phone"
QUIET_S = 3600


def home(stops=True):
    numbers = itertools.count()
    return Home(detector.threshold(10), stops, QUIET_S, lambda: f"incident-{next(numbers)}")


def flow(number, port=25):
    """A connection to a network of its own."""
    return number.to_bytes(3, "big") + b"\x19", port, (40000 + number) % 65536


def burst(judge, key, count, start=0.0, port=25, first=0):
    """Connections to `count` new networks, 50 a second; the decisions."""
    numbers = range(first, first + count)
    decisions = [judge.connection(start + each / 50, key, flow(each, port)) for each in numbers]
    return [each for each in decisions if each is not None]


def test_a_burst_stops_the_device_once_and_says_why():
    judge = home()
    [decision] = burst(judge, LAPTOP, 10)
    assert (decision.action, decision.device) == ("stopped", LAPTOP)
    evidence = decision.case.evidence
    assert evidence == {
        "connections": 4,
        "networks": 4,
        "seconds": 0.06,
        "unanswered": 4,
        "ports": [25],
        "usual_per_day": 4,
    }


def test_answers_are_taken_off_the_unanswered():
    judge = home()
    burst(judge, LAPTOP, 3)
    for _ in range(2):  # the kernel tells of the reply, and again of ASSURED
        judge.answered(LAPTOP, flow(0))
    [decision] = burst(judge, LAPTOP, 1, start=0.1, first=3)
    assert decision.case.evidence["unanswered"] == 3


def test_devices_are_judged_apart():
    judge = home()
    assert burst(judge, LAPTOP, 3) + burst(judge, PHONE, 3, first=100) == []


def test_observe_reports_once_and_ends_by_quiet():
    judge = home(stops=False)
    [decision] = burst(judge, LAPTOP, 50)
    assert decision.action == "observed"
    assert judge.tick(QUIET_S - 1) == []
    judge.tick(QUIET_S + 60)
    assert judge.devices[LAPTOP].state == life.CLEAR


def test_release_starts_at_zero_and_a_second_burst_stops_again():
    judge = home()
    burst(judge, LAPTOP, 4)
    assert judge.release(1, LAPTOP).action == "released"
    assert judge.release(1, LAPTOP) is None
    [decision] = burst(judge, LAPTOP, 4, start=1, first=100)
    assert decision.case.evidence["connections"] == 4


def test_an_exempt_device_is_not_stopped_until_the_exemption_ends():
    judge = home()
    judge.exempt(0, LAPTOP, 600)
    assert burst(judge, LAPTOP, 20) == []
    assert [each.action for each in judge.tick(601)] == ["exemption_ended"]
    assert len(burst(judge, LAPTOP, 20, start=700, first=200)) == 1


@pytest.mark.parametrize("incident, token", [("incident-0", "wrong"), ("wrong", "incident-1"), ("incident-0", "")])
def test_a_notice_is_acknowledged_by_its_own_token_only(incident, token):
    judge = home()
    burst(judge, LAPTOP, 4)
    assert judge.acknowledge(LAPTOP, incident, token) is None
    assert judge.acknowledge(PHONE, "incident-0", "incident-1") is None
    assert judge.acknowledge(LAPTOP, "incident-0", "incident-1").acknowledged


def test_forged_devices_can_not_push_out_a_stopped_one():
    judge = home()
    burst(judge, LAPTOP, 4)
    for each in range(2 * DEVICES_MAX):
        judge.connection(1, each.to_bytes(6, "big"), flow(1))
    assert len(judge.devices) == DEVICES_MAX
    assert judge.devices[LAPTOP].state == life.STOPPED


def test_every_state_can_be_left():
    left = {state for (state, _), (after, _) in life.TRANSITIONS.items() if after != state}
    assert left == {life.CLEAR, life.OBSERVED, life.STOPPED, life.EXEMPT}


class HomeMachine(RuleBasedStateMachine):
    """Whatever happens in whatever order: a stopped device is let go only by quiet, release or exemption."""

    def __init__(self):
        super().__init__()
        self.judge = home()
        self.now = 0.0
        self.expected = {LAPTOP: life.CLEAR, PHONE: life.CLEAR}
        self.networks = itertools.count()

    devices = st.sampled_from([LAPTOP, PHONE])

    @rule(seconds=st.floats(0, 100_000))
    def time_passes(self, seconds):
        self.now += seconds
        for decision in self.judge.tick(self.now):
            assert decision.action == "exemption_ended"
            self.expected[decision.device] = life.CLEAR

    @rule(key=devices)
    def zombie(self, key):
        for _ in range(8):
            number = next(self.networks)
            decision = self.judge.connection(self.now, key, flow(number))
            if decision is not None:
                assert self.expected[key] == life.CLEAR and decision.action == "stopped"
                self.expected[key] = life.STOPPED
        assert self.expected[key] != life.CLEAR

    @rule(key=devices)
    def quiet(self, key):
        decision = self.judge.quiet(self.now, key)
        assert (decision is not None) == (self.expected[key] == life.STOPPED)
        if decision is not None:
            self.expected[key] = life.CLEAR

    @rule(key=devices)
    def release(self, key):
        self.judge.release(self.now, key)
        assert self.judge.release(self.now, key) is None  # idempotent
        self.expected[key] = life.CLEAR

    @rule(key=devices, seconds=st.integers(60, 90_000))
    def exempt(self, key, seconds):
        assert self.judge.exempt(self.now, key, seconds).case.until == self.now + seconds
        self.expected[key] = life.EXEMPT

    @invariant()
    def states_agree(self):
        for key, state in self.expected.items():
            if key in self.judge.devices:
                assert self.judge.devices[key].state == state


HomeMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
test_home_machine = HomeMachine.TestCase
