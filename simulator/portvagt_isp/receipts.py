"""What the collector tells routers that wait for receipts: which of their messages are on its disk.

In the store or in quarantine: what breaks the contract is kept too, and a router could only send it again.
"""

import json
from collections.abc import Iterable, Iterator

from portvagt_isp.intake import Arrival

SCHEMA = 1
IDS_MAX = 50  # in one receipt
ID_LENGTH_MAX = 64
LEAVES = ("event", "ack")


def of(arrivals: Iterable[Arrival]) -> Iterator[tuple[str, bytes]]:
    """(topic, payload) of each receipt for a batch."""
    by_router: dict[str, list[str]] = {}
    for arrival in arrivals:
        levels = arrival.topic.split("/")
        identity = _identity(arrival.payload) if levels[3:] in ([*("up", leaf)] for leaf in LEAVES) else None
        if identity is not None:
            by_router.setdefault(levels[2], []).append(identity)
    for router, ids in by_router.items():
        for start in range(0, len(ids), IDS_MAX):
            payload = json.dumps({"schema": SCHEMA, "ids": ids[start : start + IDS_MAX]})
            yield f"v1/cpe/{router}/down/receipt", payload.encode()


def _identity(payload: bytes) -> str | None:
    try:
        document = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    identity = document.get("id") if isinstance(document, dict) else None
    return identity if isinstance(identity, str) and 0 < len(identity) <= ID_LENGTH_MAX else None
