"""Keeps a link to the broker, with pauses between attempts, and sends the outbox through it."""

import os

from portvagt import log, runtime
from portvagt.report import backoff, receipt, refusals, renewal
from portvagt.report.flight import Flight

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop, Timer
    from portvagt.report.link import Endpoint, Link, LinkClass
    from portvagt.report.outbox import Outbox

CLOCK_S = 10  # between looks at a clock that is not set
STABLE_S = 60  # a connection that stood so long was no failure: the pauses begin anew
FAREWELL_S = 1.0
LOOK_S = 30  # between looks at the files of certificates and at receipts
RENEW_S = 60  # all routers of a fleet may get their certificates at the same time
DRAIN_S = 10  # for the broker's answers to what is under way before we connect anew
REFUSED_FIRST_S, REFUSED_LONGEST_S = 60, 3600  # until what the broker refused is tried again

_REFUSED = "the broker refuses our events"
_NO_RECEIPT = "the ISP does not say that it has our events"
_DEAF = "the broker refuses that we hear the ISP"
_UNUSABLE = "the new certificate can't be used, the old connection goes on"


def chance() -> float:
    """A random number from 0 to 1 that no other router of the fleet has: not from a seed."""
    return int.from_bytes(os.urandom(4), "big") / 0xFFFFFFFF


class Publisher:
    """`topic_of(id)`: where a message of the outbox goes; `on_online()`: a connection stands.

    `on_delivered(id)`: the broker has confirmed a message.
    `down_topics`: what the ISP sends to this router; `on_message(topic, payload)`: as link.LinkUser, but
    for receipts; `receipts`: as flight.Flight; `on_status()`: `status` is another sentence, since `status_since`.
    """

    def __init__(
        self,
        loop: "Loop",
        endpoint: "Endpoint",
        link_class: "LinkClass",
        outbox: "Outbox",
        topic_of: "Callable[[str], str]",
        on_online: "Callable[[], None]",
        on_delivered: "Callable[[str], None]",
        down_topics: "tuple[str, ...]" = (),
        on_message: "Callable[[str, bytes | None], None] | None" = None,
        receipts: bool = False,
        on_status: "Callable[[], None] | None" = None,
    ) -> None:
        self.online = False
        self.status = "not connected yet"
        self.status_since = runtime.monotonic()
        self._loop = loop
        self._endpoint = endpoint
        self._link_class = link_class
        self._link: "Link | None" = None
        self._outbox = outbox
        self._topic_of = topic_of
        self._on_online = on_online
        self._on_delivered = on_delivered
        self._down_topics = down_topics
        self._on_message = on_message
        self._on_status = on_status
        self._flight = Flight(receipts)
        self._pause_s = backoff.FIRST_S
        self._connected_at = 0.0
        self._farewell: "int | None" = None  # number of the last state, until the broker has it
        self._problem = ""
        self._doubts: "dict[str, str]" = {}  # what is wrong on a connection that stands
        self._look_timer: "Timer | None" = None
        self._again_timer: "Timer | None" = None  # for what the broker refused
        self._again_s = REFUSED_FIRST_S
        self._renew_timer: "Timer | None" = None
        self._drain_until: "float | None" = None
        self._files: "list[Any]" = []

    def connect(self) -> None:
        """Connect, and stay connected."""
        if runtime.wall_clock() is None:  # no certificate can be checked
            self._say("this router's clock is not set; reporting waits for NTP")
            self._loop.after(CLOCK_S, self.connect)
            return
        self._files = renewal.signature(self._endpoint)
        self._link = self._link_class(self._loop, self._endpoint, self)
        self._link.connect()

    def publish_state(self, payload: bytes) -> None:
        """Publish the retained state; nothing happens while there is no connection."""
        if self.online and self._link is not None:
            self._link.publish(self._endpoint.will_topic, payload, True)

    def pump(self) -> None:
        """Send what waits in the outbox, as far as the limit of unconfirmed events allows."""
        for identity in self._flight.startable(self._outbox.waiting()):
            if not self.online or self._link is None or self._drain_until is not None:
                return
            number = self._link.publish(self._topic_of(identity), self._outbox.text(identity), False)
            if number is not None:
                self._flight.sent(number, identity)

    def stop(self, farewell: bytes) -> None:
        """Publish a last state and disconnect; takes FAREWELL_S at most. Without it the broker publishes our will."""
        if self._link is None or not self.online:
            return
        self._farewell = self._link.publish(self._endpoint.will_topic, farewell, True)
        end = runtime.monotonic() + FAREWELL_S
        while self._farewell is not None and runtime.monotonic() < end:
            self._loop.step(FAREWELL_S / 10)
        if self._farewell is None:
            self._link.close()

    # what the link tells

    def on_connected(self) -> None:
        """As link.LinkUser."""
        self.online = True
        self._problem = ""
        self._connected_at = runtime.monotonic()
        self._look_timer = self._loop.after(LOOK_S, self._look)
        self._doubt(_UNUSABLE, "")
        log.info("connected to the ISP", "{}:{}".format(self._endpoint.broker, self._endpoint.port))
        if self._down_topics and self._link is not None:
            self._link.subscribe(self._down_topics)
        self._on_online()
        self.pump()

    def on_published(self, number: int) -> None:
        """As link.LinkUser."""
        if number == self._farewell:
            self._farewell = None
        identity = self._flight.confirmed(number, runtime.monotonic())
        if identity is not None:
            self._deliver(identity)
        self.pump()

    def on_refused(self, number: int, reason: str) -> None:
        """As link.LinkUser."""
        self._flight.refused(number)
        self._doubt(_REFUSED, reason)
        if self._again_timer is None:
            self._again_timer = self._loop.after(self._again_s, self._try_again)
            self._again_s = min(2 * self._again_s, REFUSED_LONGEST_S)

    def on_message(self, topic: str, payload: "bytes | None") -> None:
        """As link.LinkUser."""
        if topic.endswith("/" + receipt.LEAF):
            self._on_receipt(payload)
        elif self._on_message is not None:
            self._on_message(topic, payload)

    def on_subscribed(self, granted: bool) -> None:
        """As link.LinkUser."""
        self._doubt(_DEAF, "" if granted else refusals.NOT_HEARD.format(topics=", ".join(self._down_topics)))

    def on_lost(self, reason: str) -> None:
        """As link.LinkUser."""
        if self.online and runtime.monotonic() - self._connected_at >= STABLE_S:
            self._pause_s = backoff.FIRST_S
        self._forget_connection()
        self._say(reason)
        self._pause_s = backoff.next_pause(self._pause_s, chance())
        self._loop.after(self._pause_s, self.connect)

    def _forget_connection(self) -> None:
        self.online = False
        self._link = None
        self._farewell = None
        self._drain_until = None
        self._flight.end()
        for timer in (self._look_timer, self._again_timer, self._renew_timer):
            if timer is not None:
                timer.cancel()
        self._look_timer = self._again_timer = self._renew_timer = None

    # what may be wrong while the connection stands

    def _deliver(self, identity: str) -> None:
        self._outbox.done(identity)
        self._on_delivered(identity)
        self._doubt(_NO_RECEIPT, "")
        if not self._flight.has_refused():
            self._doubt(_REFUSED, "")
            self._again_s = REFUSED_FIRST_S

    def _try_again(self) -> None:
        self._again_timer = None
        self._flight.forgive()
        self.pump()

    def _on_receipt(self, payload: "bytes | None") -> None:
        try:
            identities = receipt.ids(payload)
        except ValueError as error:
            log.warning("the ISP sent something that is no receipt", str(error))
            return
        for identity in identities:
            self._flight.received(identity)
            self._deliver(identity)
        self.pump()

    def _look(self) -> None:
        self._look_timer = self._loop.after(LOOK_S, self._look)
        if self._flight.overdue(runtime.monotonic()):
            self._doubt(_NO_RECEIPT, refusals.NO_RECEIPT)
            self.pump()
        if self._renew_timer is None and renewal.signature(self._endpoint) != self._files:
            self._renew_timer = self._loop.after(RENEW_S * chance(), self._renew)

    def _renew(self) -> None:
        """Connect with the new files, when they are whole and the broker has answered to what is under way."""
        self._renew_timer = None
        self._files = renewal.signature(self._endpoint)
        problem = renewal.problem(self._endpoint)
        self._doubt(_UNUSABLE, problem)
        if not problem:
            self._drain_until = runtime.monotonic() + DRAIN_S
            self._drain()

    def _drain(self) -> None:
        if self._link is None or self._drain_until is None:
            return
        if self._flight.is_unanswered() and runtime.monotonic() < self._drain_until:
            self._renew_timer = self._loop.after(DRAIN_S / 10, self._drain)
            return
        log.info("the files of our certificate have changed, connecting anew")
        self._link.close()
        self._forget_connection()
        self.connect()

    # what is said

    def _say(self, problem: str) -> None:
        """Once, not at each attempt."""
        if problem != self._problem:
            log.error("no connection to the ISP", problem)
            self._problem = problem
        self._tell()

    def _doubt(self, kind: str, detail: str) -> None:
        """Something is wrong, or with "" no longer; said once."""
        if detail and self._doubts.get(kind) != detail:
            log.error(kind, detail)
        if detail:
            self._doubts[kind] = detail
        else:
            self._doubts.pop(kind, None)
        self._tell()

    def _tell(self) -> None:
        if self.online:
            parts = ["connected to {}:{}".format(self._endpoint.broker, self._endpoint.port)]
            parts.extend(["{} ({})".format(kind, detail) for kind, detail in self._doubts.items()])
            status = "; ".join(parts)
        else:
            status = "no connection: " + self._problem
        if status != self.status:
            self.status, self.status_since = status, runtime.monotonic()
            if self._on_status is not None:
                self._on_status()
