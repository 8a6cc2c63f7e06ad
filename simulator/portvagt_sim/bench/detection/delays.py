"""How soon each detector stops recorded and generated zombies, and Lorden's bound on that."""

from collections.abc import Iterable, Iterator
from statistics import fmean, median
from typing import Any

from portvagt_sim.bench.detection import theory, traces, zombies
from portvagt_sim.bench.detection.detectors import DETECTORS, OURS
from portvagt_sim.bench.detection.progress import Progress
from portvagt_sim.bench.detection.zombies import Stop

SEED = 20220208
HELD_AGAINST_LORDEN = {"zombie 1/s": 1, "zombie 1/min": 60, "zombie 1/10 min": 600}  # s
Rows = Iterator[dict[str, Any]]


def of_recorded(most: int | None, progress: Progress) -> Rows:
    """A row for each recording and detector. `most`: rows of a file to read; None: all."""
    for number, (work, trace) in enumerate(traces.RECORDED.items()):
        progress(number, len(traces.RECORDED), work)
        if not traces.is_here(trace):
            yield {"work": work, "stopped": "not here"}
            continue
        for name, stops in traces.stops(trace, most).items():
            yield {"work": work, "detector": name, **_summary(stops)}


def of_generated(runs: int, progress: Progress) -> Rows:
    """A row for each zombie and detector, over `runs` seeded runs."""
    for number, (work, starts) in enumerate(zombies.ZOMBIES.items()):
        found: dict[str, list[Stop | None]] = {name: [] for name in DETECTORS}
        for run in range(runs):
            progress(number * runs + run, len(zombies.ZOMBIES) * runs, work)
            for name, stop in zombies.stops(starts, SEED + run).items():
                found[name].append(stop)
        for name, stops in found.items():
            yield {"work": work, "detector": name, **_summary(stops)}
        if work in HELD_AGAINST_LORDEN:
            yield from _bounds(work, HELD_AGAINST_LORDEN[work], found[OURS])


def of_answers(runs: int, progress: Progress) -> Rows:
    """A row for each zombie and share of failures, of ours and of ours without ears for answers."""
    for number, (work, starts) in enumerate(zombies.BY_ANSWERS.items()):
        progress(number, len(zombies.BY_ANSWERS), f"{work}, by answers")
        for share in zombies.SHARES:
            every = [zombies.stops_by_answers(starts, SEED + run, share) for run in range(runs)]
            for name in every[0]:
                found = _summary(each[name] for each in every)
                yield {"work": f"{work}, {share:.0%} fail", "detector": name, **found}


def of_widths(most: int | None, progress: Progress) -> Rows:
    """A row for each recording and width of an IPv4 network."""
    for number, (work, trace) in enumerate(traces.RECORDED.items()):
        progress(number, len(traces.RECORDED), f"{work}, by width")
        for width in traces.WIDTHS if traces.is_here(trace) else ():
            yield {"work": f"{work}, /{width}", "detector": OURS, **_summary(traces.stops_by_width(trace, width, most))}


def _summary(stops: Iterable[Stop | None]) -> dict[str, Any]:
    every = list(stops)
    stopped = [stop for stop in every if stop is not None]
    share = {"stopped": f"{len(stopped)} of {len(every)}"}
    if not stopped:
        return share
    counts, seconds = zip(*stopped, strict=True)
    return {
        **share,
        "connections": float(median(counts)),
        "connections_worst": max(counts),
        "connections_mean": fmean(counts),
        "seconds": float(median(seconds)),
        "seconds_worst": float(max(seconds)),
    }


def _bounds(work: str, interval_s: float, stops: Iterable[Stop | None]) -> Rows:
    """At the zombie's own rate, and at the rate of the bank that is nearest to it from below."""
    ours = fmean(stop.seconds for stop in stops if stop is not None)
    known = min((each for each in theory.BANK if each >= interval_s), default=max(theory.BANK))
    for reading, gamma in theory.GAMMAS.items():
        for rate, at in {"true rate": interval_s, f"1/{known:.0f} s": known}.items():
            contacts = theory.bound_contacts(gamma, at)
            yield {
                "work": work,
                "detector": f"Lorden, {reading} γ, {rate}",
                "connections": contacts,
                "ratio": ours / (contacts * interval_s),
            }
