"""`portvagt-isp export TABLE`: rows as JSON, one a line, such as clickhouse.sql's tables take."""

import argparse
import json
import sqlite3

from portvagt_isp import contract
from portvagt_isp.errors import IspError
from portvagt_isp.orders import rfc3339

TABLES = ("events", "states", "acks")
TIMES = {"received", "time"}
TRUTHS = {"online", "watching"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--since", metavar="TIME", help="received then or later, such as 2026-03-01T12:00:00Z")
    parser.add_argument("table", choices=TABLES)


def run(args: argparse.Namespace, connection: sqlite3.Connection) -> int:
    """Print the rows, oldest first. Raises IspError."""
    try:
        since = contract.epoch(args.since) if args.since else 0.0
    except ValueError as error:
        raise IspError(f"--since: {error}; write it like 2026-03-01T12:00:00Z") from None
    query = f"SELECT * FROM {args.table} WHERE received >= ? ORDER BY received"
    for row in connection.execute(query, (since,)):
        print(json.dumps(document(row)))
    return 0


def document(row: sqlite3.Row) -> dict[str, object]:
    """A row as it is exported: times in RFC 3339."""
    return {name: _value(name, value) for name, value in dict(row).items()}


def _value(name: str, value: object) -> object:
    if name in TIMES and isinstance(value, float):
        return rfc3339(value)
    return bool(value) if name in TRUTHS and value is not None else value
