"""The portal as a process, over real sockets, with a stand-in for the guard."""

import base64
import gzip
import hashlib
import os
import re
import signal
import socket
import subprocess
import time

import pytest
from tests.warn.cases import stopped
from tests.warn.conftest import eventually

from portvagt import runtime
from portvagt.warn import layouts
from portvagt.warn.listeners import CHECK_S

PEER = "127.0.0.1"


@pytest.fixture(autouse=True)
def quiet_home(house):
    house.tell({})


@pytest.mark.parametrize(("wish", "language"), [("da", "da"), ("en-GB,en;q=0.9", "en"), ("nl", "da")])
def test_the_affected_device_gets_its_page_in_its_language(house, wish, language):
    house.tell({PEER: stopped()})
    status, top, body = house.get(headers=f"Accept-Language: {wish}\r\n")
    assert status == 200
    assert f'<html lang="{language}">' in body
    assert "3d:0a" in body
    assert f"Content-Length: {len(body.encode())}\r\n" in top
    assert "Cache-Control: no-store" in top


def test_the_provider_has_its_logo_and_its_colour(house):
    _, top, body = house.get()
    css = body[body.index("<style>") + 7 : body.index("</style>")]
    assert '<img src="data:image/svg+xml;base64,' in body and 'alt="Example Net"' in body
    assert "--deep:#1d4ed8" in css
    assert base64.b64encode(hashlib.sha256(css.encode()).digest()).decode() in top


def test_another_device_gets_the_generic_page(house):
    house.tell({"192.0.2.7": stopped()})
    status, _, body = house.get()
    assert status == 200
    assert "Vi har ikke set noget galt" in body
    assert "3d:0a" not in body


def test_an_address_in_the_request_changes_nothing(house):
    house.tell({"192.0.2.7": stopped()})
    _, _, body = house.get("/?address=192.0.2.7", "X-Forwarded-For: 192.0.2.7\r\nForwarded: for=192.0.2.7\r\n")
    assert "3d:0a" not in body


def test_ipv6_devices_are_known_by_their_address(house):
    house.tell({"::1": stopped()})
    assert "3d:0a" in house.get(address="::1")[2]
    assert "3d:0a" not in house.get(address="127.0.0.1")[2]


def test_head_has_no_body(house):
    status, top, body = house.get(method="HEAD")
    assert (status, body) == (200, "")
    assert f"Content-Length: {len(house.get()[2].encode())}\r\n" in top + "\r\n"


@pytest.mark.parametrize("target", ["/", "/prevention", "/mail", "/none"])
def test_who_asks_for_gzip_gets_it(house, target):
    house.tell({PEER: stopped()})
    _, _, plain = house.get(target)
    head = f"GET {target} HTTP/1.1\r\nHost: {PEER}:{house.port}\r\nAccept-Encoding: gzip, deflate, br\r\n\r\n"
    top, _, body = house.raw(head.encode()).partition(b"\r\n\r\n")
    assert b"\r\nContent-Encoding: gzip\r\n" in top and b"\r\nContent-Length: %d\r\n" % len(body) in top
    assert gzip.decompress(body).decode() == plain
    assert house.raw(head.replace("GET", "HEAD").encode()) == top + b"\r\n\r\n"
    assert len(body) < 0.75 * len(plain)


def test_curl_reads_it(house):
    command = ["curl", "-s", "--compressed", f"http://{PEER}:{house.port}/prevention"]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout == house.get("/prevention")[2]


def test_a_probe_of_the_affected_device_is_redirected(house):
    house.tell({PEER: stopped()})
    status, top, _ = house.get("/generate_204", host="connectivitycheck.gstatic.com")
    assert status == 302
    assert "Location: http://192.168.1.1:8025/\r\n" in top
    assert "Connection: close" in top


def test_a_probe_of_a_healthy_device_gets_no_success(house):
    assert house.get("/generate_204", host="connectivitycheck.gstatic.com")[0] == 503


@pytest.mark.parametrize(
    ("before", "case", "path", "behind", "after"),
    [
        ("/", stopped(), "/acknowledge", "/", "Tak. Nu ved du besked"),
        ("/", stopped(acknowledged=True), "/cleaned", "/", "Tak, fordi du rensede den"),
        ("/mail-server", stopped(), "/mail-server", "/mail-server", "1048\u00a06571"),
        ("/not-mine", stopped(), "/not-mine", "/not-mine", "Tak, det er noteret"),
    ],
)
def test_each_button_leads_to_the_page_behind_it(house, before, case, path, behind, after):
    house.tell({PEER: case})
    page = house.get(before)[2]
    assert f'action="{path}"' in page
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', page))
    body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
    origin = f"Origin: http://127.0.0.1:{house.port}\r\n"
    status, top, _ = house.get(path, origin, method="POST", body=body)
    assert status == 303
    assert f"Location: {behind}\r\n" in top
    assert after in house.get(behind)[2]


def test_help_is_there_while_the_guard_is_away(own_house):
    own_house.kill_guard()
    assert "Sådan holder du virus ude" in own_house.get("/prevention")[2]


@pytest.mark.parametrize(
    "body", [b"incident=3f9c2b&token=wrong", b"incident=&token=", b"", b"\xff\x00", b"token=" + b"a" * 2000]
)
def test_a_wrong_token_ends_nothing(house, body):
    house.tell({PEER: stopped()})
    for path in layouts.BUTTONS:
        status, _, page = house.get(path, method="POST", body=body)
        assert status == 403
        assert "Prøv knappen igen" in page
    assert "Jeg har læst det" in house.get()[2]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: h\r\nX: " + b"x" * 200_000 + b"\r\n\r\n", 431),
        (b"POST /acknowledge HTTP/1.1\r\nHost: h\r\nContent-Length: 60000\r\n\r\n" + b"x" * 60_000, 413),
        (b"DELETE / HTTP/1.1\r\nHost: h\r\n\r\n", 405),
        (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    ],
)
def test_what_is_refused_is_told_so(house, data, status):
    assert house.raw(data).startswith(b"HTTP/1.1 %d " % status)


def test_a_request_that_drips_is_ended(house):
    with socket.create_connection((PEER, house.port), 10) as sock:
        started = time.monotonic()
        while time.monotonic() - started < 4.5:
            sock.sendall(b"X")
            time.sleep(0.25)
        assert sock.recv(100).startswith(b"HTTP/1.1 408 ")
        assert 4.5 < time.monotonic() - started < 7


def test_200_idle_connections_do_not_keep_the_page_away(house):
    idle = [socket.create_connection((PEER, house.port), 10) for _ in range(200)]
    started = time.monotonic()
    status, _, _ = house.get()
    took = time.monotonic() - started
    for sock in idle:
        sock.close()
    assert status == 200
    assert took < 3  # who waits for them waits for 5 s


def test_a_client_that_reads_nothing_holds_no_memory(house):
    def kilobytes():
        with open(f"/proc/{house.portal.pid}/status") as status:
            return int(re.search(r"VmRSS:\s+(\d+)", status.read())[1])

    house.get()
    before = kilobytes()
    for _ in range(300):
        with socket.create_connection((PEER, house.port), 10) as sock:
            sock.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n")
    assert house.get()[0] == 200
    assert kilobytes() - before < 2000


def test_while_the_guard_is_away_the_page_says_so_and_then_comes_back(house):
    house.tell({PEER: stopped()})
    house.kill_guard()
    _, top, body = eventually(lambda: house.get() if house.get()[0] == 503 else None)
    assert "Retry-After" in top
    assert "Siden er klar om lidt" in body
    assert house.get("/generate_204", host="www.gstatic.com")[0] == 503
    house.start_guard()
    assert eventually(lambda: house.get()[0] == 200)


def test_a_guard_that_hangs_does_not_hang_the_page(house):
    house.freeze_guard()
    started = time.monotonic()
    assert house.get()[0] == 503
    assert time.monotonic() - started < 5
    house.kill_guard()
    house.start_guard()
    assert eventually(lambda: house.get()[0] == 200)


def test_looking_for_interfaces_again_costs_no_file_and_no_line(house):
    def files():
        return len(os.listdir(f"/proc/{house.portal.pid}/fd"))

    before = eventually(lambda: files() < 12 and files())
    time.sleep(2 * CHECK_S + 1)
    assert files() <= before
    log = house.log.read_text()
    assert log.count("interface missing0 is not there") == 1
    assert "Traceback" not in log


@pytest.fixture
def bridge(sandbox):
    """Makes the interface that is missing, anew at each call."""

    def make(name="missing0"):
        remove()
        subprocess.run(["ip", "link", "add", name, "type", "bridge"], check=True)

    def remove():
        subprocess.run(["ip", "link", "del", "missing0"], check=False, stderr=subprocess.DEVNULL)

    yield make
    remove()


def times_answered(house):
    """How often it began to show the page on the interface that was missing."""
    return house.log.read_text().count(f"interface missing0, port {house.port}\n")


def test_an_interface_that_comes_is_seen_at_once(own_house, bridge):
    for times in (1, 2):  # the second time it is another one, as after `network restart`
        bridge()
        eventually(lambda times=times: times_answered(own_house) == times, seconds=CHECK_S / 5)


def test_a_port_that_another_program_gives_up_is_taken(own_house, bridge):
    bridge("other0")
    other = runtime.tcp_listener(own_house.port, "other0")
    subprocess.run(["ip", "link", "set", "other0", "name", "missing0"], check=True)
    eventually(lambda: "is taken by another program" in own_house.log.read_text())
    assert times_answered(own_house) == 0
    other.close()
    eventually(lambda: times_answered(own_house) == 1, seconds=CHECK_S + 2)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_when_told_to(own_house, number):
    assert own_house.get()[0] == 200  # it has begun: its port opens a moment before
    own_house.portal.send_signal(number)
    assert own_house.portal.wait(10) == 0
    assert "Traceback" not in own_house.log.read_text()
