"""False alarms in innocent homes: ours from first contacts alone, the others' from every connection of fewer homes."""

from collections.abc import Iterator

import numpy as np

from portvagt.judge.detector import Bank
from portvagt_sim.bench.detection import bank
from portvagt_sim.bench.detection.detectors import DETECTORS, OURS, Detecting
from portvagt_sim.bench.detection.homes import Device, Habit, Routine
from portvagt_sim.bench.detection.theory import DAY_S

YEAR_S = 365.25 * DAY_S
CHUNK = 2_000_000  # first contacts in memory at a time
SUBMISSION = 587
OTHERS = [name for name in DETECTORS if name != OURS]

Connection = tuple[float, bytes, bool]


def alarms_of_ours(
    device: Device, years: int, judging: Bank, chance: "np.random.Generator"
) -> Iterator[tuple[int, int]]:
    """(years done, alarms in them), chunk by chunk. Each year is a device of its own, so that none is told twice."""
    a_year = sum(habit.a_year * _mean(habit.sizes) for habit in device.habits)
    at_once = max(1, int(CHUNK / a_year))
    for begin in range(0, years, at_once):
        count = min(at_once, years - begin)
        times = [first_contacts(habit, count, chance) for habit in device.habits]
        failed = [chance.random(len(each)) < habit.failed for each, habit in zip(times, device.habits, strict=True)]
        yield count, bank.alarms(*_in_order(np.concatenate(times), np.concatenate(failed)), judging)


def _mean(sizes: dict[int, float]) -> float:
    return sum(size * share for size, share in sizes.items())


def first_contacts(habit: Habit, years: int, chance: "np.random.Generator") -> "np.ndarray":
    """Times of first contacts; the year that each belongs to is the whole part, in units of two years."""
    clusters = chance.poisson(habit.a_year * years)
    sizes = chance.choice(list(habit.sizes), clusters, p=_probabilities(habit.sizes))
    year, begin = chance.integers(0, years, clusters), chance.random(clusters) * YEAR_S
    return _clustered(year * 2 * YEAR_S + begin, sizes, habit.gap_s, chance)


def _clustered(begins: "np.ndarray", sizes: "np.ndarray", gap_s: float, chance: "np.random.Generator") -> "np.ndarray":
    """Times of clusters' members: the first at its beginning, then one after each exponential gap."""
    steps = chance.exponential(gap_s, sizes.sum())
    firsts = np.cumsum(sizes) - sizes
    steps[firsts] = 0.0
    walked = np.cumsum(steps)
    return np.repeat(begins, sizes) + walked - np.repeat(walked[firsts], sizes)


def _in_order(times: "np.ndarray", failed: "np.ndarray") -> "tuple[np.ndarray, np.ndarray]":
    """(s before each first contact, inf where a new year begins; whether it failed)."""
    order = np.argsort(times)
    gaps = np.diff(times[order], prepend=-np.inf)
    gaps[1:][np.diff(times[order] // (2 * YEAR_S)) > 0] = np.inf
    return gaps, failed[order]


def _probabilities(sizes: dict[int, float]) -> list[float]:
    total = sum(sizes.values())
    return [share / total for share in sizes.values()]


def alarms_of_others(device: Device, chance: "np.random.Generator") -> dict[str, int]:
    """Alarms of each other detector in a year of one device. After an alarm it is away for a day, then begins anew."""
    detectors = {name: _taught(name, device) for name in OTHERS}
    stopped = dict.fromkeys(OTHERS, -DAY_S)
    found = dict.fromkeys(OTHERS, 0)
    for start, destination, failed in _year(device, chance):
        for name, each in detectors.items():
            if start >= stopped[name] + DAY_S and each.feed(start, destination, SUBMISSION, failed):
                found[name] += 1
                stopped[name] = start
                detectors[name] = _taught(name, device)
    return found


def _taught(name: str, device: Device) -> Detecting:
    """A detector that has met the servers which the device has been using for long."""
    made = DETECTORS[name]()
    for number, routine in enumerate(device.routines):
        for server in range(routine.servers):
            made.know(_server(number, server))
    return made


def _year(device: Device, chance: "np.random.Generator") -> list[Connection]:
    made: list[Connection] = []
    for habit in device.habits:
        for start, failed in _with_failures(first_contacts(habit, 1, chance), habit.failed, chance):
            made.append((start, (0x0A000000 + len(made) * 256 + 25).to_bytes(4, "big"), failed))
    for number, routine in enumerate(device.routines):
        starts = _sittings(routine, chance)
        servers = [_server(number, each) for each in chance.integers(0, routine.servers, len(starts)).tolist()]
        outcomes = _with_failures(starts, routine.failed, chance)
        made += [(start, server, failed) for server, (start, failed) in zip(servers, outcomes, strict=True)]
    return sorted(made)


def _with_failures(starts: "np.ndarray", share: float, chance: "np.random.Generator") -> "zip[tuple[float, bool]]":
    return zip(starts.tolist(), (chance.random(len(starts)) < share).tolist(), strict=True)


def _sittings(routine: Routine, chance: "np.random.Generator") -> "np.ndarray":
    count = chance.poisson(routine.a_day * YEAR_S / DAY_S)
    sizes = 1 + chance.poisson(routine.connections - 1, count)
    return _clustered(chance.random(count) * YEAR_S, sizes, routine.gap_s, chance)


def _server(routine: int, number: int) -> bytes:
    return bytes((192, routine, number, 25))
