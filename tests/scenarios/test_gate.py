"""The gate: until somebody has read the page, the web of a stopped device leads to it, and nothing else is touched."""

import errno
import socket
import ssl
import subprocess
import sys

import pytest
from tests.scenarios import steps

from portvagt_sim.internet.sites import OTHER_SITE, PLAIN_SITE, PROBES, SITES
from portvagt_sim.namespaces import entered, exec_in
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

HTML = {"Accept": "text/html"}
PING = ["busybox", "ping", "-q", "-i", "0.1", "-c", "40"]
# holds a connection to a web server that a browser would use again, and says when it ends
VISITOR = """
import socket, sys
visit = socket.create_connection((sys.argv[1], 80), timeout=20)
print("open", flush=True)
try:
    while True:
        visit.sendall(b"x")
        visit.settimeout(0.2)
        try:
            if visit.recv(100) == b"":
                break
        except TimeoutError:
            pass
except ConnectionError:
    pass
print("ended", flush=True)
"""


@pytest.fixture
def settings():
    return {"warn": {"help_site": ["example.org"]}, "judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped."""
    assert world.router.cli("stop", "laptop").returncode == 0
    return world.home.laptop


@pytest.mark.parametrize("family", [4, 6])
def test_the_web_leads_to_the_page_until_somebody_has_clicked(world, laptop, family):
    answer = laptop.fetch(f"http://{PLAIN_SITE}/", HTML, family=family)
    assert answer.status == 302
    page = laptop.fetch(answer.headers["location"], {"Accept-Language": "da"}).body
    assert "Vi har stoppet mail" in page and "Nettet åbner, når du trykker på knappen" in page
    assert "access denied" in laptop.fetch(f"https://{PLAIN_SITE}/", family=family).error
    for probe in PROBES:
        assert laptop.fetch(f"http://{probe.host}{probe.path}", family=family).status == 302
    assert laptop.fetch(f"http://{OTHER_SITE}/", HTML, family=family).status == 200
    assert laptop.fetch(f"https://{OTHER_SITE}/", family=family).status == 200
    assert world.home.phone.fetch(f"https://{PLAIN_SITE}/", family=family).status == 200

    assert steps.button(world, laptop).status == 303
    assert laptop.fetch(f"http://{PLAIN_SITE}/", HTML, family=family).status == 200
    assert laptop.fetch(f"https://{PLAIN_SITE}/", family=family).status == 200
    for probe in PROBES:
        assert laptop.fetch(f"http://{probe.host}{probe.path}", family=family).status == probe.status
    assert steps.state(world, laptop) == "stopped" and steps.escapes(world, laptop, family) == 0


@pytest.mark.parametrize("family", [4, 6])
def test_quic_is_refused_at_the_gate_and_other_udp_is_not(laptop, family):
    def answer(port):
        with entered(laptop.netns):
            sock = socket.socket({4: socket.AF_INET, 6: socket.AF_INET6}[family], socket.SOCK_DGRAM)
        with sock:
            sock.settimeout(2)
            sock.connect((SITES[PLAIN_SITE].of(family), port))
            sock.send(bytes(1200))
            with pytest.raises(OSError) as caught:
                sock.recv(1500)
        return caught.value.errno

    assert answer(443) in (errno.EHOSTUNREACH, errno.EACCES)  # of our router
    assert answer(4430) == errno.ECONNREFUSED  # of the site itself, which has no such service


def test_other_traffic_is_untouched(world, laptop):
    sock = None
    with entered(laptop.netns), pytest.raises(ConnectionRefusedError):  # by the site, not by us
        sock = socket.create_connection((SITES[PLAIN_SITE].v4, 8080), timeout=5)
    assert sock is None
    assert laptop.send_mail(1)["sent"] == 1


def test_what_a_browser_has_open_does_not_hide_the_page(world, tmp_path):
    laptop = world.home.laptop
    site = SITES[PLAIN_SITE].v4
    visit = Program("visitor", laptop.netns, [sys.executable, "-c", VISITOR, site], tmp_path / "visit.log")
    try:
        wait_until(lambda: "open" in visit.log(), 5, "the visit has begun")
        assert world.router.cli("stop", "laptop").returncode == 0
        wait_until(lambda: "ended" in visit.log(), 5, "the visit has ended")
    finally:
        visit.stop()


def test_the_neighbour_loses_no_packet(world):
    phone = world.home.phone
    argv = exec_in(phone.netns, [*PING, SITES[PLAIN_SITE].v4])
    pings = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    assert world.router.cli("stop", "laptop").returncode == 0
    assert world.router.cli("garden", "laptop").returncode == 0
    assert world.router.cli("release", "laptop").returncode == 0
    assert " 0% packet loss" in pings.communicate(timeout=30)[0]


@pytest.mark.parametrize("settings", [{"main": {"never_garden": ["00:00:5e:00:53:10"]}}])
def test_a_telephone_adapter_is_not_at_the_gate(world, laptop):
    assert laptop.mac == "00:00:5e:00:53:10"
    assert laptop.fetch(f"https://{PLAIN_SITE}/").status == 200
    assert steps.escapes(world, laptop) == 0


def test_a_restart_keeps_the_gate_and_that_it_was_passed(world, laptop):
    def restart():
        world.router.stop_agent()
        world.router.nft("delete", "table", "inet", "portvagt")
        world.router.start_agent()
        world.router.wait_ready()

    restart()
    assert laptop.fetch(f"http://{PLAIN_SITE}/", HTML).status == 302
    assert steps.button(world, laptop).status == 303
    restart()
    assert laptop.fetch(f"http://{PLAIN_SITE}/", HTML).status == 200


def test_tls_of_the_gate_is_an_alert_that_is_understood(laptop):
    with entered(laptop.netns):
        sock = socket.create_connection((SITES[PLAIN_SITE].v4, 443), timeout=5)
    with sock, pytest.raises(ssl.SSLError) as caught:
        ssl.create_default_context().wrap_socket(sock, server_hostname=PLAIN_SITE)
    assert caught.value.reason == "TLSV1_ALERT_ACCESS_DENIED"
