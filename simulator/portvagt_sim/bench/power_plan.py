"""When a router's power is cut, and what goes on then: all of it is a seed's."""

import random
from typing import NamedTuple

STARTING, WORK = "while starting", "at work"
SECOND_WRITE, ORDER, ACKNOWLEDGED = "at the second write", "at an order's writes", "after an acknowledgement"
KINDS = (STARTING, WORK, SECOND_WRITE, ORDER, ACKNOWLEDGED)
AIMED = (SECOND_WRITE, SECOND_WRITE, ORDER, ORDER, ACKNOWLEDGED)  # so often each
# s, how late a cut may come: from the first init script, for the agent starts then; from the first
# connection of a zombie, for two are stopped meanwhile; from the write's first block; from the acknowledgement
LONGEST = {STARTING: 5.0, WORK: 6.0, SECOND_WRITE: 0.1, ORDER: 0.3, ACKNOWLEDGED: 1.0}
AT_WRITE = (SECOND_WRITE, ORDER)  # which take some 10 ms: half of these cuts come within an eighth of the time
AIMED_SHARE = 0.4
STARTING_SHARE, OUTAGE_SHARE, CALM_SHARE = 0.2, 0.5, 0.5
SECOND_SECONDS = 2.0  # the second zombie begins so much later at most

EXEMPT, RELEASE, POLICY = "exempt", "release", "policy"
ORDERS = (EXEMPT, RELEASE, POLICY)


class Plan(NamedTuple):
    """One cut: of KINDS, how many seconds after LONGEST's moment, and when the second zombie begins.

    `outage`: whether the broker is away; `calm`: whether a zombie of which no saved case tells ends with the power, so
    that the next verdict, which is written at once, comes in the time of the next cut; `order`: the ISP's, of ORDERS,
    where the cut's kind has one.
    """

    kind: str
    moment: float
    second: float
    outage: bool
    calm: bool
    order: str


def plans(count: int, seed: int, aimed: float = AIMED_SHARE) -> list[Plan]:
    """The same for the same seed. `aimed`: the share of cuts that wait for a write or an order, 0 … 1."""
    chance = random.Random(seed)
    return [_plan(chance, aimed, number == 0) for number in range(count)]


def _plan(chance: random.Random, aimed: float, first: bool) -> Plan:
    kind = _kind(chance, aimed)
    moment, second, outage, calm = (chance.random() for _ in range(4))
    if kind == STARTING and first:
        kind = WORK  # there is nothing to remember yet
    return Plan(
        kind,
        (moment**3 if kind in AT_WRITE else moment) * LONGEST[kind],
        second * SECOND_SECONDS,
        outage < OUTAGE_SHARE and kind in (WORK, SECOND_WRITE),
        calm < CALM_SHARE,
        chance.choice(ORDERS),
    )


def _kind(chance: random.Random, aimed: float) -> str:
    if chance.random() < aimed:
        return chance.choice(AIMED)
    return STARTING if chance.random() < STARTING_SHARE else WORK
