"""How often the guard writes to flash in a bad hour, and what that wears out (docs/reliability.md)."""

import os

import pytest

from portvagt import config, runtime
from portvagt.guard import SAVE_PAUSE_S, TICK_S, Guard
from portvagt.loop import Loop

HOUR_S = 3600
DEVICES = 1_000
STEP_S = 5
SIZE_MAX = 192 * 1024  # three blocks of flash


class SteppedClock:
    """A monotonic clock that a test puts forward."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock(monkeypatch):
    made = SteppedClock()
    monkeypatch.setattr(runtime, "monotonic", made)
    return made


@pytest.fixture
def replacements(monkeypatch):
    """(path, bytes) of each file that was replaced for good."""
    seen, replace = [], os.rename

    def rename(old, new):
        replace(old, new)
        seen.append((new, os.stat(new).st_size))

    monkeypatch.setattr(os, "rename", rename)
    return seen


def a_guard(tmp_path):
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    text = f"config main\n\toption run_dir '{tmp_path}/run'\n\toption state_dir '{tmp_path}/state'\n"
    return Guard(config.parse(text, "test"), Loop())


def pass_hour(guard, clock, at_step=lambda step: None):
    """An hour in steps, with the timers that are due in each."""
    guard.loop.after(TICK_S, guard._tick)
    for step in range(HOUR_S // STEP_S):
        at_step(step)
        clock.now += STEP_S
        guard.loop.step(0)


def mac(number):
    return bytes([2, 0, 0x5E, 0, number >> 8, number & 255])


def test_a_thousand_verdicts_in_an_hour_are_one_write_a_minute(sandbox, tmp_path, clock, replacements):
    guard = a_guard(tmp_path)
    guard.enforcement.load()
    replacements.clear()

    def verdicts(step):
        for number in range(step * DEVICES * STEP_S // HOUR_S, (step + 1) * DEVICES * STEP_S // HOUR_S):
            guard.carry_out(guard.home.order(clock.now, mac(number)))

    pass_hour(guard, clock, verdicts)
    sizes = [size for path, size in replacements if path.endswith("/cases.json")]
    assert HOUR_S / SAVE_PAUSE_S - 1 <= len(sizes) <= HOUR_S / SAVE_PAUSE_S + 1
    assert max(sizes) <= SIZE_MAX
    assert len(replacements) == len(sizes)


def test_a_quiet_hour_writes_nothing(sandbox, tmp_path, clock, replacements):
    guard = a_guard(tmp_path)
    guard.enforcement.load()
    replacements.clear()
    pass_hour(guard, clock)
    assert replacements == []


def test_a_stopped_device_that_goes_on_trying_costs_one_write_an_hour(sandbox, tmp_path, clock, replacements):
    guard = a_guard(tmp_path)
    guard.enforcement.load()
    guard.carry_out(guard.home.order(clock.now, mac(1)))
    guard.unstored.clear()
    clock.now += SAVE_PAUSE_S
    guard.loop.step(0)
    replacements.clear()
    pass_hour(guard, clock)
    assert len(replacements) == 1
