"""Orders on their way: into the store, from where the collector sends them, and the routers' answers."""

import re
import sqlite3
import time
from typing import Any

from portvagt_isp import orders, store
from portvagt_isp.errors import IspError

POLL_S = 0.1
ROUTER = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)


def router_name(name: str) -> str:
    """The name, if it may be a router's. Raises IspError."""
    if not ROUTER.fullmatch(name):
        raise IspError(f"{name!r} is no cpe_id; portvagt-isp show routers lists those that are known")
    return name


def command(
    connection: sqlite3.Connection, identity: str, router: str, by: str, name: str, fields: dict[str, Any]
) -> None:
    """Have a command sent; `fields` are its own. Raises IspError when the contract refuses it."""
    now = time.time()
    expires = now + orders.EXPIRES_S
    document = orders.command(identity, name, expires, fields)
    row = (identity, router, now, by, expires, name, document)
    connection.execute("INSERT INTO commands VALUES (?, ?, ?, ?, ?, ?, ?, NULL)", row)


def answer(connection: sqlite3.Connection, identity: str, router: str, end: float) -> sqlite3.Row | None:
    """A router's acknowledgement, a row of `acks`; None when there is none at `end`, monotonic s."""
    while True:
        row: sqlite3.Row | None = connection.execute(
            "SELECT * FROM acks WHERE command = ? AND cpe_id = ? ORDER BY received", (identity, router)
        ).fetchone()
        if row or time.monotonic() >= end:
            return row
        time.sleep(POLL_S)


def whereabouts(connection: sqlite3.Connection, identity: str, router: str) -> str:
    """Where a command, or the router's policy, is that nobody has answered."""
    found = connection.execute("SELECT sent FROM commands WHERE id = ?", (identity,)).fetchone()
    found = found or connection.execute("SELECT sent FROM policies WHERE cpe_id = ?", (router,)).fetchone()
    if found["sent"] == store.NEVER:
        return "was not sent: portvagt-isp show quarantine says why"
    if found["sent"] is not None:
        return f"sent at {orders.rfc3339(found['sent'])}, no answer yet"
    state = connection.execute("SELECT online FROM states WHERE cpe_id = ?", (router,)).fetchone()
    if state and not state["online"]:
        return "waits until the router is online"
    return "not sent yet: does the collector run, and is the router's name right?"
