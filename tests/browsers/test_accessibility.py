"""Each page in a real browser: axe-core's rules for WCAG 2.2 AA, and what only a browser can tell."""

from pathlib import Path

import axe_playwright_python
import pytest
from tests.browsers.chromium import VIEWS, tab
from tests.warn.cases import GALLERY, document

from portvagt.warn.language import LANGUAGES

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
FIND = "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})"
# where the last thing is that a person must see at once
BUTTON_ENDS = (
    "() => Math.max(0, ...[...document.querySelectorAll('button')].map(b => b.getBoundingClientRect().bottom))"
)
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALLEST_TARGET = """() => Math.min(...[...document.querySelectorAll('a, button, summary')]
    .filter(e => e.checkVisibility()).map(e => e.getBoundingClientRect().height))"""


@pytest.fixture(scope="module", params=["light", "dark", "narrow", "portal-window"])
def view(request, chromium):
    with tab(chromium, request.param) as page:
        page.name = request.param
        yield page


def violations(page):
    page.add_script_tag(path=AXE)
    found = page.evaluate(FIND, TAGS)
    assert found["passes"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


# axe-core looks at all pages in one language, and in the others at one page of each kind: the rest is other words
OF_EACH_KIND = ("gate", "mail-server-sent", "prevention-nas", "mail")


def is_for_axe(page, view, language):
    return language == LANGUAGES[0] or (view == "narrow" and page in OF_EACH_KIND)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_has_a_barrier(view, language):
    # the dark page has the light one's sizes
    for name in GALLERY if view.name != "dark" or language == LANGUAGES[0] else OF_EACH_KIND:
        view.set_content(document(name, language))
        assert view.evaluate(TOO_WIDE) == 0, name
        assert view.evaluate(SMALLEST_TARGET) >= 24, name  # WCAG 2.2, 2.5.8
        if is_for_axe(name, view.name, language):
            assert violations(view) == [], name


def test_a_barrier_would_be_found(view):
    view.set_content(document().replace("--text:#16211f", "--text:#dddddd").replace('<html lang="da">', "<html>"))
    found = dict(violations(view))
    assert "html-has-lang" in found
    assert "color-contrast" in found or view.name == "dark"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_list_of_languages_opens_by_keyboard(chromium, language):
    with tab(chromium, "narrow") as page:
        page.set_content(document("stopped", language))
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.getAttribute('hreflang')") in LANGUAGES
        assert violations(page) == []
        assert page.evaluate(TOO_WIDE) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_window_of_a_captive_portal_shows_the_button_without_scrolling(chromium, language):
    with tab(chromium, "portal-window") as page:
        for name in GALLERY:
            page.set_content(document(name, language))
            assert page.evaluate(BUTTON_ENDS) <= VIEWS["portal-window"][1], name
