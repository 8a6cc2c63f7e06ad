"""A day in the life of a home, in ticks of 10 s, with seeded faults: the invariants of a case hold all along."""

import random

import pytest
from tests.judge.test_home import LAPTOP, PHONE
from tests.judge.test_life import Life

from portvagt.judge import case as life

TICK_S, TICKS = 10, 8640
# what happens: how often a day, on average
HAPPENINGS = {
    "zombie": 30,
    "person_sends_mail": 60,
    "the_guard_restarts": 24,
    "the_power_is_cut": 6,
    "the_router_reboots": 3,
    "the_table_is_lost": 12,
    "the_kernel_says_nothing": 12,
    "release": 10,
    "confine": 5,
    "request": 10,
    "order": 3,
    "exempt": 2,
}


class Day:
    """Makes things happen to a Life, as its rules would."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.life = Life()
        self.stops = 0

    def happen(self, what):
        key = self.chance.choice([LAPTOP, PHONE])
        if what == "zombie":
            before = self.life.state(key)
            self.life.zombie(key, self.chance.randint(1, 8), self.chance.choice([25, 465, 587]))
            self.stops += before not in life.REFUSED and self.life.state(key) in life.REFUSED
        elif what == "the_table_is_lost":
            self.life.attempts = {}
        elif what == "the_kernel_says_nothing":
            self.life.carry_out(self.life.judge.tick(self.life.now))
        elif what == "exempt":
            self.life.exempt(key, self.chance.randint(60, 7200))
        elif what.startswith("the_"):
            getattr(self.life, what)()
        else:
            getattr(self.life, what)(key)
        self.life.port_25_opens_only_after_quiet()

    def pass_by(self):
        for _ in range(TICKS):
            for what, often in HAPPENINGS.items():
                if self.chance.random() < often / TICKS:
                    self.happen(what)
            self.life.time_passes(TICK_S)
            self.life.port_25_opens_only_after_quiet()


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_a_day_port_25_opens_after_quiet_only(seed):
    day = Day(seed)
    try:
        day.pass_by()
        assert day.stops >= 1
        assert all(device.last <= day.life.now for device in day.life.judge.devices.values())
        assert len(day.life.judge.devices) == 2
    finally:
        day.life.teardown()
