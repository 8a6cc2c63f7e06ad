"""`bench NAME`: measure, print one table, keep it in docs/measurements/NAME.md."""

import argparse
import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portvagt_sim import sandbox
from portvagt_sim.bench import machine, table
from portvagt_sim.errors import SimulatorError

# name → what `--list` says
NAMES = {
    "browsers": "how soon real browsers show the page, and the web again",
    "collector": "events a second that the ISP's collector stores, and their price",
    "contain": "connections and mails that leave a home with a zombie, whatever happens to the guard",
    "detect": "how soon detectors stop zombies, and their false alarms in innocent homes",
    "flows": "processor time, memory and lost events at thousands of new connections a second",
    "footprint": "flash and heap of the agent on MicroPython, pauses of its garbage collector",
    "idle": "wake-ups, processor time and flash writes while nothing happens, in a day too",
    "memory": "memory of the three processes: idle, under attack, after a million events",
    "page": "weight of the page, how soon it is there and painted, beside a static one of nginx",
    "power": "what a router in QEMU keeps when its power is cut again and again",
    "router": "what the agent takes and holds, and how soon it acts, on small routers in QEMU",
    "runtimes": "memory and start of the agent on CPython and as a Nuitka build",
    "start": "how soon the guard protects after it was started",
}
TABLE_WIDTH = 120  # also in a pipe, where nobody says how wide it is
MEASUREMENTS = Path(__file__).resolve().parents[3] / "docs" / "measurements"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command; those behind the name are the benchmark's own."""
    parser.add_argument("--list", action="store_true", help="name the benchmarks")
    parser.add_argument("name", nargs="?", help="the benchmark")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="see: ./dev bench NAME --help")


def run(args: argparse.Namespace) -> int:
    """Run one benchmark inside the sandbox."""
    if args.list:
        for name, description in NAMES.items():
            print(f"{name:10} {description}")
        return 0
    if args.name not in NAMES:
        named = f"no benchmark {args.name!r};" if args.name else "which one?"
        raise SimulatorError(f"bench: {named} there are: {', '.join(NAMES)}")
    benchmark = importlib.import_module(f"portvagt_sim.bench.{args.name}")
    options = _options(args.name, benchmark, args.options)
    if not sandbox.is_inside():
        getattr(benchmark, "prepare", _nothing)(options)  # now: there is no way out of the sandbox
        return sandbox.run([sys.executable, "-m", "portvagt_sim", "bench", args.name, *args.options])
    _measure(args.name, benchmark, options)
    return 0


def _nothing(_options: argparse.Namespace) -> None:
    """Most benchmarks need nothing from outside."""


def _options(name: str, benchmark: ModuleType, words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"./dev bench {name}", description=benchmark.TITLE)
    parser.add_argument("--json", action="store_true", help="print the rows as one JSON object, nothing else")
    parser.add_argument("--no-write", action="store_true", help="write nothing to docs/measurements")
    benchmark.add_arguments(parser)
    return parser.parse_args(words)


def _measure(name: str, benchmark: ModuleType, options: argparse.Namespace) -> None:
    with _progress() as progress:
        rows: list[dict[str, Any]] = benchmark.measure(options, progress)
    where = machine.line(with_commit=not hasattr(benchmark, "KEY"))
    if not options.no_write:
        MEASUREMENTS.mkdir(exist_ok=True)
        _write(benchmark, MEASUREMENTS / f"{name}.md", rows, where)
    if options.json:
        print(json.dumps({"benchmark": name, "machine": where, "rows": rows}))
    else:
        console = Console()
        console.width = max(console.width, TABLE_WIDTH)
        console.print(table.terminal(benchmark, rows), where)


def _write(benchmark: ModuleType, page: Path, rows: list[dict[str, Any]], where: str) -> None:
    if hasattr(benchmark, "KEY") and page.exists():
        rows = table.merged(benchmark, page.read_text(), rows)
    page.write_text(table.markdown(benchmark, rows, where))


@contextmanager
def _progress() -> "Iterator[Any]":
    """A bar on standard error, where the rows of `--json` do not go."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, of, what: bar.update(task, completed=done, total=of, description=what)
