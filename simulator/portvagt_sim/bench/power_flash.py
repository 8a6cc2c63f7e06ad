"""A flash after a power cut, as a boot would find it: a copy, for the machine must replay the journal itself."""

import shutil
import subprocess
from pathlib import Path
from typing import Any

from portvagt_sim.bench.power_promises import objects

GUARD = "/upper/portvagt/guard"  # of the overlay that is /etc
LIMIT = 256  # letters of what e2fsck found


class Flash:
    """A copy of an image, its journal replayed."""

    def __init__(self, image: Path) -> None:
        self._copy = shutil.copy(image, image.with_suffix(".copy"))
        self._replayed = _said("e2fsck", "-y", "-E", "journal_only", self._copy)

    def fault(self) -> str:
        """What is wrong with the file system, "" when it is clean."""
        found = _said("e2fsck", "-fn", self._copy)
        if self._replayed.returncode in (0, 1) and found.returncode == 0:
            return ""
        return " ".join(found.stdout.split())[-LIMIT:] or "e2fsck failed"

    def items(self, name: str) -> list[dict[str, Any]]:
        """The lines of a file of the guard's, [] when there is none."""
        text = _said("debugfs", "-R", f"cat {GUARD}/{name}", self._copy).stdout
        return objects(text)


def _said(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([*map(str, arguments)], capture_output=True, text=True, check=False)
