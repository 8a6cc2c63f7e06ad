"""What watching costs: processor time, memory and lost events at thousands of new connections a second."""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from portvagt_sim.bench import by_runtime, process, watchers
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.watchers import MAIL
from portvagt_sim.namespaces import exec_in

TITLE = "What it costs to watch new connections"
ABOUT = """
One kernel, new connections of 64 devices to ever new servers, each subject alone with the flood on the machine.
"seen": new mail connections that the subject counted; conntrackd filters events by protocol, not by port, and counts
all. "lost": events that the kernel threw away because the subject did not read (the drops of its socket in
/proc/net/netlink; for one that died, what it did not get to). "times lost": how often the subject heard of it, ENOBUFS.
"CPU s" is in the flood and until all is read, "µs an event" the same over what was read: by its own count, else what
was sent and not lost. "times ours" compares that with the cheapest guard's, where that is not 0. "wake-ups" are
voluntary context switches in the flood.

The guard judges each connection, the others print, count or file it. It hears of new connections and of replies,
`conntrack -E` and conntrackd of everything, the ends too, `conntrack -E -e NEW` and pyroute2 of new ones only. The
guard, conntrackd and pyroute2 have a buffer of 2 MiB; conntrack has the kernel's usual one, because the option for it,
in conntrack 1.4.7, is for another socket than that of the events. pyroute2 is a loop that counts.
"""
COLUMNS = {
    "subject": "subject",
    "port": "port",
    "rate": "a second",
    "sent": "sent",
    "seen": "seen",
    "lost": "lost",
    "times_lost": "times lost",
    "cpu_s": "CPU s",
    "us_per_event": "µs an event",
    "times_ours": "times ours",
    "wakeups": "wake-ups",
    "rss_kb": "RSS KiB",
    "ended_by": "died of",
}
WEB = 443
RATES = [5_000, 20_000, 50_000]
RIVALS = {
    "conntrack -E": watchers.conntrack,
    "conntrack -E -e NEW": watchers.conntrack_new,
    "conntrackd": watchers.conntrackd,
    "pyroute2": watchers.pyroute2,
}


prepare = by_runtime.prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    by_runtime.add_argument(parser)
    parser.add_argument("--rival", action="append", choices=[*RIVALS], help="rivals to measure (all)")
    parser.add_argument("--rate", type=int, action="append", help="new connections a second (5000, 20000, 50000)")
    parser.add_argument("--seconds", type=float, default=5.0, help="length of each flood (5)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each subject, port and rate."""
    subjects: dict[str, Callable[..., Any]] = {
        f"guard, {name}": partial(watchers.guard, runtime=name) for name in by_runtime.names(args)
    }
    subjects |= {name: RIVALS[name] for name in args.rival or RIVALS}
    steps = [(name, port, rate) for port in (MAIL, WEB) for rate in args.rate or RATES for name in subjects]
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
    subject.settle(sent if port == MAIL else 0)
    spent = process.cpu_seconds(subject.pid) - cpu
    memory = _rss_kb(subject.pid)
    dropped: int | None = sum(watchers.listeners(netns))
    account = subject.account()
    if account.ended_by:
        dropped = None if account.read is None else sent - account.read  # its socket is gone, and the count with it
    read = account.read or sent - (dropped or 0)
    return {
        "port": port,
        "rate": rate,
        "sent": sent,
        "seen": account.seen,
        "lost": dropped,
        "times_lost": account.times_lost,
        "cpu_s": round(spent, 2),
        "us_per_event": round(spent / read * 1e6, 1) if read > 0 else None,
        "wakeups": woken,
        "rss_kb": memory,
        "ended_by": account.ended_by,
    }


def _rss_kb(pid: int) -> int | None:
    """None when it has ended."""
    try:
        return process.memory_kb(pid)["rss"]
    except ProcessLookupError:
        return None


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
    """Its processor time an event beside our cheapest guard's at the same work."""
    alike = [each for each in rows if (each["port"], each["rate"]) == (row["port"], row["rate"])]
    ours = min(each["us_per_event"] or 0 for each in alike if each["subject"].startswith("guard"))
    spent = row["us_per_event"]
    return {**row, "times_ours": round(spent / ours, 1) if ours and spent is not None else None}
