"""The walled garden: a stopped device's web leads to the page, and help is left open."""

import errno
import socket
import ssl
import subprocess
import time

import pytest
from tests.scenarios import steps

from portvagt_sim.internet.sites import OTHER_SITE, PLAIN_SITE, SITES
from portvagt_sim.namespaces import answers, entered, exec_in

HTML = {"Accept": "text/html"}
AT_ONCE_S = 3  # some ms; a silent connection is ended after 5 s
# a query for the A record of www.example.com (RFC 1035, 4.1)
ASK = """
import socket, sys
asker = socket.socket(type=socket.SOCK_DGRAM)
asker.settimeout(3)
question = bytes.fromhex("00010100000100000000000003777777076578616d706c6503636f6d0000010001")
asker.sendto(question, (sys.argv[1], 53))
print(len(asker.recv(512)))
"""


@pytest.fixture
def settings():
    return {"warn": {"help_site": ["example.org"]}, "judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def confined(world):
    """The laptop, in the garden."""
    laptop = world.home.laptop
    for command in ("stop", "garden"):
        assert world.router.cli(command, "laptop").returncode == 0
    assert steps.state(world, laptop) == "garden"
    return laptop


@pytest.mark.parametrize("family", [4, 6])
def test_the_web_leads_to_the_page_and_help_is_open(world, confined, family):
    answer = confined.fetch(f"http://{PLAIN_SITE}/", HTML, family=family)
    assert answer.status == 302
    assert answer.headers["location"].endswith(f":{world.router.portal_port}/")
    assert confined.fetch(f"http://{OTHER_SITE}/", HTML, family=family).status == 200
    assert confined.fetch(f"https://{OTHER_SITE}/", family=family).status == 200
    assert not answers(confined.netns, SITES[PLAIN_SITE].of(family), 8080)
    assert steps.escapes(world, confined, family) == 0
    assert world.home.phone.fetch(f"http://{PLAIN_SITE}/", HTML, family=family).status == 200


@pytest.mark.parametrize("family", [4, 6])
def test_tls_gets_an_alert_at_once_and_the_neighbours_go_on(world, confined, family):
    with entered(confined.netns):
        sock = socket.create_connection((SITES[PLAIN_SITE].of(family), 443), timeout=5)
    began = time.monotonic()
    with sock, pytest.raises(ssl.SSLError) as caught:
        ssl.create_default_context().wrap_socket(sock, server_hostname=PLAIN_SITE)
    assert caught.value.reason == "TLSV1_ALERT_ACCESS_DENIED"
    assert time.monotonic() - began < AT_ONCE_S
    assert "access denied" in confined.fetch(f"https://{PLAIN_SITE}/", family=family).error
    assert world.home.phone.fetch(f"https://{PLAIN_SITE}/", family=family).status == 200
    assert steps.button(world, confined).status == 303
    assert confined.fetch(f"https://{PLAIN_SITE}/", family=family).status == 200


@pytest.mark.parametrize("family", [4, 6])
@pytest.mark.parametrize("site", [PLAIN_SITE, OTHER_SITE])
def test_quic_is_refused_at_once_so_that_browsers_take_tcp(confined, site, family):
    with entered(confined.netns):
        sock = socket.socket({4: socket.AF_INET, 6: socket.AF_INET6}[family], socket.SOCK_DGRAM)
    with sock:
        sock.settimeout(5)
        sock.connect((SITES[site].of(family), 443))
        sock.send(bytes(1200))
        began = time.monotonic()
        with pytest.raises(OSError) as caught:
            sock.recv(1500)
    assert caught.value.errno in (errno.EHOSTUNREACH, errno.EACCES)  # icmp(7), net/ipv6/icmp.c: admin-prohibited
    assert time.monotonic() - began < AT_ONCE_S


def test_another_name_server_is_ours_too(world, confined):
    """Who asks a server of its own choice finds the page as well."""
    argv = ["python3", "-c", ASK, "203.0.113.53"]
    done = subprocess.run(exec_in(confined.netns, argv), capture_output=True, text=True, check=True)
    assert int(done.stdout) > 33


def test_the_button_lifts_the_garden_and_opens_no_mail(world, confined):
    page = steps.page(world, confined)
    assert "Kun sider, der hjælper dig" in page.body and "Jeg har renset den" in page.body
    assert steps.button(world, confined).status == 303
    assert steps.state(world, confined) == "stopped"
    assert confined.fetch(f"http://{PLAIN_SITE}/", HTML).status == 200
    assert steps.escapes(world, confined) == 0
    assert steps.event(world, "confined") and steps.event(world, "let_out")


def test_after_three_times_only_the_provider_lifts_it(world, confined):
    for _ in range(3):
        assert steps.button(world, confined).status == 303
        assert steps.state(world, confined) == "stopped"
        world.router.cli("garden", "laptop")
    page = steps.page(world, confined).body
    assert "Ring til os, så hjælper vi" in page and "<button>" not in page


def test_a_release_opens_all(world, confined):
    assert world.router.cli("release", "laptop").returncode == 0
    assert confined.fetch(f"http://{PLAIN_SITE}/", HTML).status == 200
    assert steps.escapes(world, confined, count=3) == 3


def test_a_restart_keeps_the_garden(world, confined):
    world.router.kill("guard")
    world.router.wait_ended("guard")
    world.router.start_process("guard")
    world.router.wait_ready()
    assert confined.fetch(f"http://{PLAIN_SITE}/", HTML).status == 302
    assert steps.state(world, confined) == "garden"

    world.router.stop_agent()
    world.router.nft("delete", "table", "inet", "portvagt")
    world.router.start_agent()
    world.router.wait_ready()
    assert confined.fetch(f"http://{PLAIN_SITE}/", HTML).status == 302


@pytest.mark.parametrize("settings", [{"main": {"never_garden": ["00:00:5e:00:53:10"]}}])
def test_a_telephone_adapter_stays_outside(world):
    laptop = world.home.laptop
    assert laptop.mac == "00:00:5e:00:53:10"
    world.router.cli("stop", "laptop")
    done = world.router.cli("garden", "laptop")
    assert (done.returncode, done.stderr.count("\n")) == (1, 1) and "'never_garden' names this device" in done.stderr
    world.router.nft("add", "element", "inet", "portvagt", "garden_mac", "{ 00:00:5e:00:53:10 }")
    assert laptop.fetch(f"http://{PLAIN_SITE}/", HTML).status == 200
