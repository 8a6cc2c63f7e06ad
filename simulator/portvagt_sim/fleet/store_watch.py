"""Watches the collector's store from another process's place: when each event can be read there."""

import sqlite3
import threading
import time
from pathlib import Path
from typing import NamedTuple

LOOK_S = 0.02  # what it adds to a latency, at most


class Stored(NamedTuple):
    """When an event happened, by its router, and when it could be read; epoch seconds."""

    identity: str
    happened: float
    readable: float


class StoreWatch:
    """Looks 50 times a second."""

    def __init__(self, database: Path) -> None:
        self._database = database
        self._stored: list[Stored] = []
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="store", daemon=True)

    def start(self) -> None:
        """Look; the store must be there."""
        self._thread.start()

    def stop(self) -> None:
        """Look no longer."""
        self._stopping.set()
        self._thread.join(10)

    def count(self) -> int:
        """How many events are stored."""
        return len(self._stored)

    def stored(self) -> list[Stored]:
        """All so far, in the order of the store."""
        return list(self._stored)

    def _run(self) -> None:
        connection = sqlite3.connect(self._database, timeout=30)
        last = 0
        while not self._stopping.wait(LOOK_S):
            rows = connection.execute("SELECT rowid, id, time FROM events WHERE rowid > ? ORDER BY rowid", (last,))
            now = time.time()
            for number, identity, happened in rows:
                self._stored.append(Stored(identity, happened, now))
                last = number
        connection.close()
