"""The system's Chromium, driven by Playwright: no browser is downloaded."""

import shlex
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

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
def browser(command=()):
    """A running Chromium. `command`: what it is run by, such as that of a device of the world."""
    program = shutil.which("chromium")
    assert program, "there is no chromium; Debian's package is called so"
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as directory:
        runner = Path(directory, "chromium")
        runner.write_text(f'#!/bin/sh\nexec {shlex.join([*command, program])} "$@"\n')
        runner.chmod(0o755)
        started = playwright.chromium.launch(executable_path=runner, args=_ARGUMENTS)
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
