import base64
import gzip
import hashlib
import re
from html.parser import HTMLParser

import pytest
from tests.warn.cases import CLEAR, GALLERY, NAMELESS, RANDOM_MAC, RELEASED, SETTINGS, document, stopped

from portvagt.warn import colour, layouts, style
from portvagt.warn.language import LANGUAGES

VOID = {"meta", "link", "input", "img"}
EVIL = '\u202e"><svg onload=alert(1)>\u0007{mac}'


class Structure(HTMLParser):
    """Elements and attributes, with a check that each element is closed in order."""

    def __init__(self, document):
        super().__init__()
        self.elements = []
        self._open = []
        self.feed(document)
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def named(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


@pytest.fixture(params=sorted(GALLERY))
def name(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def page(request, name):
    return document(name, request.param)


def test_the_skeleton_is_that_of_an_accessible_page(page):
    structure = Structure(page)
    assert page.startswith("<!doctype html>")
    assert structure.named("html")[0]["lang"] in LANGUAGES
    assert len(structure.named("h1")) == len(structure.named("main")) == len(structure.named("title")) == 1
    assert "width=device-width" in structure.named("meta")[1]["content"]


def test_no_script_no_outside_address_no_event(page):
    structure = Structure(page)
    assert structure.named("script") == []
    assert "http" not in page
    for _, attributes in structure.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert attributes.get("href", "/").startswith(("/", "data:,"))
        assert "src" not in attributes


def test_it_is_light(page):
    assert len(gzip.compress(page.encode())) < 5 * 1024


def test_every_link_leads_to_a_page(page):
    for link in Structure(page).named("a"):
        path = re.split("[?#]", link["href"])[0]
        assert path in layouts.ALWAYS or path in layouts.OF_CASE


@pytest.mark.parametrize("path", layouts.ALWAYS)
def test_what_is_always_there_is_a_link_on_every_page(page, name, path):
    hrefs = [link["href"] for link in Structure(page).named("a")]
    assert path in hrefs or GALLERY[name][1] == path


BUTTONS = {
    "stopped": "/acknowledge",
    "gate": "/acknowledge",
    "waiting": "/cleaned",
    "garden": "/cleaned",
    "mail-server": "/mail-server",
    "not-mine": "/not-mine",
}


def test_a_page_has_one_button_or_none(page, name):
    structure = Structure(page)
    action = BUTTONS.get(name.split("-")[0] if name.startswith(("stopped-", "gate-")) else name)
    assert structure.named("form") == ([{"method": "post", "action": action}] if action else [])
    assert len(structure.named("button")) == len(structure.named("form"))
    if action:
        fields = {each["name"]: each["value"] for each in structure.named("input")}
        assert fields == {"incident": "3f9c2b", "token": "77aa01"}


@pytest.mark.parametrize(
    ("case", "asked", "expected"),
    [
        (CLEAR, None, "clear"),
        (CLEAR, "mail_server", "clear"),
        (RELEASED, None, "released"),
        (stopped(), None, "stopped"),
        (stopped(gate=True), None, "gate"),
        (stopped(acknowledged=True), None, "waiting"),
        (stopped(acknowledged=True, may_request=False), None, "reported"),
        (stopped(state="garden"), None, "garden"),
        (stopped(state="garden", may_request=False), None, "garden_closed"),
        (stopped(), "mail_server", "mail_server"),
        (stopped(mail_server=True), "mail_server", "mail_server_sent"),
        (stopped(state="garden"), "not_mine", "not_mine"),
        (stopped(not_mine=True), "not_mine", "not_mine_sent"),
    ],
)
def test_a_case_has_its_page(case, asked, expected):
    assert layouts.page_of(case, asked) == expected


def test_what_a_person_chose_is_kept():
    kept = {"language": "en", "kind": "mac"}
    assert 'action="/acknowledge?kind=mac&amp;language=en"' in document("stopped", "en", kept=kept)
    assert 'href="/?kind=mac&amp;language=en"' in document("expired", "en", kept=kept)
    assert 'href="/prevention?kind=mac&amp;language=en"' in document("stopped", "en", kept=kept)
    assert 'href="/?kind=nas&amp;language=en"' in document("stopped", "en", kept=kept)
    assert 'href="/mail?kind=mac&amp;language=da"' in document("mail", "en", kept=kept)


def test_it_says_which_device():
    page = document("stopped", "en")
    assert "<b><bdi>laptop</bdi></b> (Windows PC)" in page
    assert '<b dir="ltr">3d:0a</b>' in page
    assert "random" not in page


def test_it_says_when_a_device_has_a_random_mac():
    page = document("stopped", "en", case=stopped(device=RANDOM_MAC))
    assert 'Its MAC address is random and ends in <b dir="ltr">3d:0a</b>' in page
    assert "Windows PC – the one you are using now." in page
    assert "bdi" not in page


def test_a_device_that_is_known_by_its_address_only():
    device = {"name": None, "mac_tail": None, "random_mac": False}
    assert "<dd>The one you are using now.</dd>" in document("stopped-other", "en", case=stopped(device=device))


def test_a_hostile_name_is_shown_and_does_nothing():
    device = {"name": EVIL, "mac_tail": "3d:0a", "random_mac": False}
    page = document(case=stopped(device=device))
    assert len(Structure(page).named("svg")) == 1  # ours
    assert "&lt;svg onload=alert(1)&gt;{mac}" in page
    assert "\u202e" not in page
    assert "\u0007" not in page


def test_a_name_of_nothing_visible_is_no_name():
    device = {"name": "\u202e\u200b ", "mac_tail": None, "random_mac": False}
    assert "bdi" not in document(case=stopped(device=device))


def test_hostile_settings_and_tokens_are_escaped():
    hostile = SETTINGS._replace(isp_name="A & <b>{isp}", isp_phone='"1"')
    page = document("stopped", "en", hostile, case=stopped(token='"><script>'))
    assert "Call A &amp; &lt;b&gt;{isp} on the number" in page
    assert Structure(page).named("script") == []


def test_without_a_provider_the_sentences_are_whole():
    page = document("stopped", "en", NAMELESS)
    assert "Call your internet provider on the number on your bill.</p>" in page
    assert "It says" not in page


def test_an_unknown_device_is_asked_for_and_a_known_one_can_be_changed():
    asked = document("stopped-other", "en")
    assert asked.index("What kind of device is it?") < asked.index("Do three things")
    known = document("stopped", "en")
    assert known.index("I have read this") < known.index("Is it another kind of device?")
    assert [link for link in Structure(known).named("a") if "aria-current" in link] == [
        {"href": "/?kind=windows", "aria-current": "true"}
    ]


def test_a_language_from_right_to_left_says_so(monkeypatch):
    from portvagt.warn import language

    monkeypatch.setattr(language, "RIGHT_TO_LEFT", ("en",))
    assert '<html lang="en" dir="rtl">' in document("clear", "en")
    assert 'lang="en" hreflang="en" dir="rtl"' in document("clear", "da")


def test_sides_are_start_and_end():
    """So that the style sheet serves languages from right to left too."""
    physical = re.findall(r"(?:margin|padding|border)-(?:left|right)|[^-]\b(?:left|right):|text-align:(?:left|right)",
                          style.sheet().css)  # fmt: skip
    assert physical == []


def test_the_policy_lets_in_exactly_our_style():
    for sheet in (style.sheet(), style.sheet("#b00020")):
        page = document(settings=SETTINGS._replace(sheet=sheet))
        css = page[page.index("<style>") + 7 : page.index("</style>")]
        digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
        assert f"style-src 'sha256-{digest}'" in sheet.policy
        assert "default-src 'none'" in sheet.policy


PAIRS = [("text", "back"), ("text", "card"), ("soft", "back"), ("soft", "card"), ("deep", "back"), ("deep", "card"),
         ("on-deep", "deep")]  # fmt: skip


@pytest.mark.parametrize("accent", ["", "#0000ff", "#000000", "#b00020", "#6b21a8", "#6f6f00"])
@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(("front", "back"), PAIRS)
def test_colours_have_the_contrast_of_wcag_aa(scheme, front, back, accent):
    block = re.findall(r":root{(color-scheme:[^}]*|--back:#1[^}]*)}", style.sheet(accent).css)[scheme]
    colours = dict(re.findall(r"--([\w-]+):(#\w{6})", block))
    assert colour.contrast(colours[front], colours[back]) >= 4.5


def test_contrast_is_computed_as_defined():
    assert colour.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colour.contrast("#ffffff", "#777777") == pytest.approx(4.48, abs=0.01)


def test_a_colour_that_can_not_be_read_is_refused_with_both_figures():
    assert style.problem("#0b5a4d") == ""
    assert style.problem("#ffcc00").startswith("has a contrast of 1.3 to 1 with the page; 4.5 to 1 is needed (WCAG")
