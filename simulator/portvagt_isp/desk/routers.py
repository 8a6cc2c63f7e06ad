"""Routers: their last state, and what the ISP wants of them."""

import json
from typing import Any, NamedTuple

from portvagt_isp.desk.reading import Connection, Row

STALE_SECONDS = 3 * 3600.0  # as the contract says, of three heartbeats of at most an hour
PAGE = 100


class Router(NamedTuple):
    """A router as it said last; `state` is {} for one that only sent events."""

    cpe_id: str
    heard: float
    online: bool
    policy: str
    watching: bool
    stopped: int
    version: str
    runtime: str
    state: dict[str, Any]

    def is_stale(self, now: float) -> bool:
        """Whether it says online, but was silent for too long."""
        return self.online and now - self.heard > STALE_SECONDS


def _document(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _router(row: Row) -> Router:
    return Router(
        cpe_id=row["cpe_id"],
        heard=float(row["received"]),
        online=bool(row["online"]),
        policy=row["policy"] or "",
        watching=bool(row["watching"]),
        stopped=int(row["stopped"] or 0),
        version=row["version"] or "",
        runtime=row["runtime"] or "",
        state=_document(row["document"]),
    )


def find(connection: Connection, cpe_id: str) -> Router | None:
    """One router; None when it never sent anything."""
    row = connection.execute("SELECT * FROM states WHERE cpe_id = ?", (cpe_id,)).fetchone()
    if row:
        return _router(row)
    event = connection.execute("SELECT max(received) AS heard FROM events WHERE cpe_id = ?", (cpe_id,)).fetchone()
    if event["heard"] is None:
        return None
    return Router(cpe_id, float(event["heard"]), False, "", False, 0, "", "", {})


def listed(connection: Connection, part: str, start: int) -> list[Router]:
    """Routers whose name has `part`: those with stopped devices first, then by name."""
    rows = connection.execute(
        "SELECT * FROM states WHERE instr(cpe_id, ?) ORDER BY coalesce(stopped, 0) DESC, cpe_id LIMIT ? OFFSET ?",
        (part, PAGE + 1, start),
    )
    return [_router(row) for row in rows]


def online(connection: Connection, cpe_ids: set[str]) -> dict[str, bool]:
    """Of these routers, which are connected."""
    marks = ", ".join("?" * len(cpe_ids))
    rows = connection.execute(f"SELECT cpe_id, online FROM states WHERE cpe_id IN ({marks})", tuple(cpe_ids))
    return {row["cpe_id"]: bool(row["online"]) for row in rows}


class Counts(NamedTuple):
    """The overview's numbers."""

    known: int
    online: int
    blind: int
    stopped: int
    affected: int


def counts(connection: Connection) -> Counts:
    """Of all routers; those that are offline stop their devices still, as far as we know."""
    row = connection.execute(
        "SELECT count(*) AS known, total(online) AS online, total(online AND NOT coalesce(watching, 0)) AS blind, "
        "total(stopped) AS stopped, total(stopped > 0) AS affected FROM states"
    ).fetchone()
    return Counts(*(int(value) for value in row))


def wanted(connection: Connection, cpe_id: str) -> tuple[Row, dict[str, Any]] | None:
    """The policy that the ISP set last, and its document ({}: as configured)."""
    row = connection.execute("SELECT * FROM policies WHERE cpe_id = ?", (cpe_id,)).fetchone()
    return (row, _document(row["document"] or "{}")) if row else None
