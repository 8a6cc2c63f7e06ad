"""The filter runs in the kernel: a pair of datagram sockets is filtered as a netlink socket is."""

import socket

import pytest
from tests.watch.test_conntrack import HOME, HOME6, MX, MX6, event, orig

from portvagt import runtime
from portvagt.watch import bpf, conntrack


@pytest.fixture
def passes():
    sender, receiver = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    receiver.setblocking(False)
    runtime.attach_filter(receiver, bpf.mail_filter(conntrack.MAIL_PORTS))

    def through(data):
        try:
            sender.send(data)
            return receiver.recv(4096) == data
        except (BlockingIOError, PermissionError):  # unix_dgram_sendmsg tells the sender that a filter said no
            return False

    yield through
    sender.close()
    receiver.close()


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
