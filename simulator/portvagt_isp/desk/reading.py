"""The store, opened for reading only: no page can change what routers said."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from portvagt_isp import store

Connection = sqlite3.Connection
Row = sqlite3.Row


@contextlib.contextmanager
def opened() -> Iterator[Connection]:
    """The store of the configuration; empty where the collector has not run yet."""
    path: Path = settings.DESK.database
    if not path.exists():
        store.connect(path).close()
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=store.BUSY_SECONDS)
    try:
        connection.row_factory = sqlite3.Row
        connection.create_function("told_number", 1, told_number, deterministic=True)
        connection.execute("BEGIN")  # one page shows one moment
        yield connection
    finally:
        connection.close()


def told_number(incident: str) -> str:
    """The 8 digits that a subscriber tells on the telephone (docs/contract/README.md)."""
    try:
        return f"{int(incident[:8], 16) % 10**8:08d}"
    except ValueError:
        return ""
