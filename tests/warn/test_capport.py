"""The captive-portal API's answers: each state of a case, and who gets something else."""

import jsonschema
import pytest
from tests.warn.capport_document import TYPE, document
from tests.warn.cases import CLEAR, RELEASED, SETTINGS, stopped

from portvagt import config
from portvagt.warn import answers, capport, dnsmasq
from portvagt.warn.http import Request

SITE = "portal.example.net:8027"
PAGE = f"https://{SITE}/"
CONFIG = (
    "config warn\n\toption api_host portal.example.net\n"
    "\toption api_certificate /etc/portvagt/portal.crt\n\toption api_key /etc/portvagt/portal.key\n"
)


def request(target=capport.PATH, method="GET", host=SITE, site=SITE, **headers):
    asked = Request(method, host, target, {name.replace("_", "-"): value for name, value in headers.items()})
    asked.site = site
    return asked


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (CLEAR, {"captive": False}),
        (RELEASED, {"captive": False}),
        (stopped(captive=True), {"captive": True, "user-portal-url": PAGE}),
        (stopped(captive=False), {"captive": False, "venue-info-url": PAGE}),
        (stopped(captive=False, acknowledged=True), {"captive": False}),
        (stopped(state="garden", captive=True), {"captive": True, "user-portal-url": PAGE}),
        (stopped(state="garden", captive=True, acknowledged=True), {"captive": True, "user-portal-url": PAGE}),
    ],
)
def test_each_state_of_a_case(case, said):
    response = answers.of_case(case, request(accept=TYPE), SETTINGS)
    assert (response.status, response.content_type) == (200, TYPE)
    assert document(response.body) == said
    assert b"Cache-Control: no-store\r\n" in response.encode()


@pytest.mark.parametrize(
    "said",
    [
        "{}",
        '{"captive": "no"}',
        '{"captive": true}',
        '{"captive": true, "user-portal-url": "http://192.168.1.1/"}',
        '{"captive": true, "user-portal-url": "https://a.example/", "seconds-remaining": 5}',
        '{"captive": false, "venue-info-uri": "https://a.example/"}',
    ],
)
def test_the_schema_refuses_what_the_rfc_does(said):
    with pytest.raises(jsonschema.ValidationError):
        document(said)


def test_a_browser_that_asks_the_api_is_led_to_the_page():
    response = answers.at_once(request(accept="text/html,*/*;q=0.8"), SETTINGS)
    assert (response.status, dict(response.headers)["Location"]) == (302, "/")
    assert answers.at_once(request(accept="application/captive+json, text/html"), SETTINGS) is None
    assert answers.at_once(request(), SETTINGS) is None


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(method="POST"), 405),
        (request(host="portal.example.net"), 421),
        (request(host="192.168.1.1:8027"), 421),
        (request("/", host="evil.example:8027"), 421),
        (request("/acknowledge", "POST", host="evil.example:8027"), 421),
        (request("/acknowledge", "POST", origin=f"http://{SITE}"), 403),
        (request("/acknowledge", "POST", origin="https://evil.example"), 403),
        (request(host="192.168.1.1:8025", site=""), 404),
        (request("/", "POST", host=SITE, site=""), 503),
    ],
)
def test_api_and_name_belong_to_their_port_only(asked, status):
    assert answers.at_once(asked, SETTINGS).status == status


def test_the_page_and_its_button_are_there_too():
    assert answers.at_once(request("/acknowledge", "POST", origin=f"https://{SITE}"), SETTINGS) is None
    assert answers.at_once(request("/"), SETTINGS) is None
    assert "Jeg har læst det" in answers.of_case(stopped(captive=True), request("/"), SETTINGS).body


def test_while_the_guard_is_away_the_api_says_nothing():
    response = answers.unavailable(request(accept=TYPE), SETTINGS)
    assert response.status == 503 and "Retry-After" in dict(response.headers)


def test_without_a_name_nothing_is_announced():
    settings = config.parse("", "f")
    assert (capport.site(settings.warn), capport.uri(settings.warn)) == ("", "")
    assert not [line for line in dnsmasq.lines(settings) if not line.startswith("nftset=")]


def test_with_a_name_it_is_announced_and_resolves_to_the_router():
    settings = config.parse("config main\n\tlist lan br-lan\n\tlist lan br-guest\n" + CONFIG, "f")
    uri = "https://portal.example.net:8027/captive-portal/api"
    assert capport.uri(settings.warn) == uri
    assert [line for line in dnsmasq.lines(settings) if not line.startswith("nftset=")] == [
        f"dhcp-option=114,{uri}",
        f"dhcp-option=option6:103,{uri}",
        "interface-name=portal.example.net,br-lan",
        "interface-name=portal.example.net,br-guest",
    ]


def test_the_longest_name_fits_into_the_option_of_dhcpv4():
    text = CONFIG.replace("portal.example.net", "a" * 96 + "." + "b" * 103)
    assert len(capport.uri(config.parse(text, "f").warn)) <= 255
