"""The filter runs in the kernel: a pair of datagram sockets is filtered as a netlink socket is."""

import socket
import struct
from contextlib import contextmanager

import pytest
from tests.watch.test_conntrack import HOME, HOME6, MX, MX6, event, orig

from portvagt import runtime
from portvagt.watch import bpf, conntrack, netlink


@contextmanager
def filtered(program):
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    runtime.attach_filter(receiver, program)

    def through(data):
        try:
            sender.send(data)
            return receiver.recv(4096) == data
        except (BlockingIOError, PermissionError):  # unix_dgram_sendmsg tells the sender that a filter said no
            return False

    yield through
    sender.close()
    receiver.close()


@pytest.fixture
def passes():
    with filtered(bpf.mail_filter(conntrack.MAIL_PORTS)) as through:
        yield through


@pytest.mark.parametrize("port", conntrack.MAIL_PORTS)
def test_mail_passes(passes, port):
    assert passes(event(orig(HOME, MX, ports=(40000, port))))
    assert passes(event(orig(HOME6, MX6, ports=(40000, port)), family=10))


@pytest.mark.parametrize("port", [0, 24, 26, 80, 443, 464, 586, 0x1900])
def test_other_ports_do_not(passes, port):
    assert not passes(event(orig(HOME, MX, ports=(25, port))))
    assert not passes(event(orig(HOME6, MX6, ports=(25, port)), family=10))


def test_other_protocols_and_families_do_not(passes):
    assert not passes(event(orig(HOME, MX, protocol=17)))
    assert not passes(event(orig(HOME, MX), family=1))
    assert not passes(b"short")


NUD = ("INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED", "NOARP", "PERMANENT")  # bits of ndm_state


@pytest.mark.parametrize("state", NUD)
def test_neighbours_pass_whose_mac_may_be_news(state):
    ndmsg = struct.pack("BBHiHBB", 2, 0, 0, 3, 1 << NUD.index(state), 0, 1)
    with filtered(bpf.neighbour_filter()) as passes:
        assert passes(netlink.message(28, 0, 0, ndmsg)) == (state in ("REACHABLE", "STALE", "PERMANENT"))
        assert not passes(netlink.message(29, 0, 0, ndmsg))


@pytest.mark.parametrize("kind", [20, 21])
def test_own_addresses_pass(kind):
    with filtered(bpf.neighbour_filter()) as passes:
        assert passes(netlink.message(kind, 0, 0, bytes(8)))
