"""Flows of a file, compressed or not, with the place of each bad row."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from portvagt_sim.errors import SimulatorError
from portvagt_sim.replay.flow import BadRow, Flow
from portvagt_sim.replay.formats import reader_of


class Recording:
    """One file. `flows` can be read once; `bad` counts the rows that were skipped."""

    def __init__(self, path: Path, skip_bad: bool) -> None:
        self.path = path
        self.bad = 0
        self._skip_bad = skip_bad

    def flows(self, file: IO[str]) -> Iterator[Flow]:
        """The connections in the file's order. Raises SimulatorError with file and line."""
        lines = ((number, text.rstrip("\r\n")) for number, text in enumerate(file, start=1))
        try:
            first = next(lines, (1, ""))
            rows = reader_of(first[1])(self.path.name, _chained(first, lines))
            for number, row in rows:
                if isinstance(row, BadRow):
                    self._complain(number, row)
                elif row is not None:
                    yield row
        except BadRow as error:
            raise SimulatorError(f"{self.path}:1: {error}") from None
        except (OSError, EOFError, UnicodeDecodeError) as error:
            raise SimulatorError(f"{self.path}: can't be read: {error}") from None

    def _complain(self, number: int, row: BadRow) -> None:
        if not self._skip_bad:
            raise SimulatorError(f"{self.path}:{number}: {row} (--skip-bad counts such rows)")
        self.bad += 1

    def open(self) -> IO[str]:
        """The text; raises SimulatorError."""
        try:
            raw = self.path.open("rb")
        except OSError as error:
            raise SimulatorError(f"{self.path}: {error.strerror}") from None
        magic = raw.read(2)
        raw.seek(0)
        return gzip.open(raw, "rt") if magic == b"\x1f\x8b" else open(self.path)


def _chained(first: tuple[int, str], rest: Iterator[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    yield first
    yield from rest
