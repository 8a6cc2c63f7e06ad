"""What one device may take of the portal, over real sockets: each address of 127.0.0.0/8 is a device."""

import os
import socket
import threading
import time
from contextlib import ExitStack, contextmanager, suppress

import pytest
from tests.warn.cases import stopped

from portvagt.warn.server import CONNECTIONS_MAX, PER_ADDRESS

DEVICES = [f"127.0.0.{number}" for number in range(2, 10)]
OTHER = "127.0.0.100"
LORIS = 200
WATCHED_SECONDS = 3.0
SOON_S = 3.0  # a quarter; who waits for a loris waits for the 5 s that a request may take


@pytest.fixture(autouse=True)
def one_stopped_device(house):
    house.tell({OTHER: stopped()})


def connect(house, device):
    return socket.create_connection(("127.0.0.1", house.port), 10, (device, 0))


def request(house, target="/", method="GET", fields=""):
    return f"{method} {target} HTTP/1.1\r\nHost: 127.0.0.1:{house.port}\r\n{fields}\r\n".encode()


def read_all(sock):
    return b"".join(iter(lambda: sock.recv(65536), b""))


def is_closed(sock):
    """Whether the portal ended a connection on which nothing was said."""
    sock.setblocking(False)
    try:
        return sock.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionError:
        return True
    finally:
        sock.settimeout(10)


def page(house, device):
    """The page of a device, and after how many seconds it was there."""
    began = time.monotonic()
    with connect(house, device) as sock:
        sock.sendall(request(house))
        return read_all(sock).decode(), time.monotonic() - began


@contextmanager
def loris(house, devices):
    """LORIS connections that send a byte of an endless header again and again; who is cut off comes again."""
    over = threading.Event()

    def drip():
        sockets = {number: connect(house, devices[number % len(devices)]) for number in range(LORIS)}
        while not over.wait(0.1):
            for number, sock in sockets.items():
                try:
                    sock.send(b"X")
                except OSError:
                    sock.close()
                    sockets[number] = connect(house, devices[number % len(devices)])
        for sock in sockets.values():
            sock.close()

    thread = threading.Thread(target=drip)
    thread.start()
    time.sleep(0.5)
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("devices", [DEVICES[:1], DEVICES], ids=["one device", "8 devices"])
def test_200_slow_loris_leave_the_page_of_another_device(house, devices):
    slowest, shown = 0.0, 0
    with loris(house, devices):
        ends = time.monotonic() + WATCHED_SECONDS
        while time.monotonic() < ends:
            text, seconds = page(house, OTHER)
            assert text.startswith("HTTP/1.1 200 ") and "Vi har stoppet mail" in text
            slowest, shown = max(slowest, seconds), shown + 1
            time.sleep(0.05)
        assert len(os.listdir(f"/proc/{house.portal.pid}/fd")) < CONNECTIONS_MAX + 16
    assert shown > 5
    assert slowest < SOON_S


def test_a_device_has_8_connections_and_its_ninth_ends_the_oldest(house):
    with ExitStack() as opened:
        sockets = [opened.enter_context(connect(house, DEVICES[0])) for _ in range(PER_ADDRESS + 1)]
        sockets[-1].sendall(request(house))
        assert read_all(sockets[-1]).startswith(b"HTTP/1.1 200 ")
        assert [is_closed(sock) for sock in sockets[:-1]] == [True] + [False] * (PER_ADDRESS - 1)
        for sock in sockets[1:-1]:
            sock.sendall(request(house))
            assert read_all(sock).startswith(b"HTTP/1.1 200 ")


def test_all_devices_have_64_and_who_comes_then_ends_one_of_the_busiest(house):
    busy, modest = DEVICES[:-1], DEVICES[-1]
    with ExitStack() as opened:
        sockets = [opened.enter_context(connect(house, device)) for device in busy for _ in range(PER_ADDRESS)]
        few = [opened.enter_context(connect(house, modest)) for _ in range(PER_ADDRESS - 1)]
        more = opened.enter_context(connect(house, "127.0.0.50"))
        assert len(sockets) + len(few) + 1 == CONNECTIONS_MAX
        assert "Vi har stoppet mail" in page(house, OTHER)[0]
        assert sum(is_closed(sock) for sock in sockets) == 1
        assert not any(is_closed(sock) for sock in [*few, more])


def test_a_connection_is_for_one_request(house):
    with connect(house, OTHER) as sock:
        sock.sendall(2 * request(house, "/mail", fields="Connection: keep-alive\r\n"))
        answer = read_all(sock)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"\r\nConnection: close\r\n" in answer


@pytest.mark.parametrize("target", ["/", "/prevention", "/none", "/acknowledge", "http://www.example.com/"])
def test_head_says_what_get_would(house, target):
    with connect(house, OTHER) as one, connect(house, OTHER) as other:
        one.sendall(request(house, target))
        other.sendall(request(house, target, "HEAD"))
        top, _, body = read_all(one).partition(b"\r\n\r\n")
        assert read_all(other) == top + b"\r\n\r\n"
    assert b"\r\nContent-Length: %d\r\n" % len(body) in top


@pytest.mark.parametrize("host", ["www.example.com", "router.lan", "h" * 300, "%00", "127.0.0.1"])
@pytest.mark.parametrize(("device", "status"), [(DEVICES[0], b"503"), (OTHER, b"302")])
def test_another_name_leads_to_the_page_whom_it_concerns_and_nobody_else(house, host, device, status):
    with connect(house, device) as sock:
        sock.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\nAccept: text/html\r\n\r\n".encode())
        answer = read_all(sock)
    assert answer.split(b" ", 2)[1] == status
    assert (b"\r\nLocation: http://192.168.1.1:8025/\r\n" if status == b"302" else b"\r\nRetry-After: ") in answer


@pytest.mark.parametrize("host", ["127.0.0.1:8025", "192.168.1.1:80", "[2001:db8::1]:8025"])
def test_an_address_with_a_port_is_ours(house, host):
    with connect(house, DEVICES[0]) as sock:
        sock.sendall(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())
        assert read_all(sock).startswith(b"HTTP/1.1 200 ")


def test_nothing_of_all_this_is_an_error_of_ours(house):
    with suppress(ConnectionError), connect(house, OTHER) as sock:
        sock.sendall(b"\0" * 10_000)
        read_all(sock)
    assert "Traceback" not in house.log.read_text()
