"""Long walks get a share of the time. The clock is one that each look at it puts forward."""

import pytest

from portvagt import runtime, slices
from portvagt.slices import SHARE, Slices


class Clockwork:
    """A clock and a loop: each look takes `cost`; a timer that is due is run at its time."""

    def __init__(self, cost):
        self.now, self.cost, self.timers = 1000.0, cost, []

    def monotonic(self):
        self.now += self.cost
        return self.now

    def after(self, seconds, callback):
        self.timers.append((self.now + seconds, callback))

    def run(self, until):
        while self.timers and self.timers[0][0] <= until:
            due, callback = self.timers.pop(0)
            self.now = max(self.now, due)
            callback()


@pytest.fixture
def clockwork(monkeypatch):
    made = Clockwork(0.001)
    monkeypatch.setattr(runtime, "monotonic", made.monotonic)
    return made


def test_a_short_walk_is_done_at_once(clockwork):
    walks = [iter(range(1, 100)), iter(range(1, 3))]
    made = Slices(clockwork, lambda: walks.pop(0) if walks else None, "failed")
    made.go_on()
    assert walks == [] and made.is_idle() and clockwork.timers == []


def test_a_walk_without_end_gets_its_share_and_no_more(clockwork):
    steps = [0]

    def walk():
        while True:
            steps[0] += 1
            yield 1

    walks = [walk()]
    made = Slices(clockwork, lambda: walks.pop(0) if walks else None, "failed")
    began = clockwork.now
    made.go_on()
    clockwork.run(began + 100)
    worked = steps[0] / slices._CHECKED_EACH * clockwork.cost
    assert not made.is_idle()
    assert 0.8 * SHARE < worked / (clockwork.now - began) < SHARE + slices.SAVED_MAX_S / 100 + 0.01


@pytest.mark.parametrize("error", [OSError(1, "refused"), ValueError("malformed")])
def test_a_walk_that_fails_is_told_and_the_next_begins(clockwork, capsys, error):
    def failing():
        yield 1
        raise error

    done = []

    def next_one():
        yield done.append(True) or 1

    walks = [failing(), next_one()]
    made = Slices(clockwork, lambda: walks.pop(0) if walks else None, "it failed")
    made.go_on()
    assert done == [True] and made.is_idle()
    assert "error: it failed: " in capsys.readouterr().err
