"""What Linux 6.18 sent for real connections, and what the parser makes of it."""

import socket

import pytest

from portvagt.watch import conntrack, netlink
from portvagt.watch.address import ip_bytes


def orig(source, destination, protocol=6, ports=(47908, 25), kind=1):
    kinds = (1, 2) if len(source) == 4 else (3, 4)
    return netlink.nested(
        kind,
        netlink.nested(1, netlink.attribute(kinds[0], source), netlink.attribute(kinds[1], destination)),
        netlink.nested(
            2,
            netlink.attribute(1, bytes([protocol])),
            netlink.attribute(2, ports[0].to_bytes(2, "big")),
            netlink.attribute(3, ports[1].to_bytes(2, "big")),
        ),
    )


def reply(source, destination, protocol=6, ports=(25, 47908)):
    """CTA_TUPLE_REPLY: from the mail server, to the address and port that it saw."""
    return orig(source, destination, protocol, ports, kind=2)


def event(body, flags=netlink.CREATE | netlink.EXCL, family=2):
    return netlink.message(conntrack.NEW, flags, 0, bytes([family, 0, 0, 0]) + body)


def status(bits):
    return netlink.attribute(3, bits.to_bytes(4, "big"))


HOME, MX = ip_bytes("192.168.1.20"), ip_bytes("198.18.7.25")
WAN, WAN6 = ip_bytes("198.51.100.2"), ip_bytes("2001:db8:ffff:1::2")
HOME6, MX6 = ip_bytes("2001:db8:f000:1::20"), ip_bytes("2001:db8:7::25")


@pytest.mark.parametrize("source, destination", [(HOME, MX), (HOME6, MX6)])
def test_a_connection_in_a_dump(source, destination):
    data = event(orig(source, destination) + status(8))
    [found] = conntrack.connections(data, len(data))
    assert (found.source, found.destination) == (source, destination)
    assert (found.source_port, found.destination_port) == (47908, 25)
    assert not found.replied


def test_an_answered_connection_has_seen_reply_set():
    data = event(orig(HOME, MX) + status(8 | 2), flags=0)
    [found] = conntrack.connections(data, len(data))
    assert found.replied


@pytest.mark.parametrize(
    "second, outside",
    [
        (reply(MX, WAN, ports=(25, 1024)), 1024),
        (reply(MX6, WAN6, ports=(25, 1024)), 1024),
        (b"", 47908),
        (reply(MX, WAN, protocol=17), 47908),
        (netlink.nested(2), 47908),
    ],
)
def test_the_port_that_the_mail_server_sees_is_that_of_the_reply(second, outside):
    data = event(orig(HOME, MX) + second + status(8))
    assert [each.outside_port for each in conntrack.connections(data, len(data))] == [outside]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        status(8),
        orig(HOME, MX, ports=(25, 443)),
        orig(HOME, MX, protocol=17),
        orig(HOME[:3], MX[:3]),
        orig(HOME, MX6),
        netlink.nested(1, netlink.nested(1)),
    ],
)
def test_what_is_no_mail_connection_is_passed_over(body):
    data = event(body)
    assert list(conntrack.connections(data, len(data))) == []


def test_deleting_names_the_tuple_as_the_kernel_sent_it():
    data = event(orig(HOME, MX))
    [found] = conntrack.connections(data, len(data))
    assert orig(HOME, MX)[4:] in conntrack.delete_request(found)
    assert conntrack.delete_request(found)[16] == socket.AF_INET
