"""A person who has no mouse: Tab and Enter alone, and at every stop they must see where they are."""

from portvagt.warn import colour

STOPS = 60  # more than any page has
# what has the focus, and how it is marked; None: nothing in the page
FOCUS = """() => {
    const at = document.activeElement;
    if (at === null || at === document.body) return null;
    const look = getComputedStyle(at);
    let behind = at.parentElement;
    while (behind.parentElement && getComputedStyle(behind).backgroundColor === "rgba(0, 0, 0, 0)") {
        behind = behind.parentElement;
    }
    return {
        text: at.textContent.trim(),
        link: at.getAttribute("href"),
        outline: look.outlineStyle === "none" ? 0 : parseFloat(look.outlineWidth),
        colours: [look.outlineColor, getComputedStyle(behind).backgroundColor],
        inView: at.checkVisibility() && at.getBoundingClientRect().height > 0,
    };
}"""


def hexadecimal(computed):
    """#rrggbb of what getComputedStyle says, rgb(…)."""
    return "#" + "".join(f"{int(part):02x}" for part in computed[computed.index("(") + 1 : -1].split(",")[:3])


def contrast(one, other):
    """The contrast of two computed colours, to 1."""
    return colour.contrast(hexadecimal(one), hexadecimal(other))


def stops(page):
    """What has the focus after each Tab, until it leaves the page; each is marked."""
    for _ in range(STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        if focus is None:
            return
        assert focus["inView"] and focus["outline"] >= 2, focus
        assert contrast(*focus["colours"]) >= 3, focus  # WCAG 2.2, 1.4.11
        yield focus
    raise AssertionError("the focus never leaves the page")


def choose(page, text):
    """Go on by the link or button of that text."""
    assert any(focus["text"] == text for focus in stops(page)), f"no Tab leads to {text!r}"
    with page.expect_navigation():
        page.keyboard.press("Enter")


def choose_language(page, name):
    """Open the list of languages and choose one."""
    next(stops(page))
    page.keyboard.press("Enter")
    choose(page, name)
