"""What the agent's own judge makes of each host's recorded connections."""

import ipaddress
from collections.abc import Iterable
from typing import Any

from portvagt.judge import detector
from portvagt.judge.case import Terms
from portvagt.judge.detector import Bank
from portvagt.judge.device import Device
from portvagt.judge.home import Home
from portvagt_sim.replay.flow import Flow

KEY = b"host"
TERMS = Terms(True, 86400.0, 3600.0, 86400.0, None, ())
# Zeek's states in which the other end never took the connection
FAILED = {"S0", "REJ", "UNREACH"}


class Host:
    """One host of a recording. Feed its flows in the order of time; `row()` is the verdict."""

    def __init__(self, origin: str, src: str, bank: Bank) -> None:
        self._identity = {"origin": origin, "src": src}
        self._bank = bank
        self._home = Home(bank, TERMS, lambda: "replay")
        self._seen = Device(0.0, bank)
        self._connections = 0
        self._first_contacts = 0
        self._began = 0.0
        self._last = 0.0
        self._highest = 0.0
        self._stopped: dict[str, Any] | None = None

    def feed(self, flow: Flow) -> None:
        """One connection; what comes after the verdict is not made."""
        if self._stopped is not None:
            return
        if not self._connections:
            self._began = flow.start
        self._last = flow.start
        now = flow.start - self._began + 1
        destination = ipaddress.ip_address(flow.dst).packed
        self._connections += 1
        self._first_contacts += self._seen.know(destination)
        packed = destination, flow.dport, flow.sport
        for decision in self._home.connection(now, KEY, packed):
            self._stopped = decision.case.evidence
        self._highest = max(self._highest, self._home.devices[KEY].score(now, self._bank))
        if flow.state not in FAILED:
            self._home.answered(KEY, packed)

    def row(self) -> dict[str, Any]:
        """origin, src, verdict, connections, first_contacts, seconds, score, threshold, reasons."""
        return {
            **self._identity,
            "verdict": "clear" if self._stopped is None else "zombie",
            "connections": self._connections,
            "first_contacts": self._first_contacts,
            "seconds": round(self._last - self._began, 2),
            "score": round(self._highest, 1),
            "threshold": round(self._bank.threshold, 1),
            "reasons": _reasons(self._stopped),
        }


def _reasons(evidence: dict[str, Any] | None) -> str:
    if evidence is None:
        return "too few first contacts for the time"
    return (
        f"{evidence['connections']} connections to {evidence['networks']} networks never contacted before,"
        f" in {evidence['seconds']} s, {evidence['unanswered']} unanswered; usual are {evidence['usual_per_day']} a day"
    )


def judged(
    flows: Iterable[Flow], ports: frozenset[int], false_alarm_years: int, slowest_minutes: int
) -> list[dict[str, Any]]:
    """A row for each (origin, src) that used one of `ports`. Files need not be in order: connections are sorted."""
    bank = detector.bank(false_alarm_years, slowest_minutes * 60)
    hosts: dict[tuple[str, str], Host] = {}
    for flow in sorted((each for each in flows if each.dport in ports), key=lambda each: each.start):
        identity = flow.origin, flow.src
        if identity not in hosts:
            hosts[identity] = Host(*identity, bank)
        hosts[identity].feed(flow)
    return [host.row() for host in hosts.values()]
