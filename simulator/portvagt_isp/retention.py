"""Deletes what is older than the ISP keeps it: docs/privacy.md."""

import sqlite3

SLICE = 5000  # rows: a transaction that the collector need not wait for

# table: the column of its age. Policies stay: they are what is wanted now
AGES = {
    "events": "received",
    "acks": "received",
    "quarantine": "received",
    "states": "received",
    "commands": "created",
}


def purge(connection: sqlite3.Connection, before: float) -> dict[str, int]:
    """Delete what is older than `before` (epoch seconds), some rows of each table; say of which how many.

    Call again while something was deleted.
    """
    found = {}
    for table, column in AGES.items():
        statement = f"DELETE FROM {table} WHERE rowid IN (SELECT rowid FROM {table} WHERE {column} < ? LIMIT {SLICE})"
        found[table] = connection.execute(statement, (before,)).rowcount
    return {table: count for table, count in found.items() if count}
