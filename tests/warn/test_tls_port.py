"""The portal's TLS port, over real sockets: the alert arrives, and neither port starves the other."""

import socket
import ssl
import time

import pytest
from tests.warn.client_hellos import client_hello, padded, records
from tests.warn.conftest import eventually

from portvagt.warn.server import CONNECTIONS_MAX, PER_ADDRESS
from portvagt.warn.tls_alert import ACCESS_DENIED

HELLO = client_hello()
AT_ONCE_S = 3  # some ms; who waits for something waits for the 5 s of a silent client


@pytest.fixture(autouse=True)
def listening(house):
    eventually(lambda: connect(house).close() is None)


def connect(house, port=None, address="127.0.0.1"):
    return socket.create_connection((address, port or house.tls_port), 10)


def read_all(sock):
    return b"".join(iter(lambda: sock.recv(65536), b""))


def refuses(sock):
    try:
        sock.sendall(b"x")
    except ConnectionError:
        return True
    return False


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_tls_client_is_told_so_at_once(house, address):
    with connect(house, address=address) as sock:
        began = time.monotonic()
        with pytest.raises(ssl.SSLError) as caught:
            ssl.create_default_context().wrap_socket(sock, server_hostname="www.example.com")
        assert caught.value.reason == "TLSV1_ALERT_ACCESS_DENIED"
        assert time.monotonic() - began < AT_ONCE_S


@pytest.mark.parametrize("data", [HELLO, records(HELLO, 7), padded(HELLO, 30_000), HELLO + b"x" * 60_000])
def test_the_alert_then_a_clean_end(house, data):
    assert house.raw(data, port=house.tls_port) == ACCESS_DENIED


def test_a_hello_that_drips(house):
    with connect(house) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(HELLO), 50):
            sock.sendall(HELLO[start : start + 50])
            time.sleep(0.02)
        assert read_all(sock) == ACCESS_DENIED


def test_who_goes_on_talking_still_reads_the_alert(house):
    """Bytes that arrive after the alert would make close(2) reset the connection, and the alert is lost."""
    with connect(house) as sock:
        sock.sendall(HELLO)
        time.sleep(0.2)
        sock.sendall(b"\x17\x03\x03\x00\x05early")
        time.sleep(0.2)
        assert read_all(sock) == ACCESS_DENIED


def test_who_says_no_more_still_reads_the_alert(house):
    with connect(house) as sock:
        sock.sendall(HELLO)
        sock.shutdown(socket.SHUT_WR)
        assert read_all(sock) == ACCESS_DENIED


def test_who_never_closes_is_left_after_a_second(house):
    with connect(house) as sock:
        sock.sendall(HELLO)
        assert read_all(sock) == ACCESS_DENIED
        began = time.monotonic()
        while not refuses(sock):
            assert time.monotonic() - began < 5
            time.sleep(0.05)
        assert 0.5 < time.monotonic() - began < 3


@pytest.mark.parametrize("data", [b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", b"\x80\x2e\x01\x03\x01", b"\0"])
def test_no_tls_is_closed_without_an_answer(house, data):
    with connect(house) as sock:
        began = time.monotonic()
        sock.sendall(data)
        assert read_all(sock) == b""
        assert time.monotonic() - began < AT_ONCE_S


def test_silence_is_ended(house):
    with connect(house) as sock:
        sock.sendall(HELLO[:-1])
        began = time.monotonic()
        assert read_all(sock) == b""
        assert 4 < time.monotonic() - began < 7


def test_a_browser_opens_20_connections_at_once(house):
    """More than an address may have: as each is answered at once, none needs to be closed for another."""
    sockets = [connect(house) for _ in range(20)]
    for sock in sockets[-PER_ADDRESS:]:
        sock.sendall(HELLO)
    answers = [read_all(sock) for sock in sockets[-PER_ADDRESS:]]
    for sock in sockets:
        sock.close()
    assert answers == [ACCESS_DENIED] * PER_ADDRESS


def test_idle_tls_does_not_keep_the_page_away(house):
    idle = [connect(house) for _ in range(3 * CONNECTIONS_MAX)]
    began = time.monotonic()
    assert house.get()[0] == 200
    assert time.monotonic() - began < AT_ONCE_S
    for sock in idle:
        sock.close()


def test_idle_http_does_not_keep_the_alert_away(house):
    idle = [connect(house, house.port) for _ in range(3 * CONNECTIONS_MAX)]
    began = time.monotonic()
    assert house.raw(HELLO, port=house.tls_port) == ACCESS_DENIED
    assert time.monotonic() - began < AT_ONCE_S
    for sock in idle:
        sock.close()


@pytest.mark.parametrize("flooded", ["port", "tls_port"])
def test_a_flood_on_one_port_leaves_a_slow_connection_to_the_other(house, flooded):
    """Who fills the limit loses connections of the port that has more of them."""
    slow = {"port": (house.tls_port, HELLO), "tls_port": (house.port, b"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n")}
    port, said = slow[flooded]
    with connect(house, port) as sock:
        sock.sendall(said[:5])
        flood = [connect(house, getattr(house, flooded)) for _ in range(100)]
        time.sleep(0.2)
        sock.sendall(said[5:])
        answer = read_all(sock)
    for each in flood:
        each.close()
    assert answer == ACCESS_DENIED or answer.startswith(b"HTTP/1.1 200 ")


def test_nothing_of_all_this_is_an_error_of_ours(house):
    assert house.raw(HELLO, port=house.tls_port) == ACCESS_DENIED
    assert "Traceback" not in house.log.read_text()
