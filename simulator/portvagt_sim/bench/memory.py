"""Memory of the agent's processes, idle, under attack, and after a million events."""

import argparse
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.bench import by_runtime, flows, process, watchers
from portvagt_sim.bench.lab import DEVICES, lab, neighbour
from portvagt_sim.bench.lone_guard import lone_guard
from portvagt_sim.namespaces import entered, exec_in, ip_batch
from portvagt_sim.program import Program
from portvagt_sim.router.agent import ROLES
from portvagt_sim.runtimes import RUNTIMES
from portvagt_sim.world import World

TITLE = "Memory of the agent"
ABOUT = """
KiB. RSS counts everything that is mapped and resident; PSS shares among processes what they map together; private is
what nobody else could use: heap and stack. "attack": 10,000 mail connections of 64 devices, which all become cases,
while the broker is away and 500 events wait in the outbox, and 8 browsers send their requests a byte at a time.
MicroPython is Debian's, on glibc and with its own loader: a bare one takes what the row "bare MicroPython" says.
"""
COLUMNS = {
    "runtime": "runtime",
    "process": "process",
    "state": "state",
    "rss": "RSS",
    "pss": "PSS",
    "private": "private",
}
ATTACK_RATE, ATTACK_SECONDS = 1_000, 10
SLOW_BROWSERS = 8
OUTBOX_EVENTS = 500
EVENTS_RATE = 20_000
SETTLE_SECONDS = 3.0


prepare = by_runtime.prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    by_runtime.add_argument(parser)
    parser.add_argument("--events", type=int, default=1_000_000, help="events that must not let it grow (1000000)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each process and state."""
    names = by_runtime.names(args)
    steps = 2 * len(names) + 1
    rows: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        progress(2 * number, steps, f"{name}: idle, attack")
        rows += _of_world(name)
        progress(2 * number + 1, steps, f"{name}: {args.events:,} events")
        rows += _of_events(name, args.events)
    progress(steps - 1, steps, "others")
    return rows + list(_of_others())


def _of_world(name: str) -> Iterator[dict[str, Any]]:
    with ExitStack() as running:
        world = running.enter_context(World(runtime=name, settings={"report": {"heartbeat": 60}}))
        _fill_outbox(world)
        time.sleep(SETTLE_SECONDS)
        yield from _processes(name, "idle", world)
        _attack(world, running)
        time.sleep(SETTLE_SECONDS)
        yield from _processes(name, "attack", world)


def _fill_outbox(world: World) -> None:
    """The reporter starts again, into an outage, with as many events as it keeps."""
    from portvagt.report import journal

    world.router.kill("reporter")
    world.router.wait_ended("reporter")
    outbox = world.router.state_dir / "reporter" / "outbox"
    event = b'{"specversion": "1.0", "id": "%d", "data": "' + b"x" * 450 + b'"}'
    outbox.write_bytes(b"".join(journal.line(event % number) for number in range(OUTBOX_EVENTS)))
    outbox.chmod(0o666)
    world.isp.broker.stop()
    world.router.start_process("reporter")


def _attack(world: World, running: ExitStack) -> None:
    ip_batch([neighbour(number) for number in range(DEVICES)], world.router.netns)
    with entered(world.home.laptop.netns):
        for _ in range(SLOW_BROWSERS):
            browser = socket.create_connection((LAN_ROUTER.v4, world.router.portal_port), timeout=5)
            running.callback(browser.close)
            browser.send(b"GET / HT")
    flows.flood(world.router.netns, flows.MAIL, ATTACK_RATE, ATTACK_SECONDS)


def _processes(name: str, state: str, world: World) -> list[dict[str, Any]]:
    found = {role: process.memory_kb(world.router.pid(role)) for role in ROLES}
    found["together"] = {key: sum(each[key] for each in found.values()) for key in ("rss", "pss", "private")}
    return [{"runtime": name, "process": role, "state": state, **values} for role, values in found.items()]


def _of_events(name: str, events: int) -> list[dict[str, Any]]:
    rows = []
    with lab() as netns, tempfile.TemporaryDirectory(dir="/run") as scratch:
        Path(scratch).chmod(0o755)
        with lone_guard(netns, Path(scratch, "guard"), name) as guard:
            for share in (0.1, 0.9):
                flows.flood(netns, flows.MAIL, EVENTS_RATE, events * share / EVENTS_RATE)
                subprocess.run(exec_in(netns, ["conntrack", "-F"]), capture_output=True, check=False)
                seen = guard.status()["connections_seen"]
                values = process.memory_kb(guard.program.pid)
                rows.append({"runtime": name, "process": "guard", "state": f"{seen:,} events", **values})
    return rows


def _of_others() -> Iterator[dict[str, Any]]:
    with lab() as netns, tempfile.TemporaryDirectory(dir="/run") as scratch:
        for label, argv in _others(Path(scratch)).items():
            with _running(label, netns, argv, Path(scratch, "log")) as program:
                flows.flood(netns, flows.MAIL, ATTACK_RATE, ATTACK_SECONDS)
                yield {"runtime": "C", "process": label, "state": "attack", **process.memory_kb(program.pid)}
        bare = [*RUNTIMES["micropython"]().argv, "-c", "import time; time.sleep(60)"]
        with _running("bare", netns, bare, Path(scratch, "log")) as program:
            yield {"runtime": "micropython", "process": "bare MicroPython", **process.memory_kb(program.pid)}


def _others(scratch: Path) -> dict[str, list[str]]:
    return {"conntrack -E": watchers.CONNTRACK, "conntrackd": watchers.conntrackd_command(scratch)}


@contextmanager
def _running(label: str, netns: str, argv: list[str], log: Path) -> Iterator[Program]:
    program = Program(label, netns, argv, log)
    try:
        time.sleep(0.5)
        yield program
    finally:
        program.stop()
