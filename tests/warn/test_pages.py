import re
from html.parser import HTMLParser

import pytest
from tests.warn.cases import NAMELESS, SETTINGS, stopped

from portvagt.warn import style
from portvagt.warn.language import LANGUAGES
from portvagt.warn.pages import Page

KINDS = {
    "stopped": lambda page: page.stopped(stopped()),
    "acknowledged": lambda page: page.stopped(stopped(acknowledged=True)),
    "clear": lambda page: page.clear(),
    "unavailable": lambda page: page.notice("unavailable"),
    "missing": lambda page: page.notice("missing"),
    "expired": lambda page: page.notice("expired"),
}
VOID = {"meta", "link", "input"}
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


@pytest.fixture(params=sorted(KINDS))
def kind(request):
    return request.param


@pytest.fixture(params=LANGUAGES)
def document(request, kind):
    return KINDS[kind](Page(SETTINGS, request.param))


def test_the_skeleton_is_that_of_an_accessible_page(document):
    page = Structure(document)
    assert document.startswith("<!doctype html>")
    assert page.named("html")[0]["lang"] in LANGUAGES
    assert len(page.named("h1")) == len(page.named("main")) == len(page.named("title")) == 1
    assert "width=device-width" in page.named("meta")[1]["content"]


def test_no_script_no_outside_address_no_event(document):
    page = Structure(document)
    assert page.named("script") == []
    assert "http" not in document
    for _, attributes in page.elements:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert attributes.get("href", "/").startswith(("/", "data:,"))
        assert "src" not in attributes


def test_it_is_light(document):
    assert len(document.encode()) < 14 * 1024


def test_the_affected_device_sees_one_button():
    page = Structure(KINDS["stopped"](Page(SETTINGS, "da")))
    assert len(page.named("button")) == 1
    assert page.named("form") == [{"method": "post", "action": "/acknowledge"}]
    fields = {each["name"]: each["value"] for each in page.named("input")}
    assert fields == {"incident": "3f9c2b", "token": "77aa01"}


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"stopped"}), indirect=True)
def test_no_other_page_has_a_button(document):
    assert Structure(document).named("button") == []


def test_a_chosen_language_is_kept():
    assert 'action="/acknowledge?language=en"' in Page(SETTINGS, "en", True).stopped(stopped())
    assert 'href="/?language=en"' in Page(SETTINGS, "en", True).notice("expired")


def test_it_says_which_device():
    document = Page(SETTINGS, "en").stopped(stopped())
    assert "<bdi>laptop</bdi>" in document
    assert "<b>3d:0a</b>" in document
    assert "random" not in document


def test_it_says_when_a_device_has_a_random_mac():
    device = {"name": None, "mac_tail": "3d:0a", "random_mac": True}
    document = Page(SETTINGS, "en").stopped(stopped(device=device))
    assert "It picked a random address, which ends in <b>3d:0a</b>" in document
    assert "bdi" not in document


def test_a_device_that_is_known_by_its_address_only():
    device = {"name": None, "mac_tail": None, "random_mac": False}
    document = Page(SETTINGS, "en").stopped(stopped(device=device))
    assert "<dd>The one you are using now.</dd>" in document


def test_a_hostile_name_is_shown_and_does_nothing():
    device = {"name": EVIL, "mac_tail": "3d:0a", "random_mac": False}
    document = Page(SETTINGS, "da").stopped(stopped(device=device))
    assert Structure(document).named("svg") == []
    assert "&lt;svg onload=alert(1)&gt;{mac}" in document
    assert "\u202e" not in document
    assert "\u0007" not in document


def test_a_name_of_nothing_visible_is_no_name():
    device = {"name": "\u202e\u200b ", "mac_tail": None, "random_mac": False}
    assert "bdi" not in Page(SETTINGS, "da").stopped(stopped(device=device))


def test_hostile_settings_and_tokens_are_escaped():
    page = Page(SETTINGS._replace(isp_name="A & <b>", isp_phone='"1"'), "en")
    document = page.stopped(stopped(token='"><script>'))
    assert "Call A &amp; &lt;b&gt; on the number" in document
    assert Structure(document).named("script") == []


def test_without_a_provider_the_sentences_are_whole():
    document = Page(NAMELESS, "en").stopped(stopped())
    assert "Call your internet provider on the number on your bill.</p>" in document
    assert "It says" not in document


def test_the_policy_lets_in_exactly_our_style():
    import base64
    import hashlib

    document = Page(SETTINGS, "da").clear()
    css = document[document.index("<style>") + 7 : document.index("</style>")]
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    assert f"style-src 'sha256-{digest}'" in style.POLICY
    assert "default-src 'none'" in style.POLICY


def luminance(colour):
    """WCAG 2.2, relative luminance."""
    channels = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted([luminance(first), luminance(second)], reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1])
@pytest.mark.parametrize(
    ("front", "back"),
    [("text", "back"), ("text", "card"), ("soft", "back"), ("soft", "card"), ("deep", "back"), ("on-deep", "deep")],
)
def test_colours_have_the_contrast_of_wcag_aa(scheme, front, back):
    block = re.findall(r":root{([^}]*)}", style.CSS)[scheme]
    colours = dict(re.findall(r"--([\w-]+):(#\w{6})", block))
    assert contrast(colours[front], colours[back]) >= 4.5


def test_contrast_is_computed_as_defined():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
