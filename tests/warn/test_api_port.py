"""The captive-portal API over real sockets: what TLS clients get, and what bad ones can't spoil."""

import re
import socket
import ssl
import time

import pytest
from tests.warn.capport_document import TYPE, document
from tests.warn.cases import stopped
from tests.warn.conftest import API_HOST, RUNTIMES, accepts, eventually, started

from portvagt.warn import capport
from portvagt.warn.server import PER_ADDRESS, TLS_CONNECTIONS_MAX

PEER = "127.0.0.1"


@pytest.fixture(scope="module", params=RUNTIMES)
def api_house(request):
    for house in started(request.param, api=True):
        eventually(lambda house=house: accepts(house.api_port))
        yield house


@pytest.fixture
def own_api_house(api_house):
    """A house for one test, on the runtime of the others."""
    for house in started(api_house.runtime, api=True):
        eventually(lambda house=house: accepts(house.api_port))
        yield house


@pytest.fixture(autouse=True)
def quiet_home(api_house):
    api_house.tell({})


def connect(house, address=PEER):
    return socket.create_connection((address, house.api_port), 10)


def secure(house, sock, authority=None, **versions):
    context = ssl.create_default_context(cafile=authority or house.authority)
    for name, version in versions.items():
        setattr(context, name, version)
    return context.wrap_socket(sock, server_hostname=API_HOST)


def read_all(sock):
    return b"".join(iter(lambda: sock.recv(65536), b""))


def head(house, target=capport.PATH, method="GET", headers=f"Accept: {TYPE}\r\n", body=b""):
    length = f"Content-Length: {len(body)}\r\n" if body else ""
    return f"{method} {target} HTTP/1.1\r\nHost: {API_HOST}:{house.api_port}\r\n{headers}{length}\r\n".encode() + body


def ask(house, *arguments, address=PEER, tls=(), **options):
    """(status, header text, body) of one request."""
    with secure(house, connect(house, address), **dict(tls)) as sock:
        sock.sendall(head(house, *arguments, **options))
        top, _, content = read_all(sock).partition(b"\r\n\r\n")
    return int(top.split(b" ")[1]), top.decode(), content.decode()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, None])
@pytest.mark.parametrize("address", [PEER, "::1"])
def test_a_device_is_told_its_own_state(api_house, address, version):
    tls = {"maximum_version": version} if version else {}
    api_house.tell({address: stopped(captive=True)})
    status, top, body = ask(api_house, address=address, tls=tls)
    page = f"https://{API_HOST}:{api_house.api_port}/"
    assert status == 200 and document(body) == {"captive": True, "user-portal-url": page}
    assert f"Content-Type: {TYPE}\r\n" in top and "Cache-Control: no-store\r\n" in top
    api_house.tell({})
    assert document(ask(api_house, address=address, tls=tls)[2]) == {"captive": False}


def test_the_page_is_there_and_its_button(api_house):
    api_house.tell({PEER: stopped(captive=True)})
    page = ask(api_house, "/")[2]
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', page))
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    origin = f"Origin: https://{API_HOST}:{api_house.api_port}\r\nSec-Fetch-Site: same-origin\r\n"
    status, top, _ = ask(api_house, "/acknowledge", "POST", origin, body)
    assert status == 303 and "Location: /\r\n" in top
    assert "Tak. Nu ved du besked" in ask(api_house, "/")[2]


def test_a_request_in_many_records_is_one(api_house):
    with secure(api_house, connect(api_house)) as sock:
        for byte in head(api_house):
            sock.sendall(bytes([byte]))
        assert read_all(sock).startswith(b"HTTP/1.1 200 ")


def test_a_hello_that_drips(api_house):
    """The handshake waits in the loop, and others are answered meanwhile."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = ssl.create_default_context(cafile=api_house.authority).wrap_bio(
        incoming, outgoing, server_hostname=API_HOST
    )
    with connect(api_house) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                said = outgoing.read()
                for start in range(0, len(said), 100):
                    sock.sendall(said[start : start + 100])
                    assert api_house.get()[0] == 200
                incoming.write(sock.recv(65536))
        client.write(head(api_house))
        sock.sendall(outgoing.read())
        incoming.write(read_all(sock))
    assert client.read(15) == b"HTTP/1.1 200 OK"


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused(api_house):
    context = ssl.create_default_context(cafile=api_house.authority)
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    with connect(api_house) as sock, pytest.raises(OSError):
        context.wrap_socket(sock, server_hostname=API_HOST)
    assert ask(api_house)[0] == 200


@pytest.mark.parametrize(
    "said", [b"", b"GET / HTTP/1.1\r\nHost: h\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00", b"\0" * 9000]
)
def test_who_speaks_no_tls_gets_nothing_in_the_clear(api_house, said):
    with connect(api_house) as sock:
        sock.sendall(said)
        began = time.monotonic()
        try:
            answer = read_all(sock)
        except ConnectionResetError:
            answer = b""
        assert b"HTTP" not in answer and len(answer) < 10
        assert time.monotonic() - began < 7


def test_a_client_that_falls_silent_after_the_handshake_is_told_so(api_house):
    with secure(api_house, connect(api_house)) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\n")
        began = time.monotonic()
        assert read_all(sock).startswith(b"HTTP/1.1 408 ")
        assert 4 < time.monotonic() - began < 7


def test_a_handshake_that_stands_still_costs_no_processor(api_house):
    """Nothing must be sent into it: the socket would always be ready, and nothing go out."""
    with connect(api_house) as sock:
        sock.sendall(b"\x16\x03\x01\x02\x00\x01")
        before = spent(api_house)
        time.sleep(6)
        assert spent(api_house) - before < 0.5
        assert read_all(sock) == b""


def spent(house):
    """s of processor time of the portal."""
    with open(f"/proc/{house.portal.pid}/stat") as stat:
        fields = stat.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / 100


def test_idle_tls_keeps_nobody_away(api_house):
    idle = [connect(api_house) for _ in range(3 * TLS_CONNECTIONS_MAX)]
    began = time.monotonic()
    assert ask(api_house)[0] == 200 and api_house.get()[0] == 200
    assert time.monotonic() - began < 2
    for sock in idle:
        sock.close()


def test_connections_are_bounded_in_number_and_memory(api_house):
    held = [secure(api_house, connect(api_house, address)) for address in (PEER, "::1") for _ in range(PER_ADDRESS)]
    ask(api_house)
    before = resident_kb(api_house)
    for _ in range(5):
        held += [secure(api_house, connect(api_house)) for _ in range(TLS_CONNECTIONS_MAX)]
    assert resident_kb(api_house) - before < 512
    for sock in held:
        sock.close()
    assert ask(api_house)[0] == 200


def resident_kb(house):
    with open(f"/proc/{house.portal.pid}/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))


def test_a_renewed_certificate_is_shown_without_a_restart(own_api_house):
    house = own_api_house
    assert ask(house)[0] == 200
    renewed = house.install_certificate("renewed")
    assert ask(house, tls={"authority": renewed})[0] == 200


def test_a_bad_certificate_does_not_replace_a_good_one(own_api_house):
    house = own_api_house
    house.certificate.write_text("nonsense")
    assert ask(house)[0] == 200
    eventually(lambda: "can't show this certificate" in house.log.read_text())


def test_without_a_certificate_there_is_still_a_page_and_the_api_comes_with_it(own_api_house):
    house = own_api_house
    house.restart_portal(house.certificate.unlink)
    eventually(lambda: accepts(house.api_port))  # it opens after the page's
    with connect(house) as sock:
        assert read_all(sock) == b""
    assert house.get()[0] == 200
    assert ask(house, tls={"authority": house.install_certificate("late")})[0] == 200


def test_without_a_name_nobody_listens(house):
    assert house.get()[0] == 200
    time.sleep(0.2)
    assert not accepts(house.api_port)


def test_nothing_of_all_this_is_an_error_of_ours(api_house):
    assert ask(api_house)[0] == 200
    assert "Traceback" not in api_house.log.read_text()
