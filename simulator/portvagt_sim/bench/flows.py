"""What watching costs: processor time, memory and lost events at thousands of new connections a second."""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portvagt_sim.bench import by_runtime, process
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.lone_guard import lone_guard
from portvagt_sim.namespaces import exec_in
from portvagt_sim.program import Program

TITLE = "What it costs to watch new connections"
ABOUT = """
One kernel, new connections of 64 devices to ever new servers, each subject alone with the flood on the machine.
"seen" are the new connections that the subject counted; "µs an event" is its processor time over what was sent.
"wake-ups" are voluntary context switches in the flood. The guard judges each connection, the others print or drop it.
"""
COLUMNS = {
    "subject": "subject",
    "port": "port",
    "rate": "a second",
    "sent": "sent",
    "seen": "seen",
    "lost": "times lost",
    "cpu_s": "CPU s",
    "us_per_event": "µs an event",
    "wakeups": "wake-ups",
    "rss_kb": "RSS KiB",
    "times_ours": "times ours",
}
MAIL, WEB = 25, 443
SETTLE_SECONDS = 5.0


prepare = by_runtime.prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    by_runtime.add_argument(parser)
    parser.add_argument("--rate", type=int, action="append", help="new connections a second (5000, 20000, 50000)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each flood (5)")


class GuardSubject:
    """Our guard."""

    def __init__(self, guard: Any) -> None:
        self._guard = guard
        self.pid = guard.program.pid
        self._before = guard.status()

    def seen(self, sent: int) -> int | None:
        """Wait until it has counted what was sent, or does not get on."""
        last, deadline = -1, time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < deadline:
            count = self._guard.status()["connections_seen"] - self._before["connections_seen"]
            if count >= sent:
                return int(count)
            deadline = time.monotonic() + SETTLE_SECONDS if count > last else deadline
            last = count
            time.sleep(0.2)
        return last

    def lost(self) -> int | None:
        """How often the kernel could not tell it something."""
        return int(self._guard.status()["events_lost"] - self._before["events_lost"])


class ConntrackSubject:
    """`conntrack -E`, its lines thrown away by the kernel."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self.pid = program.pid

    def seen(self, _sent: int) -> int | None:
        """Nobody reads its lines."""
        time.sleep(1)
        return None

    def lost(self) -> int | None:
        """Whether it has given up: it ends at the first ENOBUFS."""
        return None if self._program.alive() else 1


@contextmanager
def _guard(netns: str, directory: Path, runtime: str) -> Iterator[GuardSubject]:
    with lone_guard(netns, directory, runtime) as guard:
        yield GuardSubject(guard)


@contextmanager
def _conntrack(netns: str, directory: Path) -> Iterator[ConntrackSubject]:
    argv = ["conntrack", "-E", "-p", "tcp", "--orig-port-dst", str(MAIL)]
    directory.mkdir()
    program = Program("conntrack -E", netns, argv, Path("/dev/null"))
    try:
        time.sleep(0.3)
        yield ConntrackSubject(program)
    finally:
        program.stop()


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each subject, port and rate."""
    subjects: dict[str, Callable[..., Any]] = {
        f"guard, {name}": lambda netns, directory, name=name: _guard(netns, directory, name)
        for name in by_runtime.names(args)
    }
    subjects["conntrack -E"] = _conntrack
    rates = args.rate or [5_000, 20_000, 50_000]
    steps = [(name, port, rate) for port in (MAIL, WEB) for rate in rates for name in subjects]
    rows = []
    with lab() as netns, tempfile.TemporaryDirectory(dir="/run") as scratch:
        Path(scratch).chmod(0o755)
        for number, (name, port, rate) in enumerate(steps):
            progress(number, len(steps), f"{name}, port {port}, {rate} a second")
            with subjects[name](netns, Path(scratch, str(number))) as subject:
                rows.append({"subject": name, **_one(netns, subject, port, rate, args.seconds)})
            subprocess.run(exec_in(netns, ["conntrack", "-F"]), capture_output=True, check=False)
    return [_with_ratio(row, rows) for row in rows]


def _one(netns: str, subject: Any, port: int, rate: int, seconds: float) -> dict[str, Any]:
    cpu, wakeups = process.cpu_seconds(subject.pid), process.wakeups(subject.pid)
    sent = flood(netns, port, rate, seconds)
    woken = process.wakeups(subject.pid) - wakeups
    seen = subject.seen(sent if port == MAIL else 0)
    spent = process.cpu_seconds(subject.pid) - cpu
    return {
        "port": port,
        "rate": rate,
        "sent": sent,
        "seen": seen,
        "lost": subject.lost(),
        "cpu_s": round(spent, 2),
        "us_per_event": round(spent / sent * 1e6, 1),
        "wakeups": woken,
        "rss_kb": process.memory_kb(subject.pid)["rss"],
    }


def flood(netns: str, port: int, rate: int, seconds: float) -> int:
    """New connections in a namespace, by a program of ours; how many were sent."""
    argv = [
        sys.executable,
        "-m",
        "portvagt_sim.bench.flood",
        f"--rate={rate}",
        f"--seconds={seconds}",
        f"--port={port}",
    ]
    done = subprocess.run(exec_in(netns, argv), capture_output=True, text=True, check=True, timeout=seconds + 60)
    return int(done.stdout)


def _with_ratio(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Its processor time beside our cheapest guard's at the same work."""
    alike = [each for each in rows if (each["port"], each["rate"]) == (row["port"], row["rate"])]
    ours = min(each["cpu_s"] for each in alike if each["subject"].startswith("guard"))
    return {**row, "times_ours": round(row["cpu_s"] / ours, 1) if ours else None}
