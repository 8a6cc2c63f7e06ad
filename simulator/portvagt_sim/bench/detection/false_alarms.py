"""Rows of innocent homes: false alarms a home-year, with the exact interval."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from portvagt.judge.detector import CLUSTER, Bank
from portvagt_sim.bench.detection import innocence, theory
from portvagt_sim.bench.detection.detectors import BANK, DEAF, DEAF_BANK, OURS, THRESHOLD
from portvagt_sim.bench.detection.homes import HOMES, OUTAGES, Home
from portvagt_sim.bench.detection.progress import Progress

ALL_HOMES = "all homes"
SEED = 2004
PART = 10  # each kind of home alone gets a tenth of the home-years of all homes
OTHER_CLUSTERS = (0, 1)
OUTAGES_MONTHLY = "family with outages"
Rows = list[dict[str, Any]]


def of_homes(years: int, other_years: int, progress: Progress) -> Iterator[dict[str, Any]]:
    """A row for each kind of home and detector. `years`: of ours; `other_years`: of each kind, for the others."""
    chance = np.random.default_rng(SEED)
    others: dict[str, Rows] = {name: [] for name in innocence.OTHERS}
    for work, home in HOMES.items():
        part = max(1, years // PART)
        yield _row(work, OURS, part, _alarms_of_ours(home, part, BANK, chance, progress))
        for name, alarms in _alarms_of_others(work, home, other_years, chance, progress).items():
            others[name].append(_row(work, name, other_years, alarms))
            yield others[name][-1]
    yield _of_all_homes(ALL_HOMES, years, BANK, chance, progress)
    for name, rows in others.items():
        yield {"work": ALL_HOMES, "detector": name, "years": sum(row["years"] for row in rows), **_weighted(rows)}


def of_other_clusters(years: int, progress: Progress) -> Iterator[dict[str, Any]]:
    """What another allowance for clusters would give: connections of a zombie of one a second, false alarms."""
    chance = np.random.default_rng(SEED)
    for cluster in OTHER_CLUSTERS:
        threshold = THRESHOLD + (cluster - CLUSTER) * theory.gain(theory.BANK[0])
        other = BANK._replace(threshold=threshold)
        row = _of_all_homes(f"{ALL_HOMES}, CLUSTER {cluster}", max(1, years // PART), other, chance, progress)
        yield {**row, "connections": theory.contacts_needed(threshold, 1)}


def of_answers(years: int, progress: Progress) -> Iterator[dict[str, Any]]:
    """The same homes for ours and for ours without ears for answers; also homes that lose their internet."""
    part = max(1, years // PART)
    for work, home in {**HOMES, OUTAGES_MONTHLY: OUTAGES}.items():
        for name, judging in {OURS: BANK, DEAF: DEAF_BANK}.items():
            chance = np.random.default_rng(SEED)
            yield _row(f"{work}, by answers", name, part, _alarms_of_ours(home, part, judging, chance, progress))


def _of_all_homes(
    work: str, years: int, judging: Bank, chance: np.random.Generator, progress: Progress
) -> dict[str, Any]:
    shares = [(home, round(home.share * years)) for home in HOMES.values()]
    alarms = sum(_alarms_of_ours(home, count, judging, chance, progress) for home, count in shares)
    return _row(work, OURS, sum(count for _, count in shares), alarms)


def _alarms_of_ours(home: Home, years: int, judging: Bank, chance: np.random.Generator, progress: Progress) -> int:
    found = done = 0
    for count, device in home.devices:
        for part, alarms in innocence.alarms_of_ours(device, count * years, judging, chance):
            done, found = done + part, found + alarms
            progress(done, years * sum(each for each, _ in home.devices), "innocent homes: ours, device-years")
    return found


def _alarms_of_others(
    work: str, home: Home, years: int, chance: np.random.Generator, progress: Progress
) -> dict[str, int]:
    found = dict.fromkeys(innocence.OTHERS, 0)
    for year in range(years):
        progress(year, years, f"innocent homes: {work}, other detectors, home-years")
        for device in [device for count, device in home.devices for _ in range(count)]:
            for name, alarms in innocence.alarms_of_others(device, chance).items():
                found[name] += alarms
    return found


def _row(work: str, name: str, years: int, alarms: int) -> dict[str, Any]:
    low, high = theory.poisson_interval(alarms)
    return {
        "work": work,
        "detector": name,
        "years": years,
        "alarms": alarms,
        "rate": 1000 * alarms / years,
        "low": 1000 * low / years,
        "high": 1000 * high / years,
        "interval": _interval(1000 * low / years, 1000 * high / years),
    }


def _weighted(rows: Rows) -> dict[str, Any]:
    """Each kind by its share, and so the ends of the intervals: together they cover more than 95 %."""
    sums = {key: sum(HOMES[row["work"]].share * row[key] for row in rows) for key in ("rate", "low", "high")}
    return {**sums, "interval": _interval(sums["low"], sums["high"])}


def _interval(low: float, high: float) -> str:
    return f"{low:,.3g}–{high:,.3g}" if high < 1000 else f"{low:,.0f}–{high:,.0f}"
