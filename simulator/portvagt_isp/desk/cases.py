"""Cases: what the events of an incident add up to."""

import json
from collections.abc import Iterable
from typing import Any, NamedTuple

from portvagt_isp.desk.reading import Connection, Row, told_number

# the state of the device after an event; other actions leave it as it was
STATE_AFTER = {
    "stopped": "stopped",
    "observed": "observed",
    "confined": "garden",
    "let_out": "stopped",
    "released": "released",
    "forgotten": "forgotten",
    "exempted": "exempt",
    "exemption_ended": "ended",
}
OPEN = ("stopped", "garden", "observed")
SUBSCRIBERS_WORDS = ("requested", "mail_server_claimed", "disowned")
PAGE = 50

_LIST = ", ".join(f"'{action}'" for action in STATE_AFTER)
_OPENING = ", ".join(f"'{action}'" for action, state in STATE_AFTER.items() if state in OPEN)
# Bare columns beside max() are those of its row (SQLite); rows are numbered as they arrived. The + keeps SQLite to the
# index that has both columns and is in the order of the incidents: 0.05 s instead of 0.2 s with 100,000 events.
_OPEN_INCIDENTS = f"""
    SELECT incident, last FROM (
        SELECT incident, action, max(rowid) AS last FROM events WHERE +action IN ({_LIST}) GROUP BY incident
    ) WHERE action IN ({_OPENING}) ORDER BY last DESC
"""


class Case(NamedTuple):
    """One incident. Times in seconds of the epoch; `evidence` None where a device was stopped by order."""

    incident: str
    cpe_id: str
    device: str
    is_router: bool
    since: float
    until: float
    state: str
    stops: int
    said: str
    said_at: float | None
    evidence: dict[str, Any] | None
    events: list[Row]

    @property
    def is_open(self) -> bool:
        """Whether somebody may have to do something."""
        return self.state in OPEN

    @property
    def number(self) -> str:
        """What the subscriber tells on the telephone."""
        return told_number(self.incident)


def happened(event: Row) -> float:
    """When, by the router's clock, or by ours where that was not set."""
    return float(event["received"] if event["time"] is None else event["time"])


def evidence_of(event: Row) -> dict[str, Any] | None:
    """The evidence in an event's document; None where there is none."""
    try:
        found = json.loads(event["document"])["data"]["evidence"]
    except (ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def told(events: Iterable[Row]) -> Case:
    """The case that at least one event, in the order of arrival, makes."""
    rows = list(events)
    first = rows[0]
    state, said, said_at, evidence = "", "", None, None
    for event in rows:
        state = STATE_AFTER.get(event["action"], state)
        evidence = evidence_of(event) or evidence
        if event["action"] in SUBSCRIBERS_WORDS:
            said, said_at = event["action"], happened(event)
    return Case(
        incident=first["incident"],
        cpe_id=first["cpe_id"],
        device=first["device"],
        is_router=str(first["type"]).startswith("portvagt.router."),
        since=happened(first),
        until=happened(rows[-1]),
        state=state or "observed",
        stops=max(int(event["stops"]) for event in rows),
        said=said,
        said_at=said_at,
        evidence=evidence,
        events=rows,
    )


def find(connection: Connection, incident: str) -> Case | None:
    """One case."""
    rows = connection.execute("SELECT * FROM events WHERE incident = ? ORDER BY rowid", (incident,)).fetchall()
    return told(rows) if rows else None


def several(connection: Connection, incidents: list[str]) -> list[Case]:
    """Cases in the order of `incidents`."""
    found = (find(connection, incident) for incident in incidents)
    return [case for case in found if case]


def open_incidents(connection: Connection) -> list[str]:
    """Of all cases that are open, the one that changed last first."""
    return [row["incident"] for row in connection.execute(_OPEN_INCIDENTS)]


def of_router(connection: Connection, cpe_id: str, since: float) -> list[Case]:
    """Cases of a router with an event since then, the newest first."""
    rows = connection.execute(
        "SELECT incident, max(rowid) AS last FROM events WHERE cpe_id = ? AND received >= ? "
        "GROUP BY incident ORDER BY last DESC LIMIT 200",
        (cpe_id, since),
    )
    return several(connection, [row["incident"] for row in rows])


def last_of(connection: Connection, cpe_id: str, device: str) -> str:
    """The newest incident of a device; empty where it has had none."""
    row = connection.execute(
        "SELECT incident FROM events WHERE cpe_id = ? AND device = ? ORDER BY rowid DESC LIMIT 1", (cpe_id, device)
    ).fetchone()
    return str(row["incident"]) if row else ""


def by_number(connection: Connection, number: str) -> list[Case]:
    """Cases that a subscriber could mean: by the 8 digits that they tell."""
    digits = "".join(number.split())
    rows = connection.execute(
        "SELECT incident FROM (SELECT DISTINCT incident FROM events) WHERE told_number(incident) = ? LIMIT 20",
        (digits,),
    )
    return several(connection, [row["incident"] for row in rows])
