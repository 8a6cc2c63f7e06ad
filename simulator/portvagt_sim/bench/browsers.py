"""How soon a real browser shows the page of a device in the walled garden, when a person opens an https site."""

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.chromium import Chromium
from portvagt_sim.home.firefox import Firefox
from portvagt_sim.internet.sites import PLAIN_SITE
from portvagt_sim.namespaces import nft_load
from portvagt_sim.world import World

LIMIT_SECONDS = 10.0
PAUSE = 0.02  # s between two looks at the browser
TITLE = "How soon browsers show the page in the walled garden"
ABOUT = f"""
Seconds from opening an https site on a confined device until a new Chromium (headless, as the others) has the page in
a tab of its own, or a new Firefox offers it in a bar. Both were started, and online, before the device was confined.
"alert": the portal's answer, the fatal TLS alert `access_denied`; "reset": the router resets connections to port 443
instead. "shown": runs in which the page was there within {LIMIT_SECONDS:g} s; the times are those of these runs.
"""
COLUMNS = {
    "browser": "browser",
    "answer": "answer to TLS",
    "shown": "shown",
    "median_s": "median s",
    "worst_s": "worst s",
}
BROWSERS = {"chromium": Chromium, "firefox": Firefox}
RESET = """
table inet reset_tls {
    chain prerouting {
        type filter hook prerouting priority mangle;
        iifname "br-lan" tcp dport 443 counter reject with tcp reset
    }
}
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=5, help="starts of each browser, for each answer (5)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each browser and answer."""
    done, rows = 0, []
    with stage() as world:
        for answer, ways in (("alert", _as_it_is), ("reset", resetting)):
            for name in BROWSERS:
                found: list[float | None] = []
                for _ in range(args.runs):
                    progress(done, 2 * len(BROWSERS) * args.runs, f"{name}, {answer}")
                    with ways(world):
                        version, seconds = seconds_to_page(world, name)
                    found.append(seconds)
                    done += 1
                rows.append(_row(version, answer, found))
    return rows


def _row(browser: str, answer: str, found: list[float | None]) -> dict[str, Any]:
    shown = [seconds for seconds in found if seconds is not None]
    return {
        "browser": browser,
        "answer": answer,
        "shown": f"{len(shown)} of {len(found)}",
        "median_s": round(statistics.median(shown), 2) if shown else None,
        "worst_s": round(max(shown), 2) if shown else None,
    }


def stage(runtime: str = "cpython") -> World:
    """A world in which a device can be confined and released again and again."""
    return World(runtime=runtime, prefix="web-", settings={"judge": {"release_quiet_minutes": 0}})


@contextmanager
def _as_it_is(_world: World) -> "Iterator[None]":
    yield


@contextmanager
def resetting(world: World) -> "Iterator[None]":
    """The router resets connections to port 443, in a table that is not the agent's: edits of that are mended."""
    nft_load(world.router.netns, RESET)
    try:
        yield
    finally:
        world.router.nft("delete", "table", "inet", "reset_tls")


def seconds_to_page(world: World, name: str) -> tuple[str, float | None]:
    """Name and version of the browser; s until it shows the page after a site was opened, None: not in time."""
    with (
        tempfile.TemporaryDirectory(dir="/run") as scratch,
        BROWSERS[name](world.home.laptop, Path(scratch, "profile")) as browser,
    ):
        _command(world, "stop", "garden")
        try:
            browser.open(f"https://{PLAIN_SITE}/")
            return f"{browser.name} {browser.version}", _seconds(lambda: browser.shows_portal(page_urls(world)))
        finally:
            _command(world, "release")


def page_urls(world: World) -> tuple[str, ...]:
    """Where the page is, over either family."""
    return tuple(f"http://{host}:{world.router.portal_port}/" for host in (LAN_ROUTER.v4, f"[{LAN_ROUTER.v6}]"))


def _seconds(condition: Callable[[], bool]) -> float | None:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > LIMIT_SECONDS:
            return None
        time.sleep(PAUSE)
    return time.monotonic() - began


def _command(world: World, *commands: str) -> None:
    for command in commands:
        done = world.router.cli(command, "laptop")
        if done.returncode:
            raise SimulatorError(f"portvagt {command}: {done.stderr.strip()}")
