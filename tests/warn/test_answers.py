import pytest
from tests.warn.cases import CLEAR, RELEASED, SETTINGS, stopped

from portvagt.warn import answers, probes
from portvagt.warn.http import Request

OWN = "192.168.1.1:8025"


def request(method="GET", target="/", host=OWN, **headers):
    return Request(method, host, target, {name.replace("_", "-"): value for name, value in headers.items()})


def location(response):
    return dict(response.headers).get("Location")


@pytest.mark.parametrize("probe", probes.PROBES, ids=lambda probe: probe.host + probe.path)
def test_a_probe_of_the_affected_device_is_sent_to_the_page(probe):
    response = answers.of_case(stopped(), request(host=probe.host, target=probe.path), SETTINGS)
    assert (response.status, location(response)) == (302, "http://192.168.1.1:8025/")


@pytest.mark.parametrize("case", [CLEAR, stopped(acknowledged=True), stopped(page=None), stopped()])
def test_another_site_never_gets_a_success(case):
    response = answers.of_case(case, request(host="ocsp.example.net", accept="*/*"), SETTINGS)
    assert response.status == 503
    assert "Retry-After" in dict(response.headers)


@pytest.mark.parametrize("case", [CLEAR, stopped(acknowledged=True), stopped(page=None)])
@pytest.mark.parametrize("probe", probes.PROBES, ids=lambda probe: probe.host + probe.path)
def test_no_probe_gets_what_it_hopes_for(case, probe):
    assert answers.of_case(case, request(host=probe.host, target=probe.path), SETTINGS).status == 503


def test_a_page_that_a_person_opens_leads_to_ours():
    response = answers.of_case(stopped(), request(host="www.example.com", accept="text/html"), SETTINGS)
    assert response.status == 302


def test_the_page_depends_on_the_case():
    assert "Jeg har læst det" in answers.of_case(stopped(), request(), SETTINGS).body
    assert "Tak. Nu ved du besked" in answers.of_case(stopped(acknowledged=True), request(), SETTINGS).body
    assert "Vi har ikke set noget galt" in answers.of_case(CLEAR, request(), SETTINGS).body
    assert "Mail er åben igen" in answers.of_case(RELEASED, request(), SETTINGS).body
    asked = request(target="/mail-server")
    assert "Har du din egen mailserver?" in answers.of_case(stopped(), asked, SETTINGS).body
    assert "1048\u00a06571" in answers.of_case(stopped(mail_server=True), asked, SETTINGS).body


@pytest.mark.parametrize(
    ("headers", "target", "name", "words"),
    [
        ({"user_agent": "Mozilla/5.0 (Windows NT 10.0)"}, "/", "", "Åbn Windows Sikkerhed"),
        ({"user_agent": "Mozilla/5.0 (Windows NT 10.0)"}, "/?kind=nas", "", "QNAP"),
        ({"user_agent": "Mozilla/5.0 (Windows NT 10.0)"}, "/?kind=toaster", "", "Åbn Windows Sikkerhed"),
        ({}, "/", "Mettes-iPhone", "Slet apps og profiler"),
        ({}, "/", "laptop", "Hvad er det for en enhed?"),
    ],
)
def test_the_steps_are_those_of_the_kind_of_device(headers, target, name, words):
    case = stopped(device={"name": name, "mac_tail": "3d:0a", "random_mac": False})
    assert words in answers.of_case(case, request(target=target, **headers), SETTINGS).body


def test_the_link_to_a_language_beats_the_browsers_wish():
    response = answers.of_case(CLEAR, request(target="/?language=en", accept_language="da"), SETTINGS)
    assert 'lang="en"' in response.body
    assert 'lang="da"' in answers.of_case(CLEAR, request(target="/?language=xx"), SETTINGS).body


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (request(target="/other"), 404),
        (request("POST"), 405),
        (request("GET", "/acknowledge"), 302),
        (request("GET", "/cleaned"), 302),
        (request("POST", "/prevention"), 405),
        (request("POST", "/other"), 404),
        (request("POST", "/mail-server", origin="http://evil.example"), 403),
        (request("POST", "/acknowledge", origin="http://evil.example"), 403),
        (request("POST", "/acknowledge", origin="null"), 403),
        (request("POST", "/acknowledge", sec_fetch_site="cross-site"), 403),
        (request("POST", "/acknowledge", host="evil.example:8025", origin="http://evil.example:8025"), 503),
        (request("POST", "/", host="captive.apple.com"), 503),
    ],
)
def test_what_needs_no_guard_is_answered_at_once(asked, status):
    assert answers.at_once(asked, SETTINGS).status == status


@pytest.mark.parametrize(
    "asked",
    [
        request(),
        request("HEAD"),
        request(host="captive.apple.com", target="/hotspot-detect.html"),
        request("GET", "/mail-server"),
        request("POST", "/acknowledge"),
        request("POST", "/cleaned"),
        request("POST", "/mail-server"),
        request("POST", "/not-mine"),
        request("POST", "/acknowledge", origin="http://192.168.1.1:8025", sec_fetch_site="same-origin"),
    ],
)
def test_for_the_rest_the_guard_is_asked(asked):
    assert answers.at_once(asked, SETTINGS) is None


@pytest.mark.parametrize(
    ("path", "behind"),
    [("/acknowledge", "/"), ("/cleaned", "/"), ("/mail-server", "/mail-server"), ("/not-mine", "/not-mine")],
)
def test_after_a_button_the_page_behind_it_is_opened_by_get(path, behind):
    response = answers.pressed(request("POST", path))
    assert (response.status, location(response)) == (303, behind)
    kept = answers.pressed(request("POST", path + "?language=en&kind=mac&evil=%0d%0a"))
    assert location(kept) == behind + "?kind=mac&language=en"


@pytest.mark.parametrize(
    ("path", "words"), [("/prevention", "Sådan holder du virus ude"), ("/mail", "Flyt mailen til port 587")]
)
def test_help_is_there_without_the_guard(path, words):
    response = answers.at_once(request(target=path), SETTINGS)
    assert response.status == 200
    assert words in response.body


def test_pages_carry_the_policy():
    headers = dict(answers.of_case(CLEAR, request(), SETTINGS).headers)
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_say_their_language():
    for language in ("da", "en"):
        response = answers.of_case(CLEAR, request(accept_language=language), SETTINGS)
        assert dict(response.headers)["Content-Language"] == language
