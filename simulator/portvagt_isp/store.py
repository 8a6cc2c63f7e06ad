"""The SQLite file that collector and abuse desk share; nobody else creates or changes its tables.

Times are seconds of the epoch. Documents are the JSON text as it was received, or is to be sent.
"""

import sqlite3
from pathlib import Path

VERSION = 1

# commands.sent and policies.sent: NULL, not yet; NEVER, it is not to be sent any more, because it expired before its
# router was there, or breaks the contract (then the reason is in quarantine); else when the broker confirmed it
NEVER = 0.0

# events.time: by the router's clock, NULL where that was not set. stops … ports: of the evidence, NULL without any;
# ports such as "25,587". states: what the router said last; the last will says `online` only, so the rest stays as it
# was. acks.command NULL: the router could read none. policies.document '': takes the retained policy back.
SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE events (
    id TEXT PRIMARY KEY, cpe_id TEXT NOT NULL, received REAL NOT NULL, time REAL, type TEXT NOT NULL,
    action TEXT NOT NULL, incident TEXT NOT NULL, device TEXT NOT NULL, policy TEXT NOT NULL, stops INT NOT NULL,
    connections INT, networks INT, seconds REAL, unanswered INT, ports TEXT, document TEXT NOT NULL
);
CREATE INDEX events_of_router ON events (cpe_id, received);
CREATE INDEX events_of_incident ON events (incident, action);
CREATE INDEX events_by_age ON events (received, action);
CREATE INDEX events_of_action ON events (action, received);
CREATE TABLE states (
    cpe_id TEXT PRIMARY KEY, received REAL NOT NULL, online INT NOT NULL, policy TEXT, watching INT, stopped INT,
    version TEXT, runtime TEXT, document TEXT NOT NULL
);
CREATE TABLE acks (
    id TEXT PRIMARY KEY, cpe_id TEXT NOT NULL, command TEXT, received REAL NOT NULL, result TEXT NOT NULL,
    reason TEXT, text TEXT, document TEXT NOT NULL
);
CREATE INDEX acks_of_command ON acks (command);
CREATE INDEX acks_by_age ON acks (received);
CREATE TABLE commands (
    id TEXT PRIMARY KEY, cpe_id TEXT NOT NULL, created REAL NOT NULL, created_by TEXT NOT NULL, expires REAL NOT NULL,
    command TEXT NOT NULL, document TEXT NOT NULL, sent REAL
);
CREATE INDEX commands_to_send ON commands (created) WHERE sent IS NULL;
CREATE TABLE policies (
    cpe_id TEXT PRIMARY KEY, created REAL NOT NULL, created_by TEXT NOT NULL, document TEXT NOT NULL, sent REAL
);
CREATE INDEX policies_to_send ON policies (created) WHERE sent IS NULL;
CREATE TABLE quarantine (
    number INTEGER PRIMARY KEY AUTOINCREMENT, received REAL NOT NULL, topic TEXT NOT NULL, reason TEXT NOT NULL,
    payload BLOB NOT NULL
);
"""
BUSY_SECONDS = 10.0


class UnknownStore(Exception):
    """The file is not a store of this version; the message says what to do."""


def connect(path: Path | str) -> sqlite3.Connection:
    """Open the store, making it where there is none; autocommit, so say BEGIN IMMEDIATE for more than a statement.

    What was committed survives a power cut (synchronous FULL). Raises UnknownStore, sqlite3.Error.
    """
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA secure_delete = ON")  # what retention deletes is not left in free pages
        _prepare(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path | str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back
        if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            for statement in filter(str.strip, SCHEMA.split(";\n")):
                connection.execute(statement)
            connection.execute("INSERT INTO meta VALUES ('version', ?)", (str(VERSION),))
        elif (found := _version(connection)) != str(VERSION):
            raise UnknownStore(
                f"{path} is {'no store' if found is None else f'a store of version {found}'}, "
                f"this program reads version {VERSION}: name another file, or use the program that made it"
            )


def _version(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT value FROM meta WHERE key = 'version'").fetchone()
    except sqlite3.OperationalError:
        return None
    return str(row["value"]) if row else None
