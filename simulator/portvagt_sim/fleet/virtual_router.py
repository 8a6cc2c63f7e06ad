"""One router of a fleet, as far as the ISP can see it: the agent's own reporter code, without a guard and a home."""

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from portvagt import runtime
from portvagt.judge.case import STOPPED, Case
from portvagt.loop import Loop
from portvagt.report import health, state
from portvagt.report.events import EventSource
from portvagt.report.link import Endpoint
from portvagt.report.mqtt_link import MqttLink
from portvagt.report.outbox import Outbox
from portvagt.report.publisher import Publisher

HEARTBEAT_S = 900
EVIDENCE = {"connections": 6, "networks": 5, "seconds": 12.5, "unanswered": 3, "ports": [25], "usual_per_day": 4}
GUARD = {
    "watching": True,
    "blind": None,
    "policy": "stop",
    "devices": 4,
    "stopped": 0,
    "events_lost": 0,
    "damaged_files": 0,
    "runtime": "cpython",
    "tampered": False,
    "addresses": ["192.0.2.1", "2001:db8::1"],
}


class Place(NamedTuple):
    """Where a router finds its broker, its certificate and its flash; `certificates` has NAME.crt, NAME.key."""

    broker: str
    port: int
    ca: str
    certificates: Path
    flash: Path


def endpoint(place: Place, name: str) -> Endpoint:
    """As the reporter makes it of its configuration."""
    return Endpoint(
        broker=place.broker,
        port=place.port,
        ca=place.ca,
        certificate=str(place.certificates / f"{name}.crt"),
        key=str(place.certificates / f"{name}.key"),
        client_id=name,
        will_topic=f"v1/cpe/{name}/up/state",
        will=json.dumps(state.offline(state.LOST)).encode(),
        expiry_s=3 * HEARTBEAT_S,
    )


class VirtualRouter:
    """`listens`: subscribes to what the ISP sends; `on_accepted(id)`: an event is in its outbox.

    `outages`: seconds for each time that it was without a broker.
    """

    def __init__(
        self,
        loop: Loop,
        name: str,
        place: Place,
        listens: bool,
        chance: random.Random,
        on_accepted: Callable[[str], None],
    ):
        self.outages: list[float] = []
        self.outbox = Outbox(str(place.flash / name))
        self._name = name
        self._on_accepted = on_accepted
        self._source = EventSource(name, f"{chance.getrandbits(128):032x}", "cpython")
        self._device = f"{chance.getrandbits(128):032x}"
        self._incident = f"{chance.getrandbits(128):032x}"
        self._lost_at: float | None = None
        self._was_online = False
        self._publisher = Publisher(
            loop,
            endpoint(place, name),
            MqttLink,
            self.outbox,
            lambda _: f"v1/cpe/{name}/up/event",
            self._on_online,
            lambda _: None,
            (f"v1/cpe/{name}/down/cmd", f"v1/cpe/{name}/down/policy") if listens else (),
            lambda _topic, _payload: None,
            on_status=self._on_status,
        )

    @property
    def online(self) -> bool:
        """Whether the broker has accepted it."""
        return self._publisher.online

    def connect(self) -> None:
        """Connect, and stay connected."""
        self._publisher.connect()

    def happen(self, action: str) -> None:
        """An event of the judge, as the guard hands it to the reporter."""
        case = Case(STOPPED, self._incident, runtime.monotonic(), EVIDENCE)
        event = self._source.event(
            "device", action, case, self._device, "stop", runtime.monotonic(), runtime.wall_clock()
        )
        self.outbox.add(event)
        self._on_accepted(event["id"])
        self._publisher.pump()

    def _on_online(self) -> None:
        if self._lost_at is not None:
            self.outages.append(round(runtime.monotonic() - self._lost_at, 3))
        self._lost_at, self._was_online = None, True
        outbox = {"waiting": len(self.outbox.waiting()), "dropped": self.outbox.dropped}
        guard = GUARD | {"uptime_s": round(runtime.monotonic())}
        document = state.online(guard, outbox, health.read({}), runtime.wall_clock())
        self._publisher.publish_state(json.dumps(document).encode())

    def _on_status(self) -> None:
        if self._was_online and not self.online:
            self._lost_at, self._was_online = runtime.monotonic(), False
