"""One ctnetlink event, read in place: nothing is allocated until somebody asks for an address.

The kernel writes CTA_TUPLE_ORIG and CTA_TUPLE_REPLY first, always in the same order (ctnetlink_conntrack_event,
ctnetlink_dump_tuples); the socket's filter (bpf.py) has relied on that before the event gets here. The attributes'
types are looked at again, so that a message of another shape is passed over, not misread.
"""

import sys

from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.watch.netlink import Buffer

# Where the low byte of a 16-bit number lies, and the high one, in the host's order. All places are added up here: in
# MicroPython, a name or a sum more for each event is dear at 20,000 a second.
_LOW, _HIGH = (0, 1) if sys.byteorder == "little" else (1, 0)
_SUBSYSTEM = 4 + _HIGH  # of nlmsghdr.nlmsg_type
_CREATE_FLAG = 6 + _HIGH  # of nlmsghdr.nlmsg_flags
_FAMILY = 16  # nfgenmsg
_ATTRIBUTES = 20
_TUPLE_TYPE = 22 + _LOW  # of nla_type in the header of CTA_TUPLE_ORIG
_ADDRESS_TYPE = 30 + _LOW
_SOURCE = 32
_TYPE_BEFORE = _LOW - 2  # from an attribute's value back to its type
_PORT_TYPE = 14 + _LOW  # from CTA_PROTO_NUM's value to the type of CTA_PROTO_DST_PORT
_REPLY = 44  # from a place in CTA_TUPLE_ORIG to the same in CTA_TUPLE_REPLY, but for the two addresses
_CONNTRACK = 1  # NFNL_SUBSYS_CTNETLINK
_CREATE = netlink.CREATE >> 8
_CTA_STATUS = 3
_IPS_SEEN_REPLY = 2
_V4, _V6 = 2, 10


class Event:
    """The event in `buffer` that read() has taken in. `destination_port`, `source_port`: int; `is_new`: bool."""

    def __init__(self, buffer: "Buffer") -> None:
        self._buffer = buffer
        self._view = memoryview(buffer)
        self._width = 0
        self._end = 0
        self.is_new = False
        self.source_port = 0
        self.destination_port = 0

    def read(self, size: int) -> bool:
        """Whether the first `size` bytes of the buffer are the event of a TCP connection."""
        buffer = self._buffer
        family = buffer[_FAMILY]
        width = 4 if family == _V4 else 16
        number = _SOURCE + 2 * width + 12  # CTA_PROTO_NUM's value, behind five headers and two addresses
        if (
            size < number + 18
            or buffer[_SUBSYSTEM] != _CONNTRACK
            or (family != _V4 and family != _V6)
            or buffer[_TUPLE_TYPE] != 1  # CTA_TUPLE_ORIG
            or buffer[_ADDRESS_TYPE] != (1 if width == 4 else 3)  # CTA_IP_V4_SRC, CTA_IP_V6_SRC
            or buffer[number + _TYPE_BEFORE] != 1  # CTA_PROTO_NUM
            or buffer[number + _PORT_TYPE] != 3  # CTA_PROTO_DST_PORT
            or buffer[number] != 6
        ):
            return False
        self._width = width
        self._end = size
        self.is_new = buffer[_CREATE_FLAG] & _CREATE != 0
        self.source_port = buffer[number + 8] << 8 | buffer[number + 9]
        self.destination_port = buffer[number + 16] << 8 | buffer[number + 17]
        return True

    def source(self) -> bytes:
        """The address that opened the connection: 4 or 16 bytes."""
        return bytes(self._view[_SOURCE : _SOURCE + self._width])

    def destination(self) -> bytes:
        """The address that it was opened to: 4 or 16 bytes."""
        start = _SOURCE + self._width + 4
        return bytes(self._view[start : start + self._width])

    def outside_port(self) -> int:
        """The source port that the other end sees: masquerading may have changed it. As sent when nothing tells."""
        buffer, width = self._buffer, self._width
        shift = _REPLY + 2 * width
        number = _SOURCE + 2 * width + 12 + shift
        if (
            self._end < number + 18
            or buffer[_TUPLE_TYPE + shift] != 2  # CTA_TUPLE_REPLY
            or buffer[_ADDRESS_TYPE + shift] != (1 if width == 4 else 3)
            or buffer[number + _TYPE_BEFORE] != 1
            or buffer[number + _PORT_TYPE] != 3
        ):
            return self.source_port
        return buffer[number + 16] << 8 | buffer[number + 17]

    def replied(self) -> bool:
        """Whether the other end has answered. Raises netlink.Malformed."""
        for kind, value, end in netlink.attributes(self._buffer, _ATTRIBUTES, self._end):
            if kind == _CTA_STATUS and end - value == 4:
                return self._buffer[value + 3] & _IPS_SEEN_REPLY != 0  # big-endian
        return False
