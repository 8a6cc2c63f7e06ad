"""How much a zombie gets out of the home, whatever happens to the guard."""

import argparse
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_sim.bench import rivals
from portvagt_sim.home.device import Device
from portvagt_sim.namespaces import nft_load
from portvagt_sim.program import Program
from portvagt_sim.router.netns import FW4
from portvagt_sim.world import World

TITLE = "What a zombie gets out, whatever happens to the guard"
ABOUT = """
A computer in the simulated home opens port 25 to ever new mail servers, of which four in five take its mail.
Counted are the SYNs that reach the internet, by the internet's own kernel, and the mails that servers took; the worst
of the runs. "tried" is what the zombie got to in its time: a refusal leaves it more. "bound": the cap and its burst,
10 at once and 20 an hour, which hold with no guard at all; after a flush nothing holds until the table is back, which
takes 0.1 s: each flush lets out what the zombie tries in that time. "every 2 s": the guard is killed and started, or
the whole ruleset of the router is flushed (its own rules come back at once, as fw4 does it), as long as the zombie
runs. From the 30th flush within ten minutes on, which no run here reaches, the guard waits longer and longer before it
repairs, so as not to fight. The rivals do the same job in the obvious way.
"""
COLUMNS = {
    "subject": "router",
    "rate": "a second",
    "family": "family",
    "tried": "tried",
    "connections": "connections out",
    "mails": "mails out",
    "bound": "bound",
    "holds": "holds",
}
OURS = "guard alive"
CAST = {4: "laptop", 6: "pc"}
# connections a second: attempts in all
RATES = {1: 20, 50: 200, 500: 1500, 5000: 5000}
QUICK = {50: 60}
BURST, AN_HOUR = 10, 20
FAULT_SECONDS = 2.0


class Counts(NamedTuple):
    """Of one outbreak: connections tried, connections that got out, mails that were taken, and s that it took."""

    tried: int
    connections: int
    mails: int
    seconds: float


@contextmanager
def _portvagt() -> Iterator[World]:
    with World() as world:
        yield world


@contextmanager
def _signalled(number: int) -> Iterator[World]:
    with World() as world:
        world.router.kill("guard", number)
        if number == signal.SIGKILL:
            world.router.wait_ended("guard")
        yield world


@contextmanager
def _again_and_again(fault: Callable[[World], None]) -> Iterator[World]:
    """A world to which something happens every FAULT_SECONDS, first right now."""
    with World() as world:
        over = threading.Event()

        def happen() -> None:
            while not over.is_set():
                fault(world)
                over.wait(FAULT_SECONDS)

        thread = threading.Thread(target=happen)
        thread.start()
        try:
            yield world
        finally:
            over.set()
            thread.join()


def _restart(world: World) -> None:
    world.router.kill("guard")
    world.router.wait_ended("guard")
    world.router.start_process("guard")


def _flush(world: World) -> None:
    nft_load(world.router.netns, "flush ruleset\n" + FW4.read_text())


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
    "guard killed before": lambda: _signalled(signal.SIGKILL),
    "guard hung before": lambda: _signalled(signal.SIGSTOP),
    "guard killed and started every 2 s": lambda: _again_and_again(_restart),
    "ruleset flushed every 2 s": lambda: _again_and_again(_flush),
    "script on conntrack -E, 10 in 60 s": lambda: _rival("events"),
    "poller of /proc, every 5 s": lambda: _rival("poller"),
    "nothing": _nothing,
}
BOUNDED = [*SUBJECTS][:4]  # those whose table is never away


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=1, help="runs of each row (1)")
    parser.add_argument("--quick", action="store_true", help="one rate, the guard alive and killed only, for tests")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each subject, rate and family."""
    subjects, rates = ([*SUBJECTS][:2], QUICK) if args.quick else ([*SUBJECTS], RATES)
    steps = [(subject, rate) for subject in subjects for rate in rates]
    rows = []
    for number, (subject, rate) in enumerate(steps):
        progress(number, len(steps), f"{subject}, {rate} a second")
        runs = [_outbreaks(subject, rate, rates[rate]) for _ in range(args.runs)]
        rows += [_row(subject, rate, family, [run[family] for run in runs]) for family in CAST]
    return rows


def _outbreaks(subject: str, rate: int, count: int) -> dict[int, Counts]:
    """One outbreak of each family, each of a device of its own, in a new world."""
    with SUBJECTS[subject]() as world:
        return {family: _one(world, world.home[name], family, rate, count) for family, name in CAST.items()}


def _one(world: World, device: Device, family: int, rate: int, count: int) -> Counts:
    """One outbreak to its end."""
    before = world.internet.connections(family)
    began = time.monotonic()
    tally = device.run_zombie(family, rate, count)
    mails = [mail for mail in world.internet.mails() if mail.at > began and (":" in mail.server) == (family == 6)]
    out = world.internet.connections(family) - before
    return Counts(tally["attempted"], out, len(mails), time.monotonic() - began)


def _row(subject: str, rate: int, family: int, runs: list[Counts]) -> dict[str, Any]:
    connections = max(run.connections for run in runs)
    bound = BURST + int(AN_HOUR * max(run.seconds for run in runs) / 3600 + 1) if subject in BOUNDED else None
    return {
        "subject": subject,
        "rate": rate,
        "family": f"IPv{family}",
        "tried": max(run.tried for run in runs),
        "connections": connections,
        "mails": max(run.mails for run in runs),
        "bound": bound,
        "holds": None if bound is None else "yes" if connections <= bound else "NO",
    }
