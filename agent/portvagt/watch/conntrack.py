"""ctnetlink: what the kernel's connection tracking tells of new mail connections, and the requests to it.

Layouts: include/uapi/linux/netfilter/nfnetlink_conntrack.h; the events come from nf_conntrack_netlink.c.
"""

import socket
import struct
from collections import namedtuple

from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from portvagt.watch.netlink import Buffer
    from portvagt.watch.requests import Requests

    Place = tuple[int, int]  # start and end of an attribute's value

PROTOCOL = 12  # NETLINK_NETFILTER
GROUPS = 0x1 | 0x2  # NF_NETLINK_CONNTRACK_NEW | NF_NETLINK_CONNTRACK_UPDATE
MAIL_PORTS = (25, 465, 587)
WEB_PORTS = (80, 443)
FAMILIES = (socket.AF_INET, socket.AF_INET6)

_SUBSYSTEM = 1 << 8  # NFNL_SUBSYS_CTNETLINK
NEW = _SUBSYSTEM | 0  # IPCTNL_MSG_CT_NEW: a new entry, or (without NLM_F_CREATE) a change to one
_GET = _SUBSYSTEM | 1
_DELETE = _SUBSYSTEM | 2
_NFGENMSG = 4  # sizeof(struct nfgenmsg)

_CTA_TUPLE_ORIG = 1
_CTA_TUPLE_REPLY = 2
_CTA_STATUS = 3
_CTA_FILTER = 25
_CTA_FILTER_ORIG_FLAGS = 1
_CTA_TUPLE_IP = 1
_CTA_TUPLE_PROTO = 2
_CTA_IP_V4_SRC, _CTA_IP_V4_DST, _CTA_IP_V6_SRC, _CTA_IP_V6_DST = 1, 2, 3, 4
_CTA_PROTO_NUM, _CTA_PROTO_SRC_PORT, _CTA_PROTO_DST_PORT = 1, 2, 3
_IPS_SEEN_REPLY = 2
_TCP = 6
_BOTH_FAMILIES = 0  # AF_UNSPEC
_FILTER_PROTO_NUM, _FILTER_PROTO_DST_PORT = 1 << 3, 1 << 5  # nf_conntrack_netlink.c, CTA_FILTER_F_*

# A TCP connection in its original direction. source, destination: 4 or 16 bytes; ports: int;
# outside_port: the source port that the other end sees, behind our NAT; replied: the other end has answered;
# tuple_bytes: CTA_TUPLE_ORIG as the kernel sent it, to name it again.
Connection = namedtuple(
    "Connection",
    ("source", "destination", "source_port", "destination_port", "outside_port", "replied", "tuple_bytes"),
)

# Any entry. source: 4 or 16 bytes; destination_port: -1 where there is none; tuple_bytes: CTA_TUPLE_ORIG as the kernel
# sent it, to name it again
Entry = namedtuple("Entry", ("source", "destination_port", "tuple_bytes"))


def connections(buffer: "Buffer", size: int) -> "Iterator[Connection]":
    """The mail connections in a part of a dump. Raises netlink.Malformed."""
    for kind, _, start, end in netlink.messages(buffer, size):
        if kind == NEW:
            connection = _connection(buffer, start + _NFGENMSG, end)
            if connection is not None:
                yield connection


def _connection(buffer: "Buffer", start: int, end: int) -> "Connection | None":
    original = reply = None
    status = 0
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _CTA_TUPLE_ORIG:
            original = value, value_end
        elif kind == _CTA_TUPLE_REPLY:
            reply = value, value_end
        elif kind == _CTA_STATUS and value_end - value == 4:
            status = struct.unpack_from(">I", buffer, value)[0]
    if original is None:
        return None
    return _with_tuples(buffer, original, reply, status & _IPS_SEEN_REPLY != 0)


def _with_tuples(buffer: "Buffer", original: "Place", reply: "Place | None", replied: bool) -> "Connection | None":
    start, end = original
    source = destination = b""
    ports = None
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _CTA_TUPLE_IP:
            source, destination = _addresses(buffer, value, value_end)
        elif kind == _CTA_TUPLE_PROTO:
            ports = _tcp_ports(buffer, value, value_end)
    if ports is None or ports[1] not in MAIL_PORTS or len(source) not in (4, 16) or len(destination) != len(source):
        return None
    outside_port = _answered_port(buffer, reply) if reply else None
    return Connection(
        source, destination, ports[0], ports[1], outside_port or ports[0], replied, bytes(buffer[start:end])
    )


def _answered_port(buffer: "Buffer", reply: "Place") -> "int | None":
    """The port that answers go to."""
    for kind, value, value_end in netlink.attributes(buffer, reply[0], reply[1]):
        if kind == _CTA_TUPLE_PROTO:
            ports = _tcp_ports(buffer, value, value_end)
            return ports[1] if ports else None
    return None


def _addresses(buffer: "Buffer", start: int, end: int) -> "tuple[bytes, bytes]":
    source = destination = b""
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind in (_CTA_IP_V4_SRC, _CTA_IP_V6_SRC):
            source = bytes(buffer[value:value_end])
        elif kind in (_CTA_IP_V4_DST, _CTA_IP_V6_DST):
            destination = bytes(buffer[value:value_end])
    return source, destination


def _tcp_ports(buffer: "Buffer", start: int, end: int) -> "tuple[int, int] | None":
    protocol = source = destination = -1
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _CTA_PROTO_NUM and value_end > value:
            protocol = buffer[value]
        elif kind == _CTA_PROTO_SRC_PORT and value_end - value == 2:
            source = struct.unpack_from(">H", buffer, value)[0]
        elif kind == _CTA_PROTO_DST_PORT and value_end - value == 2:
            destination = struct.unpack_from(">H", buffer, value)[0]
    return (source, destination) if protocol == _TCP and source >= 0 and destination >= 0 else None


def _dump_request(family: int, port: int) -> bytes:
    """Ask for the TCP connections to a port: the kernel itself picks them (Linux 5.8).

    It could pick by source too, and delete, but not by an IPv6 one: the comparison in ctnetlink_filter_match_tuple is
    the wrong way round (seen in Linux 6.18).
    """
    number = netlink.attribute(_CTA_PROTO_NUM, bytes((_TCP,)))
    to_port = netlink.attribute(_CTA_PROTO_DST_PORT, struct.pack(">H", port))
    wanted = netlink.nested(_CTA_TUPLE_ORIG, netlink.nested(_CTA_TUPLE_PROTO, number, to_port))
    flags = netlink.attribute(_CTA_FILTER_ORIG_FLAGS, struct.pack("I", _FILTER_PROTO_NUM | _FILTER_PROTO_DST_PORT))
    payload = struct.pack("BBH", family, 0, 0) + wanted + netlink.nested(_CTA_FILTER, flags)
    return netlink.message(_GET, netlink.REQUEST | netlink.DUMP, 1, payload)


def delete_request(entry: "Entry") -> bytes:
    """Ask to forget one entry. The answer is ENOENT when it has gone by itself."""
    family = socket.AF_INET if len(entry.source) == 4 else socket.AF_INET6
    payload = struct.pack("BBH", family, 0, 0) + netlink.nested(_CTA_TUPLE_ORIG, entry.tuple_bytes)
    return netlink.message(_DELETE, netlink.REQUEST | netlink.ACK, 1, payload)


def entries(requests: "Requests") -> "Iterator[Entry]":
    """All that the kernel has now, of whatever protocol. Raises OSError, netlink.Malformed."""
    request = netlink.message(_GET, netlink.REQUEST | netlink.DUMP, 1, struct.pack("BBH", _BOTH_FAMILIES, 0, 0))
    yield from requests.dump(request, _entries)


def _entries(buffer: "Buffer", size: int) -> "Iterator[Entry]":
    for kind, _, start, end in netlink.messages(buffer, size):
        if kind == NEW:
            for name, value, value_end in netlink.attributes(buffer, start + _NFGENMSG, end):
                if name == _CTA_TUPLE_ORIG:
                    yield _entry(buffer, value, value_end)


def _entry(buffer: "Buffer", start: int, end: int) -> "Entry":
    source, port = b"", -1
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _CTA_TUPLE_IP:
            source = _addresses(buffer, value, value_end)[0]
        elif kind == _CTA_TUPLE_PROTO:
            port = _destination_port(buffer, value, value_end)
    return Entry(source, port, bytes(buffer[start:end]))


def _destination_port(buffer: "Buffer", start: int, end: int) -> int:
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _CTA_PROTO_DST_PORT and value_end - value == 2:
            return int(struct.unpack_from(">H", buffer, value)[0])
    return -1


def web_connections(requests: "Requests") -> "Iterator[Entry]":
    """What the kernel has now of the web, QUIC included. Raises OSError, netlink.Malformed.

    One walk through its hash table, where six would be needed that let the kernel pick.
    """
    for entry in entries(requests):
        if entry.destination_port in WEB_PORTS:
            yield entry


def mail_connections(requests: "Requests") -> "Iterator[Connection]":
    """The mail connections that the kernel has now. Raises OSError, netlink.Malformed."""
    for family in FAMILIES:
        for port in MAIL_PORTS:
            yield from requests.dump(_dump_request(family, port), connections)
