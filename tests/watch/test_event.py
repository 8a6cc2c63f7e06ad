"""Events of both families, byte for byte as Linux 6.18 lays them out, and what else may come."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.watch.test_conntrack import HOME, HOME6, MX, MX6, WAN, WAN6, event, orig, reply, status

from portvagt.watch import netlink
from portvagt.watch.event import Event


def read(data):
    """An Event that has read `data`; None when it is no event of a TCP connection."""
    buffer = bytearray(data.ljust(512, b"\xff"))
    found = Event(buffer)
    return found if found.read(len(data)) else None


@pytest.mark.parametrize(("source", "destination", "family"), [(HOME, MX, 2), (HOME6, MX6, 10)])
def test_a_new_connection(source, destination, family):
    found = read(event(orig(source, destination, ports=(47908, 587)) + status(8), family=family))
    assert (found.source(), found.destination()) == (source, destination)
    assert (found.source_port, found.destination_port) == (47908, 587)
    assert found.is_new
    assert not found.replied()


@pytest.mark.parametrize(("home", "mx", "wan", "family"), [(HOME, MX, WAN, 2), (HOME6, MX6, WAN6, 10)])
@pytest.mark.parametrize("behind", [b"", status(8)])
def test_the_port_that_the_mail_server_sees_is_that_of_the_reply(home, mx, wan, family, behind):
    data = event(orig(home, mx) + reply(mx, wan, ports=(25, 1024)) + behind, family=family)
    found = read(data)
    assert (found.source_port, found.outside_port()) == (47908, 1024)


@pytest.mark.parametrize(
    "second",
    [
        b"",
        status(8),
        reply(MX, WAN, ports=(25, 1024))[:-4],
        orig(MX, WAN, ports=(25, 1024), kind=5),
        reply(MX6, WAN6, ports=(25, 1024)),
        netlink.nested(2, b"\0" * 60),
        netlink.attribute(5, b"\2" * 60),
    ],
)
def test_without_a_reply_that_is_understood_the_port_is_as_sent(second):
    data = event(orig(HOME, MX) + second)
    assert read(data).outside_port() == 47908


@pytest.mark.parametrize(("bits", "replied"), [(8, False), (8 | 2, True), (0xFFFF, True)])
def test_a_change_tells_whether_there_was_a_reply(bits, replied):
    found = read(event(orig(HOME, MX) + status(bits), flags=0))
    assert not found.is_new
    assert found.replied() is replied


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\0" * 100,
        event(b""),
        event(status(8)),
        event(orig(HOME, MX, protocol=17)),
        event(orig(HOME, MX), family=10),
        event(orig(HOME6, MX6), family=2),
        event(orig(HOME, MX), family=7),
        event(orig(HOME, MX))[:-4],
        event(netlink.nested(2, b"\0" * 60)),
        netlink.message(0x0A00, 0x600, 0, b"\2\0\0\0" + orig(HOME, MX)),
    ],
)
def test_what_is_no_event_of_a_connection_is_passed_over(data):
    assert read(data) is None


@given(st.binary(max_size=300), st.data())
def test_no_bytes_do_worse_than_malformed(noise, data):
    good = bytearray(event(orig(HOME, MX) + reply(MX, WAN) + status(10)))
    start = data.draw(st.integers(0, len(good)))
    good[start : start + len(noise)] = noise
    found = read(bytes(good))
    if found is not None:
        assert len(found.source()) == len(found.destination()) in (4, 16)
        assert 0 <= found.outside_port() <= 65535
        with contextlib.suppress(netlink.Malformed):
            assert found.replied() in (True, False)
