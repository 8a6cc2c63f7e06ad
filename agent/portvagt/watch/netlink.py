"""Netlink framing: messages and attributes, in and out. Bytes only, no socket.

Layouts: include/uapi/linux/netlink.h (nlmsghdr, nlattr, NLMSG_ALIGN), netlink(7).
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Buffer = bytes | bytearray | memoryview

HEADER = 16  # sizeof(struct nlmsghdr)
ATTRIBUTE_HEADER = 4  # sizeof(struct nlattr)
TYPE_MASK = 0x3FFF  # NLA_TYPE_MASK: without NLA_F_NESTED and NLA_F_NET_BYTEORDER
NESTED = 0x8000

NLMSG_ERROR = 2
NLMSG_DONE = 3

REQUEST = 0x01  # NLM_F_*
ACK = 0x04
DUMP = 0x300
EXCL = 0x200
CREATE = 0x400


class Malformed(ValueError):
    """Bytes that are no netlink message."""


def messages(buffer: "Buffer", size: int) -> "Iterator[tuple[int, int, int, int]]":
    """(type, flags, start of payload, end) for each message in the first `size` bytes. Raises Malformed."""
    position = 0
    while position + HEADER <= size:
        length, kind, flags = struct.unpack_from("IHH", buffer, position)
        if length < HEADER or position + length > size:
            raise Malformed("message of {} bytes at {} in {}".format(length, position, size))
        yield kind, flags, position + HEADER, position + length
        position += (length + 3) & ~3


def attributes(buffer: "Buffer", start: int, end: int) -> "Iterator[tuple[int, int, int]]":
    """(type, start, end) of the value of each attribute between `start` and `end`. Raises Malformed."""
    while start + ATTRIBUTE_HEADER <= end:
        length, kind = struct.unpack_from("HH", buffer, start)
        if length < ATTRIBUTE_HEADER or start + length > end:
            raise Malformed("attribute of {} bytes at {} before {}".format(length, start, end))
        yield kind & TYPE_MASK, start + ATTRIBUTE_HEADER, start + length
        start += (length + 3) & ~3


def message(kind: int, flags: int, sequence: int, payload: bytes) -> bytes:
    """One message with its header and padding."""
    length = HEADER + len(payload)
    return struct.pack("IHHII", length, kind, flags, sequence, 0) + payload + b"\0" * (-length & 3)


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute with its padding."""
    length = ATTRIBUTE_HEADER + len(value)
    return struct.pack("HH", length, kind) + value + b"\0" * (-length & 3)


def nested(kind: int, *inner: bytes) -> bytes:
    """An attribute made of attributes."""
    return attribute(kind | NESTED, b"".join(inner))


def error_code(buffer: "Buffer", start: int, end: int) -> int:
    """The errno of an NLMSG_ERROR payload, positive; 0 is an acknowledgement. Raises Malformed."""
    if end - start < 4:
        raise Malformed("error message of {} bytes".format(end - start))
    return -int(struct.unpack_from("i", buffer, start)[0])
