"""What a link to the ISP's broker is, and which one this router has.

A link is one connection: a lost one is thrown away, the next attempt makes another. So what the broker has not
confirmed is in the outbox and nowhere else, and renewed certificates are used at the next connection.
"""

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Protocol

    from portvagt.loop import Loop

    class LinkUser(Protocol):
        """Who is told what happens on a link."""

        def on_connected(self) -> None:
            """The broker has accepted us: publish() may be used."""

        def on_published(self, number: int) -> None:
            """The broker has confirmed the message to which publish() gave this number."""

        def on_refused(self, number: int, reason: str) -> None:
            """The broker has not taken that message, MQTT 5 only; `reason` says what to do."""

        def on_message(self, topic: str, payload: "bytes | None") -> None:
            """A message to what we subscribe to; None when it is longer than mqtt_packets.BODY_MAX."""

        def on_subscribed(self, granted: bool) -> None:
            """The broker's answer to subscribe(): whether we hear all of that."""

        def on_lost(self, reason: str) -> None:
            """The link never came about, or is over: called once, the last call. `reason` says what to do."""

    class Link(Protocol):
        """One connection of MQTT 5 or 3.1.1 with mutual TLS, driven by our loop.

        Clean session: what we send is kept by our outbox, and no message to us waits at the broker but a retained one.
        """

        def connect(self) -> None:
            """Try, for a bounded time; ends in on_connected or on_lost, even before it returns."""

        def publish(self, topic: str, payload: bytes, retain: bool) -> "int | None":
            """Send with QoS 1; a number for on_published, None when the link is lost."""

        def subscribe(self, filters: "Sequence[str]") -> None:
            """Ask for the messages of topic filters, with QoS 1, in one packet: on_subscribed() tells the answer."""

        def close(self) -> None:
            """Say good-bye, so that the broker does not publish our will; no event comes after it."""

    LinkClass = Callable[[Loop, "Endpoint", LinkUser], Link]

KEEPALIVE_S = 60
HANDSHAKE_S = 10  # for TLS
ACCEPTANCE_S = 20  # from the attempt to the broker's CONNACK
INFLIGHT_MAX = 20  # events that wait for a PUBACK at the same time

# broker: host name or address; ca, certificate, key: paths; will_topic, will: what the broker publishes, retained,
# when we vanish; expiry_s: after so long the broker forgets a retained message, MQTT 5 only
Endpoint = namedtuple(
    "Endpoint", ("broker", "port", "ca", "certificate", "key", "client_id", "will_topic", "will", "expiry_s")
)


def _paho() -> "LinkClass":
    from portvagt.report.paho_link import PahoLink

    return PahoLink


def _own() -> "LinkClass":
    from portvagt.report.mqtt_link import MqttLink

    return MqttLink


# name, what it needs of OpenWrt's packages, how to get it; the first that can be imported is used
LINKS: "tuple[tuple[str, str, Callable[[], LinkClass]], ...]" = (
    ("paho-mqtt", "python3-paho-mqtt", _paho),
    ("our own MQTT client", "python3-openssl or micropython-mbedtls", _own),
)


def choose() -> "tuple[str, LinkClass]":
    """Name and class of this router's link. Raises ImportError that says what to install."""
    for name, _, load in LINKS:
        try:
            return name, load()
        except ImportError:
            pass
    raise ImportError("reporting needs one of: {}".format(", ".join([packages for _, packages, _ in LINKS])))
