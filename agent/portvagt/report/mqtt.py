"""One MQTT 3.1.1 connection as a client, without a socket and a clock: bytes in, bytes and events out. Pure.

Section numbers are those of the OASIS standard of 29 October 2014.
"""

from portvagt.report import mqtt_packets as packets
from portvagt.report.mqtt_packets import Connack, Malformed, Message, Pingresp, Puback, Suback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_NOTHING = memoryview(b"")
ID_MAX = 65535  # packet identifiers are 1 to this (2.3.1)
UNSENT_MAX = 128 * 1024  # bytes that wait for the socket

NEW, WAITING, ACCEPTED, OVER = "new", "waiting", "accepted", "over"

# what the broker may send in which state: CONNACK first and once (3.2)
EXPECTED = {
    NEW: (),
    WAITING: (Connack,),
    ACCEPTED: (Puback, Suback, Pingresp, Message),
    OVER: (),
}


class Full(Exception):
    """More would be unsent or unconfirmed than we keep: the broker does not do its part."""


class Client:
    """`unconfirmed_max`: publications and subscriptions at the same time; `now`: seconds of any steady clock."""

    def __init__(self, keepalive_s: int, unconfirmed_max: int) -> None:
        self.state = NEW
        self._keepalive_s = keepalive_s
        self._unconfirmed_max = unconfirmed_max
        self._reader = packets.Reader()
        self._unconfirmed: "set[int]" = set()
        self._last_id = 0
        self._unsent: "list[memoryview]" = []  # packets; of the first one what is left
        self._unsent_bytes = 0
        self._sent_at = 0.0
        self._received_at = 0.0
        self._pinged_at: "float | None" = None

    # what we do

    def connect(self, client_id: str, will_topic: str, will: bytes) -> None:
        """Ask to be accepted. Raises ValueError: a text that MQTT can't carry."""
        self._put(packets.connect(client_id, self._keepalive_s, will_topic, will))
        self.state = WAITING

    def publish(self, topic: str, payload: bytes, retain: bool) -> int:
        """Publish with QoS 1; the packet identifier that a Puback will have. Raises Full, ValueError."""
        number = self._free_id()
        self._put(packets.publish(topic, payload, retain, number))
        self._unconfirmed.add(number)
        return number

    def subscribe(self, filters: "Sequence[str]") -> int:
        """Subscribe to them with QoS 1; the packet identifier that a Suback will have. Raises Full, ValueError."""
        number = self._free_id()
        self._put(packets.subscribe(filters, number))
        self._unconfirmed.add(number)
        return number

    def disconnect(self) -> None:
        """Say good-bye: the broker forgets our will (3.14.4)."""
        self._put(packets.disconnect())
        self.state = OVER

    # bytes out

    def to_send(self) -> memoryview:
        """Bytes for the socket, of one packet, the same again until sent() was called; empty when there are none."""
        return self._unsent[0] if self._unsent else _NOTHING

    def sent(self, count: int, now: float) -> None:
        """The socket took so many bytes of to_send()."""
        self._unsent_bytes -= count
        self._sent_at = now
        rest = self._unsent[0][count:]
        if len(rest):
            self._unsent[0] = rest
        else:
            self._unsent.pop(0)

    # bytes in

    @property
    def wanted(self) -> int:
        """How many bytes to read at most, so that an error of the socket can't hide a packet."""
        return self._reader.wanted

    def feed(self, data: "bytes | memoryview", now: float) -> "list[Any]":
        """Events: Connack, Puback, Suback, Message. Raises Malformed; then drop the connection."""
        self._received_at = now
        events = []
        for event in self._reader.feed(data):
            self._take(event)
            if not isinstance(event, Pingresp):
                events.append(event)
        return events

    def tick(self, now: float) -> float:
        """Keep the connection alive; seconds until this is due again, 0 when the broker does not answer (3.1.2.10).

        After a message of ours that nothing answered it is asked too: TCP alone would take many minutes.
        """
        if self._pinged_at is not None:
            return max(0.0, self._pinged_at + self._keepalive_s / 2 - now)
        left_s = min(self._sent_at, self._received_at) + self._keepalive_s * 3 / 4 - now
        if left_s > 0:
            return left_s
        self._put(packets.pingreq())
        self._pinged_at = now
        return self._keepalive_s / 2

    def _take(self, event: "Any") -> None:
        if not isinstance(event, EXPECTED[self.state]):
            raise Malformed("{} is not expected now".format(type(event).__name__))
        if isinstance(event, Connack):
            self.state = OVER if event.code else ACCEPTED
        elif isinstance(event, Pingresp):
            self._pinged_at = None
        elif isinstance(event, Message):
            if event.packet_id is not None:
                self._put(packets.puback(event.packet_id))
        else:
            self._unconfirmed.discard(event.packet_id)

    def _free_id(self) -> int:
        """An identifier that no packet under way has (2.3.1)."""
        if len(self._unconfirmed) >= self._unconfirmed_max:
            raise Full("{} packets are not confirmed".format(len(self._unconfirmed)))
        self._last_id = self._last_id % ID_MAX + 1
        while self._last_id in self._unconfirmed:
            self._last_id = self._last_id % ID_MAX + 1
        return self._last_id

    def _put(self, packet: bytes) -> None:
        if self._unsent_bytes + len(packet) > UNSENT_MAX:
            raise Full("{} bytes are not sent".format(self._unsent_bytes))
        self._unsent.append(memoryview(packet))
        self._unsent_bytes += len(packet)
