"""The Nuitka build: the agent, paho-mqtt, psutil and Python itself in one directory.

Everything is made in build/nuitka.work and moved to build/nuitka when it is whole; the stamp comes last.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from portvagt_sim.bench import machine
from portvagt_sim.build import compiler, fingerprint, nuitka_options, nuitka_page, tree
from portvagt_sim.errors import SimulatorError

BUILD = fingerprint.PROJECT / "build"
TARGET = BUILD / "nuitka"
PROGRAM = TARGET / "portvagt"
IMAGE = BUILD / "nuitka.squashfs"
PAGE = fingerprint.PROJECT / "docs" / "measurements" / "nuitka.md"
UNPACKED_MAX = 30 * tree.MEGABYTE
IMAGE_MAX = 9 * tree.MEGABYTE
_WORK = BUILD / "nuitka.work"
_STAMP = BUILD / "nuitka.stamp"
_COMMAND = "./dev build nuitka"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the target."""
    parser.add_argument("--again", action="store_true", help="build although nothing has changed")
    parser.add_argument("--no-write", action="store_true", help="write nothing to docs/measurements")


def run(args: argparse.Namespace) -> int:
    """Build unless nothing has changed."""
    if is_current() and not args.again:
        print(f"build/nuitka is up to date: {_summary()}")
        return 0
    compiler.check()
    wanted = fingerprint.current()  # before: what changes while we compile is not in it
    print("building build/nuitka: four to five minutes, later about one", file=sys.stderr)
    began = time.monotonic()
    with _progress() as progress:
        _make(progress)
    seconds = time.monotonic() - began
    _STAMP.write_text(wanted)
    if not args.no_write:
        PAGE.write_text(nuitka_page.markdown(tree.weigh(TARGET), IMAGE.stat().st_size, seconds, machine.line()))
    print(f"build/nuitka is made in {seconds:.0f} s: {_summary()}")
    return 0


def is_current() -> bool:
    """Whether there is a build, of what is here now."""
    return PROGRAM.exists() and _STAMP.exists() and _STAMP.read_text() == fingerprint.current()


def prepare() -> None:
    """Raise SimulatorError, with what to type, unless there is a build of what is here now."""
    if not is_current():
        state = "is older than its sources" if PROGRAM.exists() else "is not there"
        raise SimulatorError(f"the Nuitka build {state}; type: {_COMMAND}")


def _make(progress: compiler.Progress) -> None:
    shutil.rmtree(_WORK, ignore_errors=True)  # of an interrupted build
    _WORK.mkdir(parents=True)
    made = compiler.compile_agent(_WORK, progress)
    progress(0, None, "making it smaller")
    tree.remove(made, nuitka_options.REMOVED)
    for name, where in tree.borrowed(made).items():  # Nuitka takes zlib for a part of every system
        shutil.copyfile(where, made / name)
    tree.strip(made)
    tree.run([str(made / "portvagt"), "--version"])
    progress(0, None, "packing")
    image = _WORK / IMAGE.name
    tree.pack(made, image)
    _put_in_place(made, image)
    shutil.rmtree(_WORK)


def _put_in_place(made: Path, image: Path) -> None:
    """Renaming is at once: an interruption leaves the old build, the new one or none, and no stamp."""
    _STAMP.unlink(missing_ok=True)
    if TARGET.exists():
        TARGET.rename(_WORK / "before")
    made.rename(TARGET)
    image.rename(IMAGE)


def _summary() -> str:
    weight = tree.weigh(TARGET)
    return (
        f"{weight.files} files, {weight.size / tree.MEGABYTE:.1f} MB unpacked,"
        f" {IMAGE.stat().st_size / tree.MEGABYTE:.1f} MB as squashfs"
    )


@contextmanager
def _progress() -> Iterator[compiler.Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda done, of, what: bar.update(task, completed=done, total=of, description=what)
