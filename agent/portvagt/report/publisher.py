"""Keeps a link to the broker, with pauses between attempts, and sends the outbox through it."""

import os

from portvagt import log, runtime
from portvagt.report import backoff, refusals
from portvagt.report.link import INFLIGHT_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.loop import Loop
    from portvagt.report.link import Endpoint, Link, LinkClass
    from portvagt.report.outbox import Outbox

CLOCK_S = 10  # between looks at a clock that is not set
STABLE_S = 60  # a connection that stood so long was no failure: the pauses begin anew
FAREWELL_S = 1.0


def chance() -> float:
    """A random number from 0 to 1 that no other router of the fleet has: not from a seed."""
    return int.from_bytes(os.urandom(4), "big") / 0xFFFFFFFF


class Publisher:
    """`topic_of(id)`: where a message of the outbox goes; `on_online()`: a connection stands.

    `on_delivered(id)`: the broker has confirmed a message.
    `down_topic`: the filter of what the ISP sends to this router; `on_message(topic, payload)`: as link.LinkUser.
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
        down_topic: str = "",
        on_message: "Callable[[str, bytes | None], None] | None" = None,
    ) -> None:
        self.online = False
        self._loop = loop
        self._endpoint = endpoint
        self._link_class = link_class
        self._link: "Link | None" = None
        self._outbox = outbox
        self._topic_of = topic_of
        self._on_online = on_online
        self._on_delivered = on_delivered
        self._down_topic = down_topic
        self._on_message = on_message
        self._sent: "dict[int, str]" = {}  # number of the publication: id of the event
        self._pause_s = backoff.FIRST_S
        self._connected_at = 0.0
        self._farewell: "int | None" = None  # number of the last state, until the broker has it
        self._problem = ""
        self._deaf = False  # the broker does not let us hear the ISP

    def connect(self) -> None:
        """Connect, and stay connected."""
        if runtime.wall_clock() is None:  # no certificate can be checked
            self._say("this router's clock is not set; reporting waits for NTP")
            self._loop.after(CLOCK_S, self.connect)
            return
        self._link = self._link_class(self._loop, self._endpoint, self)
        self._link.connect()

    def publish_state(self, payload: bytes) -> None:
        """Publish the retained state; nothing happens while there is no connection."""
        if self.online and self._link is not None:
            self._link.publish(self._endpoint.will_topic, payload, True)

    def pump(self) -> None:
        """Send what waits in the outbox, as far as the limit of unconfirmed events allows."""
        under_way = set(self._sent.values())
        for identity in self._outbox.waiting():
            if not self.online or self._link is None or len(self._sent) >= INFLIGHT_MAX:
                return
            if identity not in under_way:
                number = self._link.publish(self._topic_of(identity), self._outbox.text(identity), False)
                if number is not None:
                    self._sent[number] = identity

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
        log.info("connected to the ISP", "{}:{}".format(self._endpoint.broker, self._endpoint.port))
        if self._down_topic and self._link is not None:
            self._link.subscribe(self._down_topic)
        self._on_online()
        self.pump()

    def on_published(self, number: int) -> None:
        """As link.LinkUser."""
        if number == self._farewell:
            self._farewell = None
        identity = self._sent.pop(number, None)
        if identity is not None:
            self._outbox.done(identity)
            self._on_delivered(identity)
            self.pump()

    def on_message(self, topic: str, payload: "bytes | None") -> None:
        """As link.LinkUser."""
        if self._on_message is not None:
            self._on_message(topic, payload)

    def on_subscribed(self, granted: bool) -> None:
        """As link.LinkUser."""
        if not granted and not self._deaf:
            log.error("the broker refuses that we hear the ISP", refusals.NOT_HEARD.format(topic=self._down_topic))
        self._deaf = not granted

    def on_lost(self, reason: str) -> None:
        """As link.LinkUser."""
        self._say(reason)
        if self.online and runtime.monotonic() - self._connected_at >= STABLE_S:
            self._pause_s = backoff.FIRST_S
        self.online = False
        self._link = None
        self._farewell = None
        self._sent = {}
        self._pause_s = backoff.next_pause(self._pause_s, chance())
        self._loop.after(self._pause_s, self.connect)

    def _say(self, problem: str) -> None:
        """Once, not at each attempt."""
        if problem != self._problem:
            log.error("no connection to the ISP", problem)
            self._problem = problem
