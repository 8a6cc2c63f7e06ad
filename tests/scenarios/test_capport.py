"""The captive-portal API in a whole home: devices hear of it by DHCP, resolve its name, and are told their state."""

import json
import re
import socket
import struct

import pytest
from tests.scenarios import steps
from tests.warn.capport_document import ACCEPT, document

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.internet.sites import PLAIN_SITE
from portvagt_sim.namespaces import answers, entered

HOST = "portal.example.net"
SITE = f"https://{HOST}:8027/"
URI = SITE + "captive-portal/api"
ON = {"api_host": HOST}
QUICKLY = {"judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def settings():
    return {"warn": ON, **QUICKLY}


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped."""
    assert world.router.cli("stop", "laptop").returncode == 0
    return world.home.laptop


def told(device, family):
    """What the API says to a device."""
    answer = device.fetch(URI, ACCEPT, family=family)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/captive+json"), answer.error
    return document(answer.body)


def press(device, family):
    """Read the page over HTTPS, and click."""
    shown = device.fetch(SITE, family=family).body
    fields = re.findall(r'name="(\w+)" value="(\w+)"', shown)
    body = "&".join(f"{name}={value}" for name, value in fields)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Origin": SITE[:-1]}
    return device.fetch(SITE + re.search(r'action="/([\w-]+)"', shown)[1], headers, "POST", body, family).status


def dhcpv6_options(device, option):
    """The option's values in the answer to an INFORMATION-REQUEST (RFC 8415, 18.2.6) that asks for it."""
    asked = struct.pack("!HHH", 6, 2, option)  # OPTION_ORO
    identity = struct.pack("!HHHH", 1, 10, 3, 1) + bytes.fromhex(device.mac.replace(":", ""))  # DUID-LL of Ethernet
    with entered(device.netns):
        sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        interface = socket.if_nametoindex("eth0")
    with sock:
        sock.settimeout(5)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("::", 546))
        sock.sendto(b"\x0babc" + identity + asked, ("ff02::1:2", 547, 0, interface))
        reply = sock.recv(2048)
    assert reply[:4] == b"\x07abc"
    found, at = [], 4
    while at < len(reply):
        code, length = struct.unpack("!HH", reply[at : at + 4])
        found += [reply[at + 4 : at + 4 + length].decode()] if code == option else []
        at += 4 + length
    return found


def test_devices_hear_of_it_over_both_families(world):
    assert world.home.phone.captive_portal() == URI
    assert dhcpv6_options(world.home.phone, 103) == [URI]


@pytest.mark.parametrize("family", [4, 6])
def test_at_the_gate_until_somebody_has_clicked(world, laptop, family):
    assert told(laptop, family) == {"captive": True, "user-portal-url": SITE}
    assert told(world.home.phone, family) == {"captive": False}
    assert "Vi har stoppet mail" in laptop.fetch(SITE, {"Accept-Language": "da"}, family=family).body
    assert press(laptop, family) == 303
    assert told(laptop, family) == {"captive": False}
    assert laptop.fetch(f"https://{PLAIN_SITE}/", family=family).status == 200
    assert steps.state(world, laptop) == "stopped" and steps.escapes(world, laptop, family) == 0


@pytest.mark.parametrize("family", [4, 6])
def test_in_the_garden_until_it_is_lifted(world, laptop, family):
    assert world.router.cli("garden", "laptop").returncode == 0
    assert told(laptop, family) == {"captive": True, "user-portal-url": SITE}
    assert press(laptop, family) == 303
    assert told(laptop, family) == {"captive": False}


@pytest.mark.parametrize("settings", [{"warn": {**ON, "level": "gentle"}, **QUICKLY}])
def test_gentle_is_a_page_worth_reading(world, laptop):
    assert told(laptop, 4) == {"captive": False, "venue-info-url": SITE}
    assert laptop.fetch(f"https://{PLAIN_SITE}/").status == 200
    assert press(laptop, 4) == 303
    assert told(laptop, 4) == {"captive": False}


@pytest.mark.parametrize("settings", [{"warn": ON, "main": {"never_garden": ["00:00:5e:00:53:10"]}}])
def test_what_is_never_shut_in_is_never_captive(laptop):
    assert told(laptop, 4) == {"captive": False, "venue-info-url": SITE}
    assert laptop.fetch(f"https://{PLAIN_SITE}/").status == 200


def test_where_nothing_is_enforced_nobody_is_captive(world, laptop):
    """A case of an earlier policy is still there; the kernel's rules of it are not."""
    world.router.stop_agent()
    steps.reconfigure(world, "option policy 'stop'", "option policy 'observe'")
    world.router.start_agent()
    world.router.wait_ready()
    assert laptop.fetch(f"https://{PLAIN_SITE}/").status == 200
    assert told(laptop, 4)["captive"] is False


def test_the_certificate_is_for_the_name_and_the_port_for_the_home(world):
    answer = world.home.tv.fetch(f"https://{LAN_ROUTER.v4}:8027/captive-portal/api", ACCEPT)
    assert "CERTIFICATE_VERIFY_FAILED" in answer.error
    assert answers(world.home.tv.netns, LAN_ROUTER.v4, 8027)
    assert not answers(world.isp.netns, LAN_ROUTER.v4, 8027)
    assert not answers(world.isp.netns, LAN_ROUTER.v6, 8027)


def test_check_looks_at_the_certificate(world):
    assert "captive-portal API: ok" in world.router.cli("check").stdout
    changed = world.router.scratch / "changed.conf"
    world.router.write(changed, world.router.read(world.router.configuration).replace(HOST, "other.example.net"))
    done = world.router.cli("--config", str(changed), "check")
    assert done.returncode == 1
    assert f"portal.crt: is for {HOST}, not for other.example.net" in done.stdout


@pytest.mark.parametrize("settings", [QUICKLY])
def test_without_a_name_there_is_nothing_of_it(world):
    assert world.home.phone.captive_portal() == ""
    assert dhcpv6_options(world.home.phone, 103) == []
    assert "8027" not in world.router.nft("list", "table", "inet", "portvagt")
    assert not answers(world.home.phone.netns, LAN_ROUTER.v4, 8027)
    assert json.loads(world.router.cli("status", "--json").stdout)["watching"]
