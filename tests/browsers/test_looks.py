"""The pages as people set up their screens: enlarged, dark, with colours of their own, on paper. Without JavaScript."""

import pytest
from tests.browsers import chromium
from tests.browsers.keyboard import contrast, stops
from tests.warn.cases import GALLERY, document

from portvagt.warn.language import LANGUAGES

TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
CUT_OFF = """() => [...document.querySelectorAll("a, button, summary, img, li, dd")].filter(at => at.checkVisibility())
    .filter(at => {
        const box = at.getBoundingClientRect();
        return box.left < 0 || box.right > document.documentElement.clientWidth;
    }).map(at => at.outerHTML)"""
# name: (width, height, device pixels a CSS pixel, height of the letters that a person chose, px; 16: nothing chosen)
ENLARGED = {
    "zoom-400": (1280 // 4, 1024 // 4, 4, 16),  # WCAG 2.2, 1.4.10
    "text-200": (390, 700, 1, 32),  # 1.4.4
    "text-200-portal-window": (900, 572, 1, 32),
}
# name: what the person's system asks for, and how the page must be seen
SCHEMES = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"color_scheme": "light", "forced_colors": "active"},
    "forced-dark": {"color_scheme": "dark", "forced_colors": "active"},
}
# colours of each element found: of its letters, its own ground, its edge (null: it has none), and of what is behind it
SEEN = """selector => {
    const clear = "rgba(0, 0, 0, 0)";
    const ground = at => {
        while (at.parentElement && getComputedStyle(at).backgroundColor === clear) at = at.parentElement;
        return getComputedStyle(at).backgroundColor;
    };
    const [element, pseudo] = selector.split("::");
    return [...document.querySelectorAll(element)].map(at => {
        const look = getComputedStyle(at, pseudo ? "::" + pseudo : null);
        const own = look.backgroundColor === clear ? ground(at) : look.backgroundColor;
        return {
            letters: look.color,
            ground: own,
            edge: parseFloat(look.borderTopWidth) && look.borderTopColor !== clear ? look.borderTopColor : null,
            behind: ground(pseudo ? at : at.parentElement),
        };
    });
}"""
LETTERS = """() => [...document.querySelectorAll("body *")]
    .filter(at => at.checkVisibility() && at.textContent.trim())
    .map(at => getComputedStyle(at).color)"""


@pytest.fixture(scope="module")
def running():
    with chromium.browser() as started:
        yield started


def new_page(running, **options):
    return running.new_context(java_script_enabled=False, **options).new_page()


# test_accessibility.py looks at 320 px, which is what is left at 400 %, in each language
@pytest.mark.parametrize(
    "size, language",
    [(size, LANGUAGES[0]) for size in ENLARGED] + [("text-200", language) for language in LANGUAGES[1:]],
)
def test_nothing_is_cut_off_or_scrolled_sideways(running, size, language):
    width, height, pixels, letters = ENLARGED[size]
    page = new_page(running, viewport={"width": width, "height": height}, device_scale_factor=pixels)
    page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": letters, "fixed": letters}})
    for name in GALLERY:
        page.set_content(document(name, language))
        assert page.evaluate("() => parseFloat(getComputedStyle(document.documentElement).fontSize)") == letters
        assert fits(page), name
        page.locator("summary").click()
        assert fits(page), name
    page.context.close()


def fits(page):
    return page.evaluate(TOO_WIDE) == 0 and page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_button_and_steps_are_seen(running, scheme):
    page = new_page(running, **SCHEMES[scheme])
    for name, selectors in (
        ("gate", ("button", ".steps li", ".steps li::before", ".kinds a", "footer a")),
        ("garden", ("button", ".steps li::before")),
        ("expired", (".button",)),
    ):
        page.set_content(document(name, "en"))
        for selector in selectors:
            found = page.evaluate(SEEN, selector)
            assert found, selector
            for each in found:
                assert contrast(each["letters"], each["ground"]) >= 4.5, (selector, each)
                if selector in ("button", ".button", ".steps li::before"):
                    assert stands_out(each), (selector, each)
    page.context.close()


def stands_out(seen):
    """Whether its ground, or else its edge, is told from what is behind it (WCAG 2.2, 1.4.11)."""
    edge = seen["edge"] or seen["ground"]
    return max(contrast(edge, seen["behind"]), contrast(seen["ground"], seen["behind"])) >= 3


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_focus_is_seen(running, scheme):
    page = new_page(running, **SCHEMES[scheme])
    page.set_content(document("gate", "en"))
    assert len(list(stops(page))) > 10
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_it_is_black_on_white_and_there_is_nothing_to_press(running, scheme):
    page = new_page(running, color_scheme=scheme)
    page.emulate_media(media="print", color_scheme=scheme)
    for name in GALLERY:
        page.set_content(document(name, "da"))
        assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
        assert set(page.evaluate(LETTERS)) == {"rgb(0, 0, 0)"}, name
        assert not any(pressed.is_visible() for pressed in page.locator("button, a, summary").all()), name
    page.set_content(document("gate", "da"))
    assert page.get_by_text("Scan pc’en.").is_visible()
    page.context.close()
