"""Commands and policies: the only rows that the desk writes to the store, and what became of them."""

import datetime
import json
import re
import time
import uuid
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_isp import store
from portvagt_isp.desk.reading import Connection, Row

HOUR_S = 3600.0
EXPIRES_S = 24 * HOUR_S  # how long the collector waits for a router that is away; the contract allows 7 days
DAY_S = 86400
LONGEST_EXEMPTION_DAYS = 366
ID = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """For one command; a form carries it, so that pressing twice sends once."""
    return uuid.uuid4().hex


def id_for(form_id: str, cpe_id: str) -> str:
    """Of one of several routers that a form is for: pressing twice gives the same. Raises ValueError."""
    return uuid.uuid5(uuid.UUID(form_id), cpe_id).hex


def utc(unix_s: float) -> str:
    """RFC 3339, in whole seconds, as the contract wants it."""
    return datetime.datetime.fromtimestamp(int(unix_s), datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def command(path: Path, command_id: str, cpe_id: str, by: str, name: str, fields: dict[str, Any]) -> bool:
    """Hand a command to the collector. False when this id was handed over before."""
    now = time.time()
    expires = float(int(now + EXPIRES_S))
    document = {"schema": 1, "id": command_id, "expires": utc(expires), "command": name, **fields}
    row = (command_id, cpe_id, now, by, expires, name, json.dumps(document))
    return _written(
        path,
        "INSERT OR IGNORE INTO commands (id, cpe_id, created, created_by, expires, command, document) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        row,
    )


def policy(path: Path, cpe_id: str, by: str, name: str, relays: list[str]) -> bool:
    """What the ISP wants of a router from now on; nothing at all takes the last policy back."""
    document: dict[str, Any] = {"schema": 1, "id": new_id()}
    if name:
        document["policy"] = name
    if relays:
        document["relay"] = relays
    text = json.dumps(document) if name or relays else ""
    return _written(
        path,
        "INSERT OR REPLACE INTO policies (cpe_id, created, created_by, document) VALUES (?, ?, ?, ?)",
        (cpe_id, time.time(), by, text),
    )


def _written(path: Path, statement: str, values: tuple[Any, ...]) -> bool:
    connection = store.connect(path)
    try:
        return connection.execute(statement, values).rowcount == 1
    finally:
        connection.close()


class Order(NamedTuple):
    """A command and what became of it; `ack` is the first acknowledgement, {} before there is one."""

    row: Row
    document: dict[str, Any]
    ack: dict[str, Any]
    acknowledged: float | None

    @property
    def device(self) -> str:
        """The one device that a trace found; empty for none."""
        return str(self.ack.get("trace", {}).get("device", ""))

    def stage(self, now: float) -> str:
        """One of: done, refused, dropped, expired, sent, waiting."""
        if self.ack:
            return "done" if self.ack.get("result") == "done" else "refused"
        if self.row["sent"] == store.NEVER:
            return "dropped"
        if now > self.row["expires"]:
            return "expired"
        return "waiting" if self.row["sent"] is None else "sent"


_FIRST_ACK = """
    SELECT commands.*, acks.document AS ack, acks.received AS acknowledged FROM commands
    LEFT JOIN acks ON acks.rowid = (SELECT min(rowid) FROM acks WHERE acks.command = commands.id)
"""


def _order(row: Row) -> Order:
    ack = json.loads(row["ack"]) if row["ack"] else {}
    return Order(row, json.loads(row["document"]), ack, row["acknowledged"])


def about_device(connection: Connection, cpe_id: str, device: str) -> list[Order]:
    """Commands about a device, the newest first."""
    rows = connection.execute(
        _FIRST_ACK + "WHERE commands.cpe_id = ? AND json_extract(commands.document, '$.device') = ? "
        "ORDER BY commands.created DESC LIMIT 50",
        (cpe_id, device),
    )
    return [_order(row) for row in rows]


def of_router(connection: Connection, cpe_id: str) -> list[Order]:
    """The last commands for a router, the newest first."""
    rows = connection.execute(
        _FIRST_ACK + "WHERE commands.cpe_id = ? ORDER BY commands.created DESC LIMIT 20", (cpe_id,)
    )
    return [_order(row) for row in rows]


def traces(connection: Connection) -> list[Order]:
    """The last traces of all routers, the newest first."""
    rows = connection.execute(_FIRST_ACK + "WHERE commands.command = 'trace' ORDER BY commands.created DESC LIMIT 100")
    return [_order(row) for row in rows]


def traced(connection: Connection, command_id: str) -> Order | None:
    """A trace whose answer is one device."""
    row = connection.execute(
        _FIRST_ACK + "WHERE commands.id = ? AND commands.command = 'trace'", (command_id,)
    ).fetchone()
    order = _order(row) if row else None
    return order if order and order.device else None


def answer(connection: Connection, command_id: str) -> dict[str, Any]:
    """The first acknowledgement of a command or policy; {} before there is one."""
    row = connection.execute(
        "SELECT document FROM acks WHERE command = ? ORDER BY rowid LIMIT 1", (command_id,)
    ).fetchone()
    return dict(json.loads(row["document"])) if row else {}
