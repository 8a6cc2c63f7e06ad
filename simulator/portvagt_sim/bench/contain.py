"""How much a zombie gets out of the home before it is stopped."""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_sim.bench import rivals
from portvagt_sim.home.device import Device
from portvagt_sim.program import Program
from portvagt_sim.world import World

TITLE = "What a zombie gets out before it is stopped"
ABOUT = """
A computer in the simulated home opens port 25 to ever new mail servers, of which four in five take its mail.
Counted are the SYNs that reach the internet, by the internet's own kernel, and the mails that servers took.
"times ours" compares the median connections with those of Portvagt in the same family.
"""
COLUMNS = {
    "subject": "router",
    "family": "family",
    "attempts": "attempts",
    "connections_median": "connections out, median",
    "connections_worst": "worst",
    "mails_median": "mails out, median",
    "mails_worst": "worst",
    "times_ours": "times ours",
}
OURS = "Portvagt"
CAST = {4: "laptop", 6: "pc"}


class Counts(NamedTuple):
    """Of one outbreak: connections tried, connections that got out, mails that were taken."""

    attempts: int
    connections: int
    mails: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=3, help="runs of each row (3)")
    parser.add_argument("--rate", type=float, default=50.0, help="connections a second (50)")
    parser.add_argument("--count", type=int, default=200, help="attempts of the zombie (200)")


@contextmanager
def _portvagt() -> Iterator[World]:
    with World() as world:
        yield world


@contextmanager
def _without_guard() -> Iterator[World]:
    with World() as world:
        world.router.kill("guard")
        world.router.wait_ended("guard")
        yield world


@contextmanager
def _rival(name: str) -> Iterator[World]:
    with World(agent=False) as world:
        log = Path(world.workdir, "rival.log")
        rival = Program(name, world.router.netns, rivals.command(name), log)
        try:
            rival.wait_until(lambda: "ready" in rival.log(), 10, "it watches")
            yield world
        finally:
            rival.stop()


@contextmanager
def _nothing() -> Iterator[World]:
    with World(agent=False) as world:
        yield world


SUBJECTS: dict[str, Callable[[], Any]] = {
    OURS: _portvagt,
    "Portvagt, guard killed before": _without_guard,
    "script on conntrack -E, 10 in 60 s": lambda: _rival("events"),
    "poller of /proc, every 5 s": lambda: _rival("poller"),
    "nothing": _nothing,
}


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each subject and family."""
    found: dict[tuple[str, int], list[Counts]] = {}
    steps = [(subject, run) for subject in SUBJECTS for run in range(args.runs)]
    for number, (subject, _run) in enumerate(steps):
        progress(number, len(steps), subject)
        with SUBJECTS[subject]() as world:
            for family, name in CAST.items():
                counts = _one(world, world.home[name], family, args)
                found.setdefault((subject, family), []).append(counts)
    return [_row(subject, family, runs, found[OURS, family]) for (subject, family), runs in found.items()]


def _one(world: World, device: Device, family: int, args: argparse.Namespace) -> Counts:
    """One outbreak to its end."""
    before = world.internet.connections(family)
    began = time.monotonic()
    tally = device.run_zombie(family, args.rate, args.count)
    mails = [mail for mail in world.internet.mails() if mail.at > began and (":" in mail.server) == (family == 6)]
    return Counts(tally["attempted"], world.internet.connections(family) - before, len(mails))


def _row(subject: str, family: int, runs: list[Counts], ours: list[Counts]) -> dict[str, Any]:
    attempts, connections, mails = zip(*runs, strict=True)
    reference = statistics.median(counts.connections for counts in ours)
    return {
        "subject": subject,
        "family": f"IPv{family}",
        "attempts": max(attempts),
        "connections_median": statistics.median(connections),
        "connections_worst": max(connections),
        "mails_median": statistics.median(mails),
        "mails_worst": max(mails),
        "times_ours": round(statistics.median(connections) / reference, 1),
    }
