"""One recorded connection, and the error of a row that is none."""

from typing import NamedTuple


class Flow(NamedTuple):
    """A TCP connection: `start` in unix seconds; addresses as text; `state` as Zeek names it, "" if unknown."""

    origin: str
    src: str
    sport: int
    dst: str
    dport: int
    start: float
    state: str


class BadRow(Exception):
    """A row that can't be read; the text says what is wrong with it."""
