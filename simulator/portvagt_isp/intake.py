"""Writes what arrived into the store: a batch is one transaction."""

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from portvagt_isp import contract
from portvagt_isp.contract import Refused

KEPT_BYTES = 4096  # of a refused message
QUARANTINE_ROWS = 100_000  # a router that sends rubbish shall not fill the disk


class Arrival(NamedTuple):
    """A message as the broker delivered it; `received` in epoch seconds."""

    received: float
    topic: str
    payload: bytes


class Counts(NamedTuple):
    """What became of the messages of a batch."""

    stored: int
    duplicates: int
    quarantined: int


_EVENT = "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
_ACK = "INSERT OR IGNORE INTO acks VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
# a last will says `online` only: the rest is what was known before
_STATE = """
INSERT INTO states VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (cpe_id) DO UPDATE SET
    received = excluded.received, online = excluded.online, document = excluded.document,
    policy = coalesce(excluded.policy, policy), watching = coalesce(excluded.watching, watching),
    stopped = coalesce(excluded.stopped, stopped), version = coalesce(excluded.version, version),
    runtime = coalesce(excluded.runtime, runtime)
WHERE excluded.received >= received
"""
_COUNT = """
INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = CAST(value AS INT) + excluded.value
"""
_THIN = "DELETE FROM quarantine WHERE number <= (SELECT max(number) FROM quarantine) - ?"


def store(connection: sqlite3.Connection, arrivals: Iterable[Arrival]) -> Counts:
    """Store a batch; when this returns, it is on the disk. Raises sqlite3.Error, and then nothing is stored."""
    rows: dict[str, dict[tuple[Any, ...], Arrival]] = {"events": {}, "states": {}, "acks": {}}
    refused: list[tuple[Arrival, str]] = []
    arrived = 0
    for arrival in arrivals:
        arrived += 1
        try:
            row = contract.read(*arrival)
        except Refused as error:
            refused.append((arrival, str(error)))
        else:
            rows[row.table][row.values] = arrival
    with connection:  # commits, or rolls back
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_STATE, rows["states"])
        stored = len(rows["states"])
        for table, statement in (("events", _EVENT), ("acks", _ACK)):
            added = _insert(connection, statement, rows[table])
            stored += added
            if added < len(rows[table]):
                refused += _reused(connection, table, rows[table])
        quarantine(connection, refused)
        counts = Counts(stored, arrived - stored - len(refused), len(refused))
        if counts.duplicates:
            connection.execute(_COUNT, ("duplicates", counts.duplicates))
    return counts


def quarantine(connection: sqlite3.Connection, refused: Sequence[tuple[Arrival, str]]) -> None:
    """Keep what was refused, with the reason; belongs into a transaction."""
    if not refused:
        return
    rows = [(came.received, came.topic, reason, came.payload[:KEPT_BYTES]) for came, reason in refused]
    connection.executemany("INSERT INTO quarantine (received, topic, reason, payload) VALUES (?, ?, ?, ?)", rows)
    thinned = connection.execute(_THIN, (QUARANTINE_ROWS,)).rowcount
    if thinned:
        connection.execute(_COUNT, ("quarantine_thinned", thinned))


def _insert(connection: sqlite3.Connection, statement: str, rows: Iterable[tuple[Any, ...]]) -> int:
    before = connection.total_changes
    connection.executemany(statement, rows)
    return connection.total_changes - before


def _reused(
    connection: sqlite3.Connection, table: str, rows: dict[tuple[Any, ...], Arrival]
) -> list[tuple[Arrival, str]]:
    """Those whose id is stored with another content: no repetition, so it is not dropped."""
    found = []
    for values, arrival in rows.items():
        row = connection.execute(f"SELECT cpe_id, document FROM {table} WHERE id = ?", values[:1]).fetchone()
        if tuple(row) != (values[1], values[-1]):
            found.append((arrival, str(contract.refusal("id_reused", f"{values[0]} of {row['cpe_id']}"))))
    return found
