"""The directory that a build consists of: made smaller, weighed, packed."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError

MEGABYTE = 1_000_000
BIGGEST = 8
# What a firmware with glibc has
GLIBC = ("libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1", "libutil.so.1")
_LIBRARY = re.compile(r"^\s*(\S+) => (/\S+)", re.MULTILINE)
# Compression and block size of OpenWrt's images, so that the size is what it costs in flash there
SQUASHFS = ("-comp", "xz", "-b", "256K", "-all-root", "-noappend", "-no-progress", "-quiet")


class Weight(NamedTuple):
    """Of a directory: its files, their bytes, and the biggest of them as (bytes, name)."""

    files: int
    size: int
    biggest: list[tuple[int, str]]


def weigh(directory: Path) -> Weight:
    """Count every file below `directory`."""
    sizes = sorted(((path.stat().st_size, str(path.relative_to(directory))) for path in files(directory)), reverse=True)
    return Weight(len(sizes), sum(size for size, _name in sizes), sizes[:BIGGEST])


def files(directory: Path, pattern: str = "*") -> list[Path]:
    """All files below `directory` with such a name."""
    return [path for path in sorted(directory.rglob(pattern)) if path.is_file()]


def remove(directory: Path, patterns: Iterable[str]) -> None:
    """Remove the files with such names."""
    for pattern in patterns:
        for path in files(directory, pattern):
            path.unlink()


def strip(directory: Path) -> None:
    """Take the symbols out of the shared libraries; Nuitka strips the program only. Raises SimulatorError."""
    run(["strip", "--strip-unneeded", *map(str, files(directory, "*.so*"))])


def borrowed(directory: Path) -> dict[str, Path]:
    """The shared libraries that `directory` takes from this machine, glibc's own apart: {name: where it is}."""
    found = {}
    for path in files(directory):
        for name, where in _LIBRARY.findall(run(["ldd", str(path)])):
            if name not in GLIBC and not Path(where).is_relative_to(directory):
                found[name] = Path(where)
    return found


def pack(directory: Path, target: Path) -> int:
    """Pack `directory` into the squashfs image `target`; its bytes. Raises SimulatorError."""
    run(["mksquashfs", str(directory), str(target), *SQUASHFS])
    return target.stat().st_size


def run(argv: list[str]) -> str:
    """What a program prints. Raises SimulatorError with its last line when it fails."""
    done = subprocess.run(argv, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"status {done.returncode}").splitlines()
        raise SimulatorError(f"{Path(argv[0]).name}: {said[-1]}")
    return done.stdout
