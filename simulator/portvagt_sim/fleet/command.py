"""`fleet`: thousands of routers, their broker broken half-way: what is stored, how soon, and what it costs."""

import argparse
import json
import resource
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from portvagt_sim import sandbox
from portvagt_sim.bench import machine
from portvagt_sim.errors import SimulatorError
from portvagt_sim.fleet import page
from portvagt_sim.fleet.measurement import BROKERS, measure

SPARE_FILES = 300  # of a broker, beside one for each router
ROUTERS = (1, 100_000)
SECONDS = (4, 3600)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("--routers", type=int, default=2000, metavar="N", help="(2000)")
    parser.add_argument("--seconds", type=float, default=60, metavar="S", help="in which events happen (60)")
    parser.add_argument("--broker", choices=sorted(BROKERS), default="mosquitto", help="(mosquitto)")
    parser.add_argument("--collectors", type=int, choices=(1, 2), default=1, help="on one store (1); docs/scale.md")
    parser.add_argument("--rate", type=float, default=0.05, metavar="R", help="events of each router a second (0.05)")
    parser.add_argument("--no-commands", action="store_true", help="routers report only, they do not subscribe")
    parser.add_argument("--seed", type=int, default=1, help="of chance (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object of results, nothing else")
    parser.add_argument("--no-write", action="store_true", help="write nothing to docs/measurements")


def run(args: argparse.Namespace) -> int:
    """Measure; 0 when nothing was lost and nothing is stored twice."""
    _check(args)
    if not sandbox.is_inside():
        return sandbox.run([sys.executable, "-m", "portvagt_sim", "fleet", *sys.argv[2:]])
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with _bar() as progress:
        results = measure(args, progress)
    _show(args, results)
    return 1 if results["lost"] or results["duplicates_stored"] else 0


def _check(args: argparse.Namespace) -> None:
    for name, (least, most) in (("routers", ROUTERS), ("seconds", SECONDS)):
        if not least <= getattr(args, name) <= most:
            raise SimulatorError(f"fleet: --{name} must be from {least} to {most}")
    if args.rate <= 0:
        raise SimulatorError("fleet: --rate must be more than 0")
    _allow_files(args.routers + SPARE_FILES)


def _allow_files(needed: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise SimulatorError(
            f"fleet: a broker of so many routers opens {needed} files, and here are {hard} allowed; "
            f"type as root: ulimit -n {needed}, or take fewer --routers"
        )
    if soft != resource.RLIM_INFINITY and soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@contextmanager
def _bar() -> "Iterator[Any]":
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task = shown.add_task("starting", total=None)
        yield lambda done, of, what: shown.update(task, completed=done, total=of, description=what)


def _show(args: argparse.Namespace, results: dict[str, Any]) -> None:
    where = machine.line()
    if not args.no_write:
        page.write(results, where)
    if args.json:
        print(json.dumps(results | {"machine": where}))
    else:
        Console().print(page.terminal(results), where)
