"""What the family sees, each device its own."""

import re

import pytest
from tests.scenarios import steps

from portvagt.warn.probes import GENTLE_HOSTS
from portvagt_sim.internet.sites import PLAIN_SITE, PROBES
from portvagt_sim.waiting import wait_until

PROBE = next(probe for probe in PROBES if probe.host in GENTLE_HOSTS)
CLASSIC = next(probe for probe in PROBES if probe.host not in GENTLE_HOSTS)
PROBE_URL = f"http://{PROBE.host}{PROBE.path}"


@pytest.fixture
def settings():
    return {"warn": {"level": "gentle"}, "judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped."""
    steps.outbreak(world, world.home.laptop, 4)
    return world.home.laptop


def test_each_device_sees_its_own_page(world, laptop):
    danish, english = steps.page(world, laptop, "da"), steps.page(world, laptop, "en-GB,en;q=0.8")
    assert (danish.status, danish.headers["content-language"]) == (200, "da")
    assert "Vi har stoppet mail fra denne enhed" in danish.body
    assert "laptop" in danish.body
    assert (english.status, english.headers["content-language"]) == (200, "en")
    assert "We have stopped mail from this device" in english.body
    for healthy in (world.home.phone, world.home.tv):
        page = steps.page(world, healthy)
        assert page.status == 200
        assert "Vi har ikke set noget galt" in page.body
        assert "laptop" not in page.body
    assert "Vi har stoppet mail" in steps.page(world, laptop, family=6).body


def test_a_probe_leads_to_the_page_until_somebody_has_read_it(world, laptop):
    for family in (4, 6):
        redirected = laptop.fetch(PROBE_URL, family=family)
        assert redirected.status == 302
        page = laptop.fetch(redirected.headers["location"], {"Accept-Language": "da"})
        assert "Vi har stoppet mail" in page.body
    assert world.home.tv.fetch(PROBE_URL).status == PROBE.status
    # a telephone that heard of a portal would leave the Wi-Fi
    assert laptop.fetch(f"http://{CLASSIC.host}{CLASSIC.path}").status == CLASSIC.status
    assert laptop.fetch(f"https://{PLAIN_SITE}/").status == 200
    assert laptop.fetch(f"http://{PLAIN_SITE}/").status == 200

    assert steps.button(world, laptop).status == 303
    wait_until(lambda: laptop.fetch(PROBE_URL).status == PROBE.status, 5, "the probe's own answer comes back")
    assert "Tak. Nu ved du besked" in steps.page(world, laptop).body
    assert steps.escapes(world, laptop, 4) == 0  # malware can press a button too


def test_another_device_can_not_press_the_button(world, laptop):
    fields = dict(re.findall(r'name="(\w+)" value="(\w+)"', steps.page(world, laptop).body))
    body = "&".join(f"{name}={value}" for name, value in fields.items())
    assert world.home.tv.fetch(steps.page_url(world) + "acknowledge", method="POST", body=body).status == 403
    assert laptop.fetch(PROBE_URL).status == 302


def test_after_a_release_probes_and_page_are_as_before(world, laptop):
    world.router.call("release", device=laptop.mac)
    assert laptop.fetch(PROBE_URL).status == PROBE.status
    assert "Mail er åben igen" in steps.page(world, laptop).body


@pytest.mark.parametrize(
    "path, kind, sent",
    [("mail-server", "mail_server_claimed", "Ring nu til"), ("not-mine", "disowned", "Tak, det er noteret")],
)
def test_what_a_family_asks_of_the_isp_has_a_number_and_opens_nothing(world, laptop, path, kind, sent):
    answer = steps.button(world, laptop, path)
    assert (answer.status, answer.headers["location"]) == (303, "/" + path)
    page = steps.page(world, laptop, path=path).body
    number = re.search(r'class="number"><b dir="ltr">(\d{4})\xa0(\d{4})<', page)
    incident = steps.event(world, kind).json()["data"]["incident"]
    assert sent in page and int(number[1] + number[2]) == int(incident[:8], 16) % 10**8
    assert "<button>" not in page
    assert f"number {number[1]} {number[2]}." in world.router.cli("explain", "laptop").stdout
    assert steps.escapes(world, laptop) == 0


def test_prevention_is_there_for_everybody(world, laptop):
    for device in (laptop, world.home.tv):
        assert "Sådan holder du virus ude" in steps.page(world, device, path="prevention").body


def test_the_page_is_for_the_home_only(world, laptop):
    from portvagt_sim import addresses as plan
    from portvagt_sim.namespaces import answers

    for address in (*plan.WAN_ROUTER, *plan.LAN_ROUTER):
        for port in (world.router.portal_port, world.router.tls_port):
            assert not answers(world.isp.netns, address, port)
