"""A clock for one program that runs faster than the machine's: libfaketime, which also shortens what poll(2) waits for.

Nothing outside the program is faster: what takes a broker or the kernel 1 ms takes `times` ms by its clock.
"""

import time
from pathlib import Path

from portvagt_sim.errors import SimulatorError

LIBRARIES = "/usr/lib/*/faketime/libfaketime.so.1"  # where Debian has it
CACHE_SECONDS = 1  # until a program that runs takes up the new speed


def library() -> Path:
    """Where libfaketime is. Raises SimulatorError: it is not installed."""
    for found in Path("/").glob(LIBRARIES.lstrip("/")):
        return found
    raise SimulatorError("missing: libfaketime; type: sudo apt install libfaketime")


class FastClock:
    """The clock of all programs that `command` starts; runs as the machine's until it is put forward."""

    def __init__(self, directory: Path) -> None:
        """`directory`: where those programs may read."""
        self._file = directory / "clock"
        self._say(1)
        # not in the environment of who starts it: libfaketime's semaphore is closed to whom it changes user to
        self.command = (
            "env",
            f"LD_PRELOAD={library()}",
            f"FAKETIME_TIMESTAMP_FILE={self._file}",
            f"FAKETIME_CACHE_DURATION={CACHE_SECONDS}",
        )

    def speed_up(self, times: int) -> None:
        """From the next time that a program asks for the time; what was since its start jumps by as much."""
        time.sleep(CACHE_SECONDS)
        self._say(times)

    def _say(self, times: int) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(f"+0 x{times}")
        new.chmod(0o644)
        new.rename(self._file)
