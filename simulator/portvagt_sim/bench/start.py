"""How soon the guard protects after it was started."""

import argparse
import statistics
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portvagt_sim.bench import by_runtime
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.lone_guard import lone_guard

TITLE = "From the start of the guard to protection"
ABOUT = """
Milliseconds from starting the process (with setpriv and ip netns) until the table is loaded, the events are heard and
the guard answers on its sockets. Starting nft for the table takes about 10 ms of it.
"""
COLUMNS = {"runtime": "runtime", "median_ms": "median ms", "worst_ms": "worst ms", "target_ms": "target ms"}
TARGETS_MS = {"micropython": 50, "cpython": 250}


prepare = by_runtime.prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=7, help="starts of each runtime (7)")
    by_runtime.add_argument(parser)


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each runtime."""
    names = by_runtime.names(args)
    times: dict[str, list[float]] = {name: [] for name in names}
    with lab() as netns, tempfile.TemporaryDirectory(dir="/run") as scratch:
        Path(scratch).chmod(0o755)
        for number in range(args.runs * len(names)):
            name = names[number % len(names)]
            progress(number, args.runs * len(names), name)
            with lone_guard(netns, Path(scratch, str(number)), name) as guard:
                times[name].append(guard.seconds_to_answer * 1000)
    return [_row(name, found) for name, found in times.items()]


def _row(name: str, found: list[float]) -> dict[str, Any]:
    return {
        "runtime": name,
        "median_ms": round(statistics.median(found)),
        "worst_ms": round(max(found)),
        "target_ms": TARGETS_MS.get(name),
    }
