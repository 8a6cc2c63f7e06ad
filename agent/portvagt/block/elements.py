"""Elements of our sets, as nf_tables netlink messages. Bytes only, no socket.

Speaking netlink instead of starting `nft` makes a block take a fraction of a millisecond and no second process.
Layouts: include/uapi/linux/netfilter/nf_tables.h; changes go in a batch (nfnetlink.c), which is one transaction.
"""

import struct
from collections import namedtuple

from portvagt.block.ruleset import TABLE
from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from portvagt.watch.netlink import Buffer

_SUBSYSTEM = 10  # NFNL_SUBSYS_NFTABLES
_NEWSETELEM, _GETSETELEM, _DELSETELEM = [_SUBSYSTEM << 8 | message for message in (12, 13, 14)]
_BATCH_BEGIN, _BATCH_END = 0x10, 0x11
_NFPROTO_INET = 1
_NFGENMSG = 4

_LIST_TABLE, _LIST_SET, _LIST_ELEMENTS = 1, 2, 3  # NFTA_SET_ELEM_LIST_*
_LIST_ELEM = 1  # NFTA_LIST_ELEM
_KEY, _TIMEOUT, _EXPIRATION, _EXPRESSION, _KEY_END, _EXPRESSIONS = 1, 4, 5, 7, 10, 11  # NFTA_SET_ELEM_*
_DATA_VALUE = 1
_EXPRESSION_NAME, _EXPRESSION_DATA = 1, 2
_COUNTER_PACKETS = 2

# key: bytes; end: the last key of a range, None without one; expires_s: until the kernel drops it, None without a
# timeout; packets: its counter, None without one
Element = namedtuple("Element", ("key", "end", "expires_s", "packets"))

# A part of a transaction. kind: of message; flags: NLM_F_*; payload: what follows the header of netlink
Change = namedtuple("Change", ("kind", "flags", "payload"))


def _generic(resource: int = 0) -> bytes:
    return struct.pack(">BBH", _NFPROTO_INET, 0, resource)  # struct nfgenmsg; res_id is in network order


def _named(set_name: str) -> bytes:
    return netlink.attribute(_LIST_TABLE, TABLE.encode() + b"\0") + netlink.attribute(
        _LIST_SET, set_name.encode() + b"\0"
    )


def _change(
    kind: int, flags: int, set_name: str, key: bytes, end: "bytes | None", timeout_s: "float | None" = None
) -> Change:
    element = netlink.nested(_KEY, netlink.attribute(_DATA_VALUE, key))
    if timeout_s is not None:
        element += netlink.attribute(_TIMEOUT, struct.pack(">Q", int(timeout_s * 1000)))
    if end is not None:
        element += netlink.nested(_KEY_END, netlink.attribute(_DATA_VALUE, end))
    elements = netlink.nested(_LIST_ELEMENTS, netlink.nested(_LIST_ELEM, element))
    return Change(kind, flags, _generic() + _named(set_name) + elements)


def add(set_name: str, key: bytes, timeout_s: "float | None" = None, end: "bytes | None" = None) -> Change:
    """Add an element; one that is there already stays as it is. Without a timeout the set's own counts.

    In a set of intervals the element is all keys from `key` to `end`.
    """
    return _change(_NEWSETELEM, netlink.CREATE, set_name, key, end, timeout_s)


def delete(set_name: str, key: bytes, end: "bytes | None" = None) -> Change:
    """Delete an element; the answer is ENOENT when it isn't there."""
    return _change(_DELSETELEM, 0, set_name, key, end)


def batch(changes: "list[Change]") -> bytes:
    """One transaction of one change or more. Its first answer says how it went.

    Refusals come in the order of the changes (nfnetlink_rcv_batch), so only the last change wants an acknowledgement.
    """
    parts = [netlink.message(_BATCH_BEGIN, netlink.REQUEST, 0, _generic(_SUBSYSTEM))]
    for number, change in enumerate(changes, 1):
        wants = netlink.REQUEST | (netlink.ACK if number == len(changes) else 0)
        parts.append(netlink.message(change.kind, change.flags | wants, 1, change.payload))
    parts.append(netlink.message(_BATCH_END, netlink.REQUEST, 0, _generic(_SUBSYSTEM)))
    return b"".join(parts)


def dump(set_name: str) -> bytes:
    """Ask for all elements of a set; the answer is ENOENT when there is no such set."""
    flags = netlink.REQUEST | netlink.DUMP
    return netlink.message(_GETSETELEM, flags, 1, _generic() + _named(set_name))


def parse(buffer: "Buffer", size: int) -> "Iterator[Element]":
    """The elements in a part of a dump. Raises netlink.Malformed."""
    for kind, _, start, end in netlink.messages(buffer, size):
        if kind == _NEWSETELEM:
            for name, value, value_end in netlink.attributes(buffer, start + _NFGENMSG, end):
                if name == _LIST_ELEMENTS:
                    for _, element, element_end in netlink.attributes(buffer, value, value_end):
                        yield _element(buffer, element, element_end)


def _element(buffer: "Buffer", start: int, end: int) -> Element:
    key = b""
    last = expires_s = packets = None
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _KEY:
            key = _data_value(buffer, value, value_end)
        elif kind == _KEY_END:
            last = _data_value(buffer, value, value_end)
        elif kind == _EXPIRATION and value_end - value == 8:
            expires_s = struct.unpack_from(">Q", buffer, value)[0] / 1000
        elif kind == _EXPRESSION:
            packets = _counter(buffer, value, value_end)
        elif kind == _EXPRESSIONS:
            for _, expression, expression_end in netlink.attributes(buffer, value, value_end):
                packets = _counter(buffer, expression, expression_end)
    return Element(key, last, expires_s, packets)


def _data_value(buffer: "Buffer", start: int, end: int) -> bytes:
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _DATA_VALUE:
            return bytes(buffer[value:value_end])
    return b""


def _counter(buffer: "Buffer", start: int, end: int) -> "int | None":
    name = b""
    data = None
    for kind, value, value_end in netlink.attributes(buffer, start, end):
        if kind == _EXPRESSION_NAME:
            name = bytes(buffer[value:value_end])
        elif kind == _EXPRESSION_DATA:
            data = value, value_end
    if name != b"counter\0" or data is None:
        return None
    for kind, value, value_end in netlink.attributes(buffer, data[0], data[1]):
        if kind == _COUNTER_PACKETS and value_end - value == 8:
            return int(struct.unpack_from(">Q", buffer, value)[0])
    return None
