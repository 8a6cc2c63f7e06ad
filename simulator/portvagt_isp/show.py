"""`portvagt-isp show WHAT`: what is in the store, as columns."""

import argparse
import sqlite3

from portvagt_isp.orders import rfc3339

# what: (what --help says, query; its time columns are named *_at)
VIEWS = {
    "routers": (
        "each router and its last state",
        """SELECT cpe_id AS router, iif(online, 'online', 'offline') AS link, policy, watching, stopped, version,
        runtime, received AS told_at FROM states ORDER BY cpe_id""",
    ),
    "cases": (
        "each device's case and the last that is known of it",
        """SELECT cpe_id AS router, device, incident, action, stops, connections, networks, ports,
        max(received) AS last_at FROM events GROUP BY cpe_id, incident ORDER BY last_at DESC""",
    ),
    "commands": (
        "what was ordered, and the answer",
        """SELECT c.cpe_id AS router, c.id, c.command, c.created_by AS by, c.created AS created_at,
        CASE WHEN c.sent IS NULL THEN 'waits' WHEN c.sent = 0 THEN 'not sent' ELSE 'sent' END AS sending,
        a.result, a.reason, min(a.received) AS answered_at
        FROM commands c LEFT JOIN acks a ON a.command = c.id AND a.cpe_id = c.cpe_id
        GROUP BY c.id ORDER BY c.created DESC""",
    ),
    "quarantine": (
        "messages that were refused, and why",
        """SELECT number, received AS received_at, topic, reason, length(payload) AS bytes
        FROM quarantine ORDER BY number DESC""",
    ),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--last", type=int, default=50, metavar="N", help="lines (50)")
    parser.add_argument("what", choices=VIEWS, help="; ".join(f"{name}: {text}" for name, (text, _) in VIEWS.items()))


def run(args: argparse.Namespace, connection: sqlite3.Connection) -> int:
    """Print the view."""
    cursor = connection.execute(f"{VIEWS[args.what][1]} LIMIT ?", (args.last,))
    names = [column[0] for column in cursor.description]
    lines = [names, *([_cell(name, row[name]) for name in names] for row in cursor)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
    return 0


def _cell(name: str, value: object) -> str:
    if value is None:
        return "-"
    text = rfc3339(value) if name.endswith("_at") and isinstance(value, float) else str(value)
    return "".join(c if c.isprintable() else "?" for c in text)  # a refused message may move the cursor
