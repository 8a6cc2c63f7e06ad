"""Generated spam zombies: each connection goes to a network of its own, and one in five fails."""

import random
from collections.abc import Callable, Iterator
from typing import NamedTuple

from portvagt_sim.bench.detection.detectors import BANK, DEAF, DEAF_BANK, DETECTORS, OURS, Detecting, Ours
from portvagt_sim.bench.detection.theory import DAY_S, sustainable_interval_s

FAILED = 0.2
SHARES = (0.0, 0.2, 0.5)  # of failures, where answers are held against each other
SMTP = 25
HORIZON_S = 30 * DAY_S
MOST = 5000  # connections; who has not stopped it by then lets it through
JUST_BELOW = 1.01

Starts = Callable[[random.Random], Iterator[float]]


class Stop(NamedTuple):
    """When a detector stopped a zombie: connections, the last one included; s since it began."""

    connections: int
    seconds: float


def poisson(interval_s: float) -> Starts:
    """One each `interval_s`, at random."""

    def starts(chance: random.Random) -> Iterator[float]:
        now = 0.0
        while True:
            now += chance.expovariate(1 / interval_s)
            yield now

    return starts


def pulses(chance: random.Random) -> Iterator[float]:
    """20 in one second, each hour."""
    hour = 0
    while True:
        yield from sorted(hour * 3600 + chance.random() for _ in range(20))
        hour += 1


def knowing(chance: random.Random) -> Iterator[float]:
    """Evenly, just slower than what our slowest test forgives."""
    now = chance.random()
    while True:
        yield now
        now += sustainable_interval_s() * JUST_BELOW


ZOMBIES: dict[str, Starts] = {
    "zombie 100/s": poisson(0.01),
    "zombie 1/s": poisson(1),
    "zombie 1/min": poisson(60),
    "zombie 1/10 min": poisson(600),
    "zombie in pulses": pulses,
    "zombie that knows us": knowing,
}

BY_ANSWERS = {**ZOMBIES, "zombie 1/30 min": poisson(1800)}
del BY_ANSWERS["zombie 100/s"]


def stops(starts: Starts, seed: int) -> dict[str, Stop | None]:
    """When each detector stops one zombie; None: not in HORIZON_S and MOST connections."""
    return _stops(starts, seed, {name: make() for name, make in DETECTORS.items()}, FAILED)


def stops_by_answers(starts: Starts, seed: int, share: float) -> dict[str, Stop | None]:
    """The same of ours, and of ours without ears for answers, when `share` of the connections fail."""
    return _stops(starts, seed, {OURS: Ours(BANK), DEAF: Ours(DEAF_BANK)}, share)


def _stops(starts: Starts, seed: int, waiting: dict[str, Detecting], share: float) -> dict[str, Stop | None]:
    chance = random.Random(seed)
    found: dict[str, Stop | None] = dict.fromkeys(waiting)
    for count, start in enumerate(starts(chance), start=1):
        if not waiting or count > MOST or start > HORIZON_S:
            return found
        destination = (0x0A000000 + count * 256 + 25).to_bytes(4, "big")
        failed = chance.random() < share
        for name in [name for name, each in waiting.items() if each.feed(start, destination, SMTP, failed)]:
            found[name] = Stop(count, start)
            del waiting[name]
    return found
