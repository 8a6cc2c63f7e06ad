"""What the agent costs at rest, and how long it takes to start, on each thing that it runs on."""

import argparse
import compileall
import shutil
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from portvagt_sim.bench import mappings
from portvagt_sim.errors import SimulatorError
from portvagt_sim.program import Program
from portvagt_sim.router import agent
from portvagt_sim.runtimes import AGENT, Runtime, runtime
from portvagt_sim.world import World

TITLE = "What the agent costs at rest, by runtime"
ABOUT = """
Guard, portal and reporter of one router, idle and with the reporter connected by TLS. RSS counts every page that a
process sees; PSS divides a page among all on the machine who see it, with CPython also the simulator's own programs.
"All three" counts what is each one's own and every file's pages once: what the router has to have. "Own" is the part
of it that no file on flash backs, so that the kernel can't drop it when memory gets short. "Start" is the median time
from exec to "the guard watches", its table being loaded already. On CPython the standard library's .pyc are there in
both rows; only the agent's own are missing in the second.
"""
COLUMNS = {
    "subject": "runtime",
    "guard_rss": "guard RSS, MB",
    "guard_pss": "guard PSS, MB",
    "portal_rss": "portal RSS, MB",
    "portal_pss": "portal PSS, MB",
    "reporter_rss": "reporter RSS, MB",
    "together": "all three, MB",
    "own": "own, MB",
    "start_ms": "start, ms",
}
WATCHES = "the guard watches"
START_SECONDS = 20.0
LOOK_SECONDS = 0.001
IDLE_SECONDS = 5.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=11, help="starts of the guard in each row (11)")


def _cpython(copy: Path, compiled: bool) -> Runtime:
    """The agent's sources in a directory of their own, with or without .pyc beside them."""
    shutil.copytree(AGENT, copy, ignore=shutil.ignore_patterns("__pycache__"))
    if compiled:
        compileall.compile_dir(copy, quiet=2)
    return Runtime((sys.executable,), {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"})


def prepare(_args: argparse.Namespace) -> None:
    """Say what to type when there is no build, before anything is measured."""
    runtime("nuitka").prepare()


SUBJECTS: dict[str, Callable[[Path], Runtime]] = {
    "CPython, .pyc on flash": lambda copy: _cpython(copy, compiled=True),
    "CPython, sources only": lambda copy: _cpython(copy, compiled=False),
    "Nuitka build": lambda _copy: runtime("nuitka"),
}


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each runtime."""
    rows = []
    for number, (subject, make) in enumerate(SUBJECTS.items()):
        progress(number, len(SUBJECTS), subject)
        with World(agent=False) as world:
            chosen = make(world.workdir / "agent")
            starts = [_start_ms(world, chosen) for _ in range(args.runs + 1)][1:]  # the first one warms the caches
            rows.append({"subject": subject, **_at_rest(world, chosen), "start_ms": round(statistics.median(starts))})
    return rows


def _start(world: World, role: str, chosen: Runtime) -> Program:
    log = world.workdir / f"{role}.log"
    log.unlink(missing_ok=True)
    return agent.start(role, world.router.netns, chosen, world.router.configuration, log)


def _start_ms(world: World, chosen: Runtime) -> float:
    began = time.monotonic()
    guard = _start(world, "guard", chosen)
    try:
        while WATCHES not in guard.log():
            if not guard.alive() or time.monotonic() - began > START_SECONDS:
                raise SimulatorError(f"the guard did not start\n{guard.tail()}")
            time.sleep(LOOK_SECONDS)
        return (time.monotonic() - began) * 1000
    finally:
        guard.stop()


def _at_rest(world: World, chosen: Runtime) -> dict[str, float]:
    running = {role: _start(world, role, chosen) for role in agent.ROLES}
    try:
        running["guard"].wait_until(lambda: WATCHES in running["guard"].log(), START_SECONDS, WATCHES)
        time.sleep(IDLE_SECONDS)
        mapped = {role: mappings.of_process(program.pid) for role, program in running.items()}
    finally:
        for program in running.values():
            program.stop()
    row = {f"{role}_rss": sum(each.rss for each in found) for role, found in mapped.items()}
    row |= {f"{role}_pss": sum(each.pss for each in found) for role, found in mapped.items()}
    row["own"] = sum(each.anonymous for found in mapped.values() for each in found)
    row["together"] = mappings.together(mapped.values())
    return {key: round(kilobytes / 1024, 1) for key, kilobytes in row.items()}
