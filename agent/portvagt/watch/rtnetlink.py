"""rtnetlink: neighbours (which MAC has which address) and the router's own addresses.

Layouts: include/uapi/linux/neighbour.h (ndmsg), if_addr.h (ifaddrmsg), rtnetlink(7).
"""

import socket
import struct
from collections import namedtuple

from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from portvagt.watch.netlink import Buffer

PROTOCOL = 0  # NETLINK_ROUTE
GROUPS = 0x4 | 0x10 | 0x100  # RTMGRP_NEIGH | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR

_NEWADDR, _DELADDR, _GETADDR = 20, 21, 22
NEWNEIGH, DELNEIGH, _GETNEIGH = 28, 29, 30
STATE = 24  # where a message has ndmsg.ndm_state
_NDMSG = 12
_IFADDRMSG = 8
_NDA_DST, _NDA_LLADDR = 1, 2
_IFA_ADDRESS, _IFA_LOCAL = 1, 2
_NTF_USE = 0x01
_NUD_NONE = 0
NUD_NEWS = 0x02 | 0x04 | 0x80  # REACHABLE, STALE, PERMANENT; no MAC is new in DELAY and PROBE (neigh_timer_handler)
_NUD_UNUSABLE = 0x01 | 0x20 | 0x40  # INCOMPLETE, FAILED; NOARP is multicast and loopback

Neighbour = namedtuple("Neighbour", ("interface", "address", "mac"))  # int, 4 or 16 bytes, 6 bytes
OwnAddress = namedtuple("OwnAddress", ("interface", "address", "prefix_length", "present"))


def parse(buffer: "Buffer", size: int) -> "Iterator[Neighbour | OwnAddress]":
    """The facts in what a socket gave. Raises netlink.Malformed."""
    for kind, _, start, end in netlink.messages(buffer, size):
        fact: "Neighbour | OwnAddress | None" = None
        if kind == NEWNEIGH and end - start >= _NDMSG:
            fact = _neighbour(buffer, start, end)
        elif kind in (_NEWADDR, _DELADDR) and end - start >= _IFADDRMSG:
            fact = _own_address(buffer, start, end, kind == _NEWADDR)
        if fact is not None:
            yield fact


def _neighbour(buffer: "Buffer", start: int, end: int) -> "Neighbour | None":
    _, _, _, interface, state, _, _ = struct.unpack_from("BBHiHBB", buffer, start)
    address = mac = b""
    for kind, value, value_end in netlink.attributes(buffer, start + _NDMSG, end):
        if kind == _NDA_DST:
            address = bytes(buffer[value:value_end])
        elif kind == _NDA_LLADDR:
            mac = bytes(buffer[value:value_end])
    if state & _NUD_UNUSABLE or len(address) not in (4, 16) or len(mac) != 6 or mac == b"\0" * 6:
        return None
    return Neighbour(interface, address, mac)


def _own_address(buffer: "Buffer", start: int, end: int, present: bool) -> "OwnAddress | None":
    _, prefix_length, _, _, interface = struct.unpack_from("BBBBI", buffer, start)
    address = b""
    for kind, value, value_end in netlink.attributes(buffer, start + _IFADDRMSG, end):
        # on a point-to-point link IFA_ADDRESS is the other end's, IFA_LOCAL is ours (if_addr.h)
        if kind == _IFA_LOCAL or (kind == _IFA_ADDRESS and not address):
            address = bytes(buffer[value:value_end])
    if len(address) not in (4, 16):
        return None
    return OwnAddress(interface, address, prefix_length, present)


def dump_requests() -> "tuple[bytes, bytes]":
    """Ask for all own addresses, and for all neighbours. Send the second after the first dump's end."""
    flags = netlink.REQUEST | netlink.DUMP
    return (
        netlink.message(_GETADDR, flags, 1, b"\0" * _IFADDRMSG),
        netlink.message(_GETNEIGH, flags, 1, b"\0" * _NDMSG),
    )


def get_request(interface: int, address: bytes) -> bytes:
    """Ask for what the kernel knows of one address now; the answer is ENOENT when it knows nothing."""
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    payload = struct.pack("BBHiHBB", family, 0, 0, interface, 0, 0, 0)
    return netlink.message(_GETNEIGH, netlink.REQUEST, 1, payload + netlink.attribute(_NDA_DST, address))


def resolve_request(interface: int, address: bytes) -> bytes:
    """Ask the kernel to find out the MAC of an address (NTF_USE); the answer is a neighbour event."""
    family = socket.AF_INET if len(address) == 4 else socket.AF_INET6
    payload = struct.pack("BBHiHBB", family, 0, 0, interface, _NUD_NONE, _NTF_USE, 0)
    flags = netlink.REQUEST | netlink.ACK | netlink.CREATE
    return netlink.message(NEWNEIGH, flags, 1, payload + netlink.attribute(_NDA_DST, address))
