"""Directories that are made once and kept."""

import tempfile
from collections.abc import Callable
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[3]
CACHE = PROJECT / ".cache" / "debian"


def directory(path: Path, fill: Callable[[Path], None]) -> Path:
    """`path`, which `fill` is given to fill if it is not there: whole or not at all, also when somebody interrupts."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix="unfinished-") as scratch:
            new = Path(scratch, "new")
            new.mkdir()
            fill(new)
            new.rename(path)
    return path
