"""The system's Chromium, driven by Playwright: no browser is downloaded."""

import shutil
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

# name: (width, height, colour scheme, medium). 900x572 is the window that macOS opens for a captive portal.
VIEWS = {
    "light": (390, 700, "light", "screen"),
    "dark": (390, 700, "dark", "screen"),
    "narrow": (320, 600, "light", "screen"),
    "portal-window": (900, 572, "light", "screen"),
    "print": (700, 900, "light", "print"),
}
_ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")


@contextmanager
def browser():
    """A running Chromium."""
    program = shutil.which("chromium")
    assert program, "there is no chromium; Debian's package is called so"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        try:
            yield started
        finally:
            started.close()


@contextmanager
def tab(started, view):
    """An empty page of a browser that looks as `view`, a key of VIEWS; whatever it asks the network for is refused."""
    width, height, scheme, medium = VIEWS[view]
    page = started.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
    page.emulate_media(media=medium, color_scheme=scheme)
    page.route("**/*", lambda route: route.abort())
    try:
        yield page
    finally:
        page.close()
