"""What Linux 6.18 sent for real transactions, and what the parser and the filter make of it."""

import socket
import struct

import pytest

from portvagt import runtime
from portvagt.watch import bpf, netlink, nftables

NEW_TABLE, NEW_RULE, DELETED_RULE = 0xA00, 0xA06, 0xA08
PORT = 0x8F745D0A
SET = netlink.attribute(2, b"stopped_mac\0")


def told(kind, table=b"portvagt", port=PORT, more=SET):
    """A message as nf_tables sends it: the table's name comes first."""
    message = netlink.message(kind, 0, 0, b"\1\0\0\7" + netlink.attribute(1, table + b"\0") + more)
    return message[:12] + struct.pack("I", port) + message[16:]


END = netlink.message(nftables.NEW_GENERATION, 0, 0, b"\0\0\0\7" + netlink.attribute(1, b"\0\0\0\7"))


def changes(*messages):
    data = b"".join(messages)
    return list(nftables.changes(data, len(data), b"portvagt"))


@pytest.mark.parametrize("kind", [NEW_TABLE, NEW_RULE, DELETED_RULE, nftables.DELETED_ELEMENT])
def test_a_change_tells_who_made_it(kind):
    assert changes(told(kind)) == [PORT]


def test_each_message_of_a_datagram_is_looked_at():
    elsewhere = told(DELETED_RULE, table=b"fw4")
    assert changes(elsewhere, told(DELETED_RULE, port=7), elsewhere, told(NEW_RULE, port=8), END) == [7, 8]


@pytest.mark.parametrize("table", [b"fw4", b"portvag", b"portvagt2", b""])
def test_other_tables_are_not_ours(table):
    assert changes(told(DELETED_RULE, table)) == []


def test_new_elements_and_the_end_are_no_change():
    assert changes(told(nftables.NEW_ELEMENT), END) == []


@pytest.mark.parametrize("damage", [b"\0" * 16, told(NEW_RULE)[:-1]])
def test_damage_is_malformed(damage):
    with pytest.raises(netlink.Malformed):
        changes(damage)


@pytest.fixture
def passes():
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    runtime.attach_filter(receiver, bpf.table_filter(b"portvagt"))

    def through(*messages):
        data = b"".join(messages)
        try:
            sender.send(data)
            return receiver.recv(8192) == data
        except (BlockingIOError, PermissionError):  # unix_dgram_sendmsg tells the sender that a filter said no
            return False

    yield through
    sender.close()
    receiver.close()


ADDED = told(nftables.NEW_ELEMENT)


@pytest.mark.parametrize("first", [NEW_TABLE, NEW_RULE, DELETED_RULE])
@pytest.mark.parametrize("table", [b"portvagt", b"fw4"])
def test_the_filter_lets_whatever_may_go_on_with_a_change_of_ours_through(passes, first, table):
    assert passes(told(first, table)) and passes(told(first, table), told(DELETED_RULE))


def test_the_filter_stops_additions_but_not_what_follows_them(passes):
    assert not passes(ADDED)
    assert not passes(told(nftables.NEW_ELEMENT, more=b"\0" * 700))  # both bytes of its size count
    assert passes(ADDED, told(DELETED_RULE))
    assert passes(ADDED, told(DELETED_RULE, more=netlink.attribute(9, b"\0" * 3000)))


def test_the_filter_stops_the_end_and_other_tables_elements(passes):
    assert not passes(END)
    for kind in (nftables.NEW_ELEMENT, nftables.DELETED_ELEMENT):
        for table in (b"banip", b"portvag", b"portvagt2", b""):
            assert not passes(told(kind, table)) and not passes(told(kind, table), told(kind, table))
    assert passes(told(nftables.DELETED_ELEMENT))
