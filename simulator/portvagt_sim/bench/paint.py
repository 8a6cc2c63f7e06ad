"""When a real browser on a slow device shows something of a page: Chromium, its processor slowed down."""

import shutil
import statistics
from typing import Any

from playwright.sync_api import sync_playwright

from portvagt_sim.namespaces import entered

SLOWER = 6
OPTIONS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
FIRST_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
SECONDS = 10.0
WARM_UP = 3


def first_paint(netns: str, url: str, runs: int) -> float:
    """Median of ms from navigation to first content, in a Chromium in a network namespace, without its cache."""
    with entered(netns), sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OPTIONS)
        try:
            paints = [_one(browser, url) for _ in range(WARM_UP + runs)][WARM_UP:]
        finally:
            browser.close()
    return statistics.median(paints)


def _one(browser: Any, url: str) -> float:
    context = browser.new_context(locale="da")
    try:
        page = context.new_page()
        control = context.new_cdp_session(page)
        control.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
        page.goto(url)
        return float(page.wait_for_function(FIRST_PAINT, timeout=SECONDS * 1000).json_value())
    finally:
        context.close()
