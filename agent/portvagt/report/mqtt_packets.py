"""MQTT 3.1.1's packets as bytes: those that a client sends, made; those that it receives, read. Pure.

Section numbers are those of the OASIS standard of 29 October 2014.
"""

import struct
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

# control packet types (2.2.1)
CONNECT, CONNACK, PUBLISH, PUBACK, SUBSCRIBE, SUBACK, PINGREQ, PINGRESP, DISCONNECT = 1, 2, 3, 4, 8, 9, 12, 13, 14

LENGTH_MAX = 268435455  # of the bytes after the fixed header (2.2.3)
TEXT_MAX = 65535  # bytes of a string (1.5.3)
FILTERS_MAX = 8  # of one SUBSCRIBE
BODY_MAX = 4096  # bytes of a packet that we keep
CHUNK = 512  # bytes that are worth reading at once
_LEVEL = 4  # of the protocol: MQTT 3.1.1 (3.1.2.2)
_CLEAN, _WILL, _WILL_QOS_1, _WILL_RETAIN = 0x02, 0x04, 0x08, 0x20  # connect flags (3.1.2.3)
_RETAIN, _QOS_1, _DUP = 0x01, 0x02, 0x08  # flags of PUBLISH (3.3.1)

Connack = namedtuple("Connack", ("code",))  # 0: accepted (3.2.2.3)
Puback = namedtuple("Puback", ("packet_id",))
Suback = namedtuple("Suback", ("packet_id", "codes"))  # of each filter the granted QoS, or REFUSED (3.9.3)
Pingresp = namedtuple("Pingresp", ())
REFUSED = 0x80  # codes from here on
# packet_id: None with QoS 0; payload: None when it was too long to keep
Message = namedtuple("Message", ("topic", "payload", "packet_id"))


class Malformed(Exception):
    """What came is not what a broker may send to us; the connection is of no more use (4.8)."""


# what a client sends


def connect(client_id: str, keepalive_s: int, will_topic: str, will: bytes) -> bytes:
    """CONNECT with a clean session and a will of QoS 1, retained (3.1). ValueError: a text that can't be sent."""
    flags = _CLEAN | _WILL | _WILL_QOS_1 | _WILL_RETAIN
    header = text("MQTT") + struct.pack(">BBH", _LEVEL, flags, keepalive_s)
    return _packet(CONNECT << 4, header, text(client_id), topic_name(will_topic), _counted(will))


def publish(topic: str, payload: bytes, retain: bool, packet_id: int) -> bytes:
    """PUBLISH with QoS 1 (3.3)."""
    first = PUBLISH << 4 | _QOS_1 | (_RETAIN if retain else 0)
    return _packet(first, topic_name(topic), struct.pack(">H", packet_id), payload)


def puback(packet_id: int) -> bytes:
    """PUBACK (3.4)."""
    return _packet(PUBACK << 4, struct.pack(">H", packet_id))


def subscribe(filters: "Sequence[str]", packet_id: int) -> bytes:
    """SUBSCRIBE to FILTERS_MAX filters at most with QoS 1; its fixed header has a reserved bit set (3.8.1)."""
    return _packet(SUBSCRIBE << 4 | 0x02, struct.pack(">H", packet_id), *[text(each) + b"\x01" for each in filters])


def pingreq() -> bytes:
    """PINGREQ (3.12)."""
    return _packet(PINGREQ << 4)


def disconnect() -> bytes:
    """DISCONNECT (3.14)."""
    return _packet(DISCONNECT << 4)


def text(value: str) -> bytes:
    """A string behind its length (1.5.3). ValueError: it is too long, or has a character that no string may have."""
    if "\0" in value:
        raise ValueError("a text in MQTT has no zero character")
    return _counted(value.encode())


def topic_name(value: str) -> bytes:
    """The name of a topic to publish to (4.7). ValueError: it is empty, or has a wildcard."""
    if not value or "#" in value or "+" in value:
        raise ValueError("a topic's name is not empty and has no wildcard")
    return text(value)


def remaining_length(value: int) -> bytes:
    """7 bits a byte, the lowest first, the eighth says that more come (2.2.3)."""
    if value > LENGTH_MAX:
        raise ValueError("a packet of MQTT has at most {} bytes".format(LENGTH_MAX))
    encoded = bytearray()
    while value > 127:
        encoded.append(value & 127 | 128)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _counted(value: bytes) -> bytes:
    if len(value) > TEXT_MAX:
        raise ValueError("a text in MQTT has at most {} bytes".format(TEXT_MAX))
    return struct.pack(">H", len(value)) + value


def _packet(first: int, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return bytes([first]) + remaining_length(len(body)) + body


# what a client receives


def _connack(flags: int, body: "memoryview", length: int) -> Connack:
    if body[0] > 1:
        raise Malformed("CONNACK: reserved bits are set")
    return Connack(body[1])


def _puback(flags: int, body: "memoryview", length: int) -> Puback:
    return Puback(_identifier(body, 0))


def _suback(flags: int, body: "memoryview", length: int) -> Suback:
    return Suback(_identifier(body, 0), bytes(body[2:]))


def _pingresp(flags: int, body: "memoryview", length: int) -> Pingresp:
    return Pingresp()


def _publish(flags: int, body: "memoryview", length: int) -> Message:
    """`body` has the first bytes of the packet, which may be longer than what we keep."""
    qos = flags >> 1 & 3
    if qos > 1 or (qos == 0 and flags & _DUP):  # we never ask for QoS 2
        raise Malformed("PUBLISH: its flags can't be for us")
    end = 2 + _number(body, 0)
    start = end + 2 * qos
    if start > len(body):
        raise Malformed("PUBLISH: its topic is longer than the packet, or than we keep")
    packet_id = _identifier(body, end) if qos else None
    return Message(_topic(body[2:end]), bytes(body[start:]) if length == len(body) else None, packet_id)


def _topic(encoded: "memoryview") -> str:
    try:
        name = str(encoded, "utf-8")
    except ValueError:
        raise Malformed("PUBLISH: its topic is no UTF-8")
    if not name or "\0" in name or "#" in name or "+" in name:  # 3.3.2.1
        raise Malformed("PUBLISH: its topic is no name")
    return name


def _number(body: "memoryview", offset: int) -> int:
    return int(struct.unpack_from(">H", body, offset)[0])


def _identifier(body: "memoryview", offset: int) -> int:
    number = _number(body, offset)
    if number == 0:  # 2.3.1
        raise Malformed("a packet identifier is zero")
    return number


# type: (flags of the fixed header, None: any; least and most bytes after it; function)
RECEIVED = {
    CONNACK: (0, 2, 2, _connack),
    PUBLISH: (None, 3, LENGTH_MAX, _publish),
    PUBACK: (0, 2, 2, _puback),
    SUBACK: (0, 3, 2 + FILTERS_MAX, _suback),
    PINGRESP: (0, 0, 0, _pingresp),
}


class Reader:
    """Cuts a byte stream into packets; `wanted`: how many bytes are worth reading now, at least 1."""

    def __init__(self) -> None:
        self._kept = memoryview(bytearray(BODY_MAX))
        self._begin()

    def _begin(self) -> None:
        self.wanted = 2  # the shortest packet
        self._first = 0
        self._length = 0
        self._shift = 0
        self._have = 0
        self._step: "Any" = self._take_first

    def feed(self, data: "bytes | memoryview") -> "list[Any]":
        """The packets that `data` ends: Connack, Puback, Suback, Pingresp, Message. Raises Malformed."""
        packets: "list[Any]" = []
        position = 0
        while position < len(data):
            position += self._step(data, position, packets)
        return packets

    def _take_first(self, data: "bytes | memoryview", position: int, packets: "list[Any]") -> int:
        self._first = data[position]
        self._step = self._take_length
        self.wanted = 1
        return 1

    def _take_length(self, data: "bytes | memoryview", position: int, packets: "list[Any]") -> int:
        byte = data[position]
        self._length |= (byte & 127) << self._shift
        self._shift += 7
        if byte & 128 == 0:
            self._check_header()
            self._step = self._take_body
            self._go_on(packets)
        elif self._shift > 21:
            raise Malformed("the length of a packet has more than 4 bytes")
        return 1

    def _check_header(self) -> None:
        flags, least, most, _ = RECEIVED.get(self._first >> 4, (None, 1, 0, None))
        if not least <= self._length <= most or flags not in (None, self._first & 15):
            raise Malformed("no broker sends a packet of type {} like this".format(self._first >> 4))

    def _take_body(self, data: "bytes | memoryview", position: int, packets: "list[Any]") -> int:
        count = min(len(data) - position, self._length - self._have)
        kept = min(count, max(0, BODY_MAX - self._have))
        if kept:
            self._kept[self._have : self._have + kept] = data[position : position + kept]
        self._have += count
        self._go_on(packets)
        return count

    def _go_on(self, packets: "list[Any]") -> None:
        self.wanted = min(self._length - self._have, CHUNK)
        if self._have == self._length:
            decode = RECEIVED[self._first >> 4][3]
            packets.append(decode(self._first & 15, self._kept[: min(self._have, BODY_MAX)], self._length))
            self._begin()
