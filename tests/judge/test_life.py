"""The life of a case, whatever happens in whatever order, restarts of the guard and reboots of the router included."""

import itertools
import tempfile

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from tests.judge.test_home import LAPTOP, PHONE, PROBATION_S, QUIET_S, RELEASE_QUIET_S, flow, home

from portvagt.cases import CaseFile
from portvagt.judge import case as life
from portvagt.judge.case import HOLDS, TRANSITIONS

STATES = {state for state, _ in TRANSITIONS} | {state for state, _ in TRANSITIONS.values()}
LONGEST_S = HOLDS[-1] * QUIET_S + PROBATION_S + 90_001  # the last: of an exemption
OPEN = {life.CLEAR, life.SUSPECTED, life.RELEASED}


def test_every_state_can_be_left():
    assert {state for (state, _), (after, _) in TRANSITIONS.items() if after != state} == STATES


def test_every_state_can_be_entered():
    assert {after for _, after in ((before, after) for (before, _), (after, _) in TRANSITIONS.items())} == STATES


@pytest.mark.parametrize("state", life.REFUSED)
def test_only_these_open_port_25_to_a_refused_device(state):
    opening = {
        event for (before, event), (after, _) in TRANSITIONS.items() if before == state and after not in life.REFUSED
    }
    assert opening == {life.QUIET, life.RELEASE, life.EXEMPTION, life.EVICTION}


class Life(RuleBasedStateMachine):
    """Two devices, a kernel that counts the attempts of those that are refused, a guard that may restart."""

    def __init__(self):
        super().__init__()
        self.directory = tempfile.TemporaryDirectory(prefix="life-")
        self.judge = home()
        self.now = 0.0
        self.boot = 0
        self.networks = itertools.count(1)
        self.path = self.directory.name + "/cases"
        self.saved = None
        self.attempts = {}  # by refused device, as the kernel's set has them: when it last tried
        self.tried = {}  # the same, and nothing is ever forgotten
        self.before = {LAPTOP: life.CLEAR, PHONE: life.CLEAR}
        self.exempted, self.released_by_hand = set(), set()  # in this step

    def teardown(self):
        self.directory.cleanup()

    devices = st.sampled_from([LAPTOP, PHONE])

    def state(self, key):
        return self.judge.devices[key].state if key in self.judge.devices else life.CLEAR

    def carry_out(self, decisions):
        for decision in decisions:
            if decision.action in ("released", "exempted", "forgotten"):
                self.attempts.pop(decision.device, None)
        if decisions:
            self.save()

    def learn(self):
        """What the guard does every ten seconds."""
        broken = self.judge.attempts(self.now, {key: self.now - at for key, at in self.attempts.items()})
        if broken or (self.judge.refused() and self.now - (self.saved or 0) >= life.STALE_S):
            self.save()

    def twice(self, ask):
        """A command, and the same command again."""
        self.learn()
        self.carry_out(ask())
        states = {key: self.state(key) for key in self.before}
        assert ask() == []
        assert {key: self.state(key) for key in self.before} == states

    def connect(self, key, port, number):
        """The kernel refuses port 25 of who is stopped, and counts."""
        if self.state(key) in life.REFUSED:
            self.attempts[key] = self.tried[key] = self.now
            self.learn()
        else:
            self.carry_out(self.judge.connection(self.now, key, flow(number, port)))

    @rule(seconds=st.floats(0, 2 * QUIET_S))
    def time_passes(self, seconds):
        self.now += seconds
        self.learn()
        self.carry_out(self.judge.tick(self.now))

    @rule(seconds=st.floats(0, 2 * QUIET_S))
    def time_passes_and_the_kernel_says_nothing(self, seconds):
        self.now += seconds
        refused = {key for key, _ in self.judge.refused()}
        self.carry_out(self.judge.tick(self.now + 61))
        assert {key for key, _ in self.judge.refused()} == refused

    @rule(key=devices, count=st.integers(1, 8), port=st.sampled_from([25, 465, 587]))
    def zombie(self, key, count, port):
        for _ in range(count):
            self.connect(key, port, next(self.networks))
        if count == 8:
            assert self.state(key) in (life.STOPPED, life.GARDEN, life.EXEMPT)

    @rule(key=devices)
    def person_sends_mail(self, key):
        self.connect(key, 587, 0)

    @rule(key=devices)
    def release(self, key):
        self.released_by_hand.add(key)
        self.twice(lambda: self.judge.release(self.now, key))

    @rule(key=devices, seconds=st.integers(60, 90_000))
    def exempt(self, key, seconds):
        self.exempted.add(key)
        self.twice(lambda: self.judge.exempt(self.now, key, seconds))

    @rule(key=devices)
    def order(self, key):
        self.twice(lambda: self.judge.order(self.now, key))

    @rule(key=devices)
    def confine(self, key):
        self.twice(lambda: self.judge.confine(self.now, key))

    @rule(key=devices)
    def request(self, key):
        self.twice(lambda: self.judge.request(self.now, key))

    @rule(key=devices, ask=st.sampled_from(["claim", "disown"]))
    def say(self, key, ask):
        self.twice(lambda: getattr(self.judge, ask)(self.now, key))

    @rule()
    def the_guard_restarts(self):
        """Suspicion may go; whoever was refused, exempt or lately released is so still."""
        kept = {key: self.state(key) for key in self.before}
        self.save()
        self.load()
        self.expect(kept)

    @rule()
    def the_router_reboots(self):
        self.learn()
        kept = {key: self.state(key) for key in self.before}
        self.save()
        self.new_boot()
        self.expect(kept)

    @rule()
    def the_power_is_cut(self):
        """What was not written is gone: such as the end of the time after a release."""
        if self.saved is not None:
            kept = {key: self.state(key) for key in self.before}
            self.new_boot()
            open_ = (life.CLEAR, life.SUSPECTED)
            ended = {key for key, state in kept.items() if state in open_ and self.state(key) == life.RELEASED}
            self.expect({**kept, **dict.fromkeys(ended, life.RELEASED)})

    def new_boot(self):
        """The time off counts as none: a clock that began anew is the old one, shifted."""
        shift = 5.0 - self.now
        self.tried = {key: at + shift for key, at in self.tried.items()}
        self.boot, self.attempts, self.now = self.boot + 1, {}, 5.0
        self.load()
        self.save()

    def save(self):
        CaseFile(self.path, str(self.boot)).save(self.now, self.judge.cases(), [])
        self.saved = self.now

    def load(self):
        cases, _ = CaseFile(self.path, str(self.boot)).load(self.now)
        self.judge = home()
        for key, case in cases:
            self.judge.restore(self.now, key, case)

    def expect(self, kept):
        for key, state in kept.items():
            assert self.state(key) == (life.CLEAR if state == life.SUSPECTED else state)
            self.before[key] = self.state(key)

    @precondition(lambda self: self.judge.cases())
    @rule()
    def everybody_keeps_quiet_for_long(self):
        """No state is for ever: without attempts and commands, each ends in clear."""
        for _ in range(4):
            self.now += LONGEST_S
            self.learn()
            self.carry_out(self.judge.tick(self.now))
        assert {self.state(key) for key in self.before} == {life.CLEAR}

    @invariant()
    def port_25_opens_only_after_quiet(self):
        for key, before in self.before.items():
            after = self.state(key)
            if before in life.REFUSED and after in OPEN:
                quiet = self.now - self.tried.get(key, -1e9)
                assert quiet >= (RELEASE_QUIET_S if key in self.released_by_hand else QUIET_S)
            if before in life.REFUSED and after == life.EXEMPT:
                assert key in self.exempted
            self.before[key] = after
        self.exempted.clear()
        self.released_by_hand.clear()


Life.TestCase.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
test_life = Life.TestCase
