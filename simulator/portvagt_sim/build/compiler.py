"""One run of Nuitka: what it needs, how far it is, and that it ends with us."""

import contextlib
import os
import signal
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import BinaryIO

from portvagt_sim.build import nuitka_options
from portvagt_sim.errors import SimulatorError
from portvagt_sim.micropython import AGENT

LOOK_SECONDS = 0.5
END_SECONDS = 5.0
Progress = Callable[[int, int | None, str], None]


def check() -> None:
    """Raise SimulatorError when Python's own headers are missing: they must be of the Python that runs this."""
    if not Path(sysconfig.get_path("include"), "Python.h").exists():
        version = sysconfig.get_python_version()
        raise SimulatorError(f"missing: Python.h of {sys.base_prefix}; type: sudo apt install python{version}-dev")


def compile_agent(work: Path, progress: Progress) -> Path:
    """Compile into `work`, which is empty; the directory that was made. Raises SimulatorError with Nuitka's reason."""
    log = work / "nuitka.log"
    argv = [sys.executable, "-m", "nuitka", *nuitka_options.arguments(), f"--output-dir={work}", f"{AGENT}/portvagt"]
    environment = {**os.environ, "PYTHONPATH": str(AGENT), "NUITKA_CACHE_DIR": str(work.parent / ".cache")}
    with log.open("wb") as output, _ended_with_us(argv, work, environment, output) as process:
        while process.poll() is None:
            progress(*_how_far(work / "portvagt.build"))
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LOOK_SECONDS)
    made = work / "portvagt.dist"
    if process.returncode or not (made / "portvagt").exists():
        raise SimulatorError(f"Nuitka: {_reason(log)} (all of it: {log})")
    return made


def _how_far(build: Path) -> tuple[int, int | None, str]:
    sources = len(list(build.glob("*.c")))
    objects = len(list(build.glob("*.o")))
    if not objects:
        return 0, None, "from Python to C"
    return objects, sources, "compiling C" if objects < sources else "linking"


@contextmanager
def _ended_with_us(
    argv: list[str], cwd: Path, environment: dict[str, str], output: BinaryIO
) -> Iterator["subprocess.Popen[bytes]"]:
    """Nuitka's compilers don't outlive us, whatever ends us."""
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    process = subprocess.Popen(
        argv, cwd=cwd, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True
    )
    try:
        yield process
    finally:
        _end(process)
        for number, handler in before.items():
            signal.signal(number, handler)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End what is left of its session: politely, then by force."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_SECONDS)


def _leave(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def _reason(log: Path) -> str:
    """The first line that says what is fatal, else the last word."""
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    fatal = [line for line in lines if "FATAL" in line or "error:" in line]
    return [*fatal, *lines[-1:], "it said nothing"][0].strip()
