"""What the reporter is told and may ask: events, the router's state, the ISP's orders."""

import json

from portvagt import rpc, runtime
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.guard import Guard
    from portvagt.rpc import Methods, Peer

EVENTS_SHOWN = 16
_AGE_MAX_S = 2**31
_STATUS_MAX = 400  # as report.guard_socket, of which the guard loads nothing


class ReporterDoor:
    """`methods`: by their names; `peers`: reporters that are connected; `events`: the last ones, oldest first."""

    def __init__(self, guard: "Guard") -> None:
        self._guard = guard
        self.peers: "list[Peer]" = []
        self.events: "list[dict[str, Any]]" = []
        self._damaged_files = 0
        self._status = ("", 0.0)  # the reporter's words, and since when
        self.methods: "Methods" = {
            "stored": self._stored,
            "damaged": self._damaged,
            "reporting": self._told_of_reporting,
            "state": lambda _, __: self.state(),
            "order": self._order,
        }

    def push(self, event: "dict[str, Any]") -> None:
        """Give an event to the reporter, if one is there."""
        self.events = (self.events + [event])[-EVENTS_SHOWN:]
        for peer in self.peers:
            peer.notify("event", event)

    def on_connect(self, peer: "Peer") -> None:
        """A reporter has come, who may have missed something."""
        for text in list(self._guard.unstored.values()):
            peer.notify("event", json.loads(text))

    def _stored(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        if self._guard.unstored.pop(rpc.text(params, "id"), None) is not None:
            self._guard.save()
        return {}

    def _damaged(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        self._damaged_files = rpc.number(params, "files", 0, 9)
        return {}

    def _order(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any] | None":
        """What the ISP wants; `of`: cmd or policy, the topic's last level."""
        orders = self._guard.orders
        if rpc.text(params, "of") == "policy":
            return orders.policy(params.get("document"))
        return orders.command(params.get("document"))

    def _told_of_reporting(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        status = rpc.text(params, "status", _STATUS_MAX)
        self._status = status, runtime.monotonic() - rpc.number(params, "seconds", 0, _AGE_MAX_S)
        return {}

    def reporting(self) -> "dict[str, Any] | None":
        """How reporting is (`status`) and for how many `seconds`; None when it is switched off."""
        if not self._guard.config.report.enabled:
            return None
        if not self.peers:
            return {"status": "the reporter does not run", "seconds": None}
        status, since = self._status
        return {"status": status or "not connected yet", "seconds": int(runtime.monotonic() - since)}

    def state(self) -> "dict[str, Any]":
        """How the router and the guard are."""
        guard = self._guard
        blind = guard.blind()
        return {
            "policy": guard.config.main.policy,
            "watching": blind is None,
            "blind": blind,
            "addresses": [address.ip_text(each) for each in guard.neighbours.own_global_addresses()],
            "devices": len(guard.home.devices),
            "stopped": len(guard.home.refused()),
            "events_lost": guard.conntrack_events.source.losses,
            "damaged_files": guard.damaged_files() + self._damaged_files,
            "uptime_s": int(guard.uptime()),
            "runtime": runtime.NAME,
            "tampered": guard.enforcement.upkeep.repairs.fight(runtime.monotonic()) is not None,
            "pids": {"guard": runtime.getpid()},
        }
