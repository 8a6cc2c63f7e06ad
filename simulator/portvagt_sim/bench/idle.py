"""What the three processes do while nothing happens: wake-ups, processor time, flash writes."""

import argparse
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_sim.bench import by_runtime, fast_clock, process
from portvagt_sim.bench.write_watch import write_watch
from portvagt_sim.internet.sites import OTHER_SITE, PLAIN_SITE
from portvagt_sim.router.agent import ROLES
from portvagt_sim.router.router import CPE_ID
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

TITLE = "What the agent does while nothing happens"
ABOUT = """
Wake-ups are voluntary context switches; strace sees poll(2) return as often. "writes": changes of any file below
state_dir, which inotify tells: writing, making, renaming, removing. "states": what the reporter published, heartbeats
of 900 s and nothing else. The reporter is connected to mosquitto with mutual TLS, keepalive 60 s.

"nobody": no device of the home does anything; "web": they ask for web pages over HTTP and HTTPS, one after another, so
that the kernel tells the guard of neighbours. The rows of 24 hours are a day by the clock of the three processes, which
libfaketime makes 144 times as fast; the clocks of broker and kernel are the machine's. What takes 1 ms is 0.14 s of
that day: of timers that are due so close to each other one wake-up is left, and the guard's answer, for which the
reporter waits 5 s, has 35 ms; where it is late a state tells so, beside the 96 heartbeats. Most CPU s of a day are
libfaketime's.
"""
COLUMNS = {
    "runtime": "runtime",
    "home": "home",
    "time": "time",
    "process": "process",
    "wakeups": "wake-ups",
    "each_second": "a second",
    "cpu": "CPU s",
    "writes": "writes",
    "states": "states",
}
DAY_S = 86400
SETTLE_S = 10.0  # after the start: neighbours are resolved, states are told
SETTLE_FAST_S = 35.0  # longer than any pause that began by the slow clock
READY_SECONDS = 20.0
SITES = (f"http://{PLAIN_SITE}/", f"https://{OTHER_SITE}/")


def prepare(args: argparse.Namespace) -> None:
    """Make the runtimes ready, outside the sandbox."""
    by_runtime.prepare(args)
    if args.times:
        fast_clock.library()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    by_runtime.add_argument(parser)
    parser.add_argument("--seconds", type=float, default=120.0, help="of watching an idle and a busy home (120)")
    parser.add_argument("--times", type=int, default=144, help="how fast the day passes (144); 0: no day")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each process, alone and together, in each home."""
    rows: list[dict[str, Any]] = []
    names = by_runtime.names(args)
    for number, name in enumerate(names):
        progress(number, len(names), name)
        rows += at_machine_speed(name, args.seconds)
        if args.times:
            rows += a_day(name, args.times)
    return rows


def at_machine_speed(runtime: str, seconds: float) -> Iterator[dict[str, Any]]:
    """An idle and a busy home."""
    with World(runtime=runtime) as world:
        _wait_reporting(world)
        time.sleep(SETTLE_S)
        yield from _watched(world, runtime, "nobody", seconds, lambda: time.sleep(seconds))
        yield from _watched(world, runtime, "web", seconds, lambda: _browse(world, seconds))


def a_day(runtime: str, times: int) -> Iterator[dict[str, Any]]:
    """An idle home for 24 hours."""
    with World(runtime=runtime, agent=False) as world:
        clock = fast_clock.FastClock(world.workdir)
        world.router.start_agent(clock.command)
        world.router.wait_ready()
        _wait_reporting(world)
        clock.speed_up(times)
        time.sleep(SETTLE_FAST_S)
        yield from _watched(world, runtime, "nobody", DAY_S, lambda: time.sleep(DAY_S / times))


def _wait_reporting(world: World) -> None:
    wait_until(lambda: world.isp.messages(f"{CPE_ID}/up/state"), READY_SECONDS, "the reporter has told its state")


def _browse(world: World, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for device in world.home:
            for site in SITES:
                device.fetch(site)


class Spent(NamedTuple):
    """By one process, so far."""

    wakeups: int
    cpu: float


def _watched(
    world: World, runtime: str, home: str, seconds: float, pass_time: Callable[[], None]
) -> Iterator[dict[str, Any]]:
    """A row for each process, and one for all three; `seconds` that pass by the processes' clock."""
    with write_watch(world.router.state_dir) as writes:
        states, before = len(world.isp.messages("/state")), _spent(world)
        pass_time()
        after = _spent(world)
        states, changed = len(world.isp.messages("/state")) - states, writes.changes()
    found = {role: Spent(*(a - b for a, b in zip(after[role], before[role], strict=True))) for role in ROLES}
    found["together"] = Spent(sum(each.wakeups for each in found.values()), sum(each.cpu for each in found.values()))
    for role, spent in found.items():
        yield {
            "runtime": runtime,
            "home": home,
            "time": f"{seconds / 3600:g} h" if seconds >= 3600 else f"{seconds:g} s",
            "process": role,
            "wakeups": spent.wakeups,
            "each_second": spent.wakeups / seconds,
            "cpu": spent.cpu,
            "writes": _below(world.router.state_dir / role, changed) if role in ROLES else len(changed),
            "states": states if role in ("reporter", "together") else None,
        }


def _spent(world: World) -> dict[str, Spent]:
    pids = {role: world.router.pid(role) for role in ROLES}
    return {role: Spent(process.wakeups(pid), process.cpu_seconds(pid)) for role, pid in pids.items()}


def _below(directory: Path, changed: list[Path]) -> int:
    return sum(1 for path in changed if path.is_relative_to(directory))
