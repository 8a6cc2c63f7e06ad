"""How the broker is reached by TCP: whichever of its addresses answers."""

import socket
import time

import pytest

from portvagt.loop import Loop
from portvagt.report import dial

V4, V6 = socket.AF_INET, socket.AF_INET6


class Caller:
    def __init__(self, monkeypatch, *addresses):
        """`addresses`: (family, address, port), as the name is resolved."""
        found = [(family, socket.SOCK_STREAM, 6, "", (host, port)) for family, host, port in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_: found)
        self.loop, self.sockets, self.failures = Loop(), [], []
        self.dial = dial.Dial(self.loop, self.sockets.append, self.failures.append)
        self.dial.look_up("broker", 1)
        self.dial.start()

    def finish(self):
        end = time.monotonic() + 10
        while not self.sockets and not self.failures:
            assert time.monotonic() < end
            self.loop.step(0.1)
        for sock in self.sockets:
            sock.close()


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def v6_listener():
    with socket.create_server(("::1", 0), family=V6) as listening:
        yield listening


@pytest.fixture
def deaf():
    """A port whose queue is full: it answers no SYN."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        first = socket.create_connection(listening.getsockname())
        yield listening.getsockname()[1]
        first.close()


def closed_port():
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return bound.getsockname()[1]


def test_ipv6(monkeypatch, v6_listener):
    caller = Caller(monkeypatch, (V6, "::1", v6_listener.getsockname()[1]))
    caller.finish()
    assert len(caller.sockets) == 1
    assert v6_listener.accept()


def test_an_address_where_nobody_listens_is_left_for_the_next(monkeypatch, listener):
    caller = Caller(monkeypatch, (V6, "::1", closed_port()), (V4, "127.0.0.1", listener.getsockname()[1]))
    caller.finish()
    assert (len(caller.sockets), caller.failures) == (1, [])


def test_an_address_that_is_out_of_reach_is_left_for_the_next(monkeypatch, listener):
    caller = Caller(monkeypatch, (V4, "255.255.255.255", 1), (V4, "127.0.0.1", listener.getsockname()[1]))
    caller.finish()
    assert (len(caller.sockets), caller.failures) == (1, [])


def test_an_address_that_does_not_answer_is_left_for_the_next(monkeypatch, listener, deaf):
    monkeypatch.setattr(dial, "ADDRESS_S", 0.2)
    caller = Caller(monkeypatch, (V4, "127.0.0.1", deaf), (V4, "127.0.0.1", listener.getsockname()[1]))
    caller.finish()
    assert (len(caller.sockets), caller.failures) == (1, [])


def test_the_last_reason_is_told_once(monkeypatch, deaf):
    monkeypatch.setattr(dial, "ADDRESS_S", 0.2)
    caller = Caller(monkeypatch, (V4, "127.0.0.1", deaf), (V4, "127.0.0.1", closed_port()))
    caller.finish()
    caller.loop.step(0.3)
    assert [type(each) for each in caller.failures] == [ConnectionRefusedError]
    assert caller.sockets == []


def test_after_giving_up_nothing_is_told(monkeypatch, deaf):
    monkeypatch.setattr(dial, "ADDRESS_S", 0.2)
    caller = Caller(monkeypatch, (V4, "127.0.0.1", deaf), (V4, "127.0.0.1", closed_port()))
    caller.dial.cancel()
    caller.loop.step(0.4)
    assert caller.sockets == caller.failures == []
