"""What a device did since its score left zero: the facts that a verdict is explained with."""

from portvagt.judge.detector import USUAL_INTERVAL_S
from portvagt.judge.recent import Recent, fingerprint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Flow = tuple[bytes, int, int]  # destination address, destination port, source port

UNANSWERED_MAX = 32
USUAL_PER_DAY = 86400 // USUAL_INTERVAL_S


class Episode:
    """Counts of one run of mail connections, from `started` (s, monotonic)."""

    __slots__ = ("started", "last", "connections", "networks", "ports", "_waiting", "_unanswered_more")

    def __init__(self, started: float) -> None:
        self.started = started
        self.last = started
        self.connections = 0
        self.networks = 0
        self.ports: "set[int]" = set()
        self._waiting = Recent(UNANSWERED_MAX)
        self._unanswered_more = 0

    def add(self, now: float, flow: "Flow", first_contact: bool) -> None:
        """Count a new connection."""
        self.last = now
        self.connections += 1
        self.networks += first_contact
        self.ports.add(flow[1])
        if len(self._waiting) < UNANSWERED_MAX:
            self._waiting.add(_print(flow))
        else:
            self._unanswered_more += 1

    def answered(self, flow: "Flow") -> None:
        """The other end of a connection has replied (told once or more)."""
        self._waiting.remove(_print(flow))

    def evidence(self) -> "dict[str, Any]":
        """Facts for a person to check.

        connections, networks: counts; seconds: float; unanswered: count so far; ports; usual_per_day: new networks
        that a person's device meets in a day, at most.
        """
        return {
            "connections": self.connections,
            "networks": self.networks,
            "seconds": round(self.last - self.started, 2),
            "unanswered": len(self._waiting) + self._unanswered_more,
            "ports": sorted(self.ports),
            "usual_per_day": USUAL_PER_DAY,
        }


def _print(flow: "Flow") -> bytes:
    destination, port, source_port = flow
    return fingerprint(destination + bytes((port >> 8, port & 255, source_port >> 8, source_port & 255)))
