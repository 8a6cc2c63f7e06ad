"""What the agent takes on a small router: flash, heap, and pauses of the garbage collector."""

import argparse
import json
import lzma
import subprocess
import tarfile
import tempfile
import timeit
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from portvagt_sim import micropython
from portvagt_sim.bench import busy_home
from portvagt_sim.runtimes import RUNTIMES

DEVICES, CONNECTIONS = 64, 4096
TITLE = "What the agent takes on MicroPython"
ABOUT = f"""
Flash: all bytecode, pages and languages included. Heap: bytes in use after a collection, of the modules that a process
has imported (each row adds to those above it), and of {DEVICES} devices that each know all the networks and wait for
all the answers that a device may, with as many familiar servers as a home may have. Judging: a connection of theirs.
Then {CONNECTIONS} connections that are kept for `portvagt trace`. An event is read with its port behind masquerading.
"pause": the longest of ten collections, with nothing on the heap and with all of the above.
"""
COLUMNS = {"what": "what", "value": "value", "unit": "unit", "target": "target"}
PROBE = Path(__file__).with_name("footprint_probe.py")
HEAP_KB = 2048
# the tuples of a new connection 198.51.100.2:59300 → 198.18.7.25:25, masqueraded to :1077, as ctnetlink sends them;
# what follows them would make it longer than a word of MicroPython's command line may be
MESSAGE = (
    "7c00000000010006000000000000000002000000340001801400018008000100c633640208000200c61207191c000280"
    "050001000600000006000200e7a400000600030000190000340002801400018008000100c612071908000200c6336402"
    "1c000280050001000600000006000200001900000600030004350000"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The benchmark has no arguments of its own."""


def prepare(_args: argparse.Namespace) -> None:
    """Make MicroPython ready, outside the sandbox."""
    micropython.prepare()


def measure(_args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each figure."""
    progress(0, 2, "size")
    installed, compressed = _sizes()
    progress(1, 2, "heap")
    heap = _heap()
    figures: list[tuple[str, float, str, float | None]] = [
        ("flash, as it lies in a directory", installed / 1024, "KiB", None),
        ("flash, as xz (squashfs)", compressed / 1024, "KiB", 120),
        ("heap of the guard's modules", heap["guard"] / 1024, "KiB", None),
        ("heap of what the portal adds", heap["portal"] / 1024, "KiB", None),
        ("heap of what the reporter adds", heap["reporter"] / 1024, "KiB", None),
        (f"heap of {DEVICES} devices", heap["devices"] / 1024, "KiB", 60),
        (f"heap of {CONNECTIONS} connections for trace", heap["ring"] / 1024, "KiB", 84),
        ("judging a connection, MicroPython", heap["judging_us"], "µs", None),
        ("judging a connection, CPython", _judging_us(), "µs", 10),
        ("keeping a connection for trace, MicroPython", heap["add_us"], "µs", None),
        ("keeping a connection for trace, CPython", _add_us(), "µs", 2),
        ("allocated by reading 1000 events", heap["reading"], "bytes", 0),
        ("pause of the collector, nothing loaded", heap["pause_us_empty"] / 1000, "ms", None),
        ("pause of the collector, all of the above", heap["pause_us_full"] / 1000, "ms", None),
    ]
    return [
        {"what": what, "value": round(value, 2), "unit": unit, "target": target}
        for what, value, unit, target in figures
    ]


def _sizes() -> tuple[int, int]:
    """Bytes of all bytecode: as files, and as one xz archive."""
    with tempfile.TemporaryDirectory() as scratch:
        tree = micropython.compile_agent(Path(scratch))
        archive = BytesIO()
        with tarfile.open(fileobj=archive, mode="w") as tar:
            tar.add(tree, ".")
        return sum(path.stat().st_size for path in tree.rglob("*.mpy")), len(lzma.compress(archive.getvalue()))


def _heap() -> dict[str, Any]:
    chosen = RUNTIMES["micropython"]()
    command = [*chosen._replace(module=()).command(HEAP_KB), str(PROBE), MESSAGE, str(DEVICES), str(CONNECTIONS)]
    done = subprocess.run(command, env=dict(chosen.environment), capture_output=True, text=True, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _judging_us() -> float:
    """The quickest of ten rounds: what else the machine does is no cost of ours."""
    home, keys, flows = busy_home.build(DEVICES)
    rounds = timeit.repeat(lambda: busy_home.judge(home, keys, flows), number=1, repeat=10)
    return min(rounds) / len(keys) / len(flows) * 1e6


def _add_us() -> float:
    """The same, as in _judging_us()."""
    from portvagt.judge.outbound import Outbound

    ring, key, destination = Outbound(0.0, 86400), bytes([2, 0, 0, 0, 0, 1]), bytes([198, 18, 7, 25])
    times = [1000 + number * 0.02 for number in range(CONNECTIONS)]
    rounds = timeit.repeat(lambda: [ring.add(each, key, destination, 25, 47908) for each in times], number=1, repeat=10)
    return min(rounds) / CONNECTIONS * 1e6
