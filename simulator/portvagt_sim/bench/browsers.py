"""How soon real browsers show the page to a person on a stopped device, and are rid of it again."""

import argparse
import itertools
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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
# what a person, or the provider, does: what is waited for then
OPENS_HTTPS = "an https site is opened: the page is offered"
OPENS_HTTP = "an http site is opened: the page is painted"
CLICKS = "the button is pressed: the web is back"
RELEASES = "`portvagt release`: the web is back"
IS_RESET = "an https site is opened, and reset: the page is offered"
HAS_WINDOW = "Firefox starts: it has a window"
STARTS = "Firefox starts: the page is offered"
MEANWHILE = "an https site is opened meanwhile: it is painted"
MOMENTS = (OPENS_HTTPS, OPENS_HTTP, CLICKS, RELEASES, IS_RESET, HAS_WINDOW, STARTS, MEANWHILE)

TITLE = "How soon browsers show the page, and the web again"
ABOUT = f"""
Seconds until a browser (headless, a new one each time) does what its user waits for, of the runs in which it did within
{LIMIT_SECONDS:g} s ("in time"). Gate and garden: the browser was started, and online, before the device was stopped.
"offered": Chromium has the page in a tab of its own, Firefox offers it in a bar. "painted": its first contentful paint,
redirection included. "the web is back": Firefox's bar is gone, after a click Chromium's tab that could not reach its
site has loaded it by itself, and an https site that is opened then is painted. "reset": the router resets connections
to port 443 instead of answering with the fatal TLS alert `access_denied`. Gentle: the device was stopped before Firefox
was started; seconds are those from the start of its process, of which those until it has a window are its own.
"""
COLUMNS = {
    "level": "level",
    "moment": "moment",
    "browser": "browser",
    "in_time": "in time",
    "median_s": "median s",
    "worst_s": "worst s",
}
BROWSERS = {"chromium": Chromium, "firefox": Firefox}
LEVELS = {"gate": ("stop",), "garden": ("stop", "garden")}
SITE = f"https://{PLAIN_SITE}/"
RESET = """
table inet reset_tls {
    chain prerouting {
        type filter hook prerouting priority mangle;
        iifname "br-lan" tcp dport 443 counter reject with tcp reset
    }
}
"""

Browser = Chromium | Firefox
Moments = dict[str, float | None]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--runs", type=int, default=5, help="starts of each browser, for each story (5)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each level, moment and browser."""
    found: dict[tuple[str, str, str], list[float | None]] = {}
    total = sum(len(stories) for stories in STORIES.values()) * args.runs
    done = itertools.count()
    for level, stories in STORIES.items():
        with stage(level) as world:
            for (shown, name, story), _ in itertools.product(stories, range(args.runs)):
                progress(next(done), total, f"{shown}, {name}")
                version, moments = story(world)
                for moment, seconds in moments.items():
                    found.setdefault((shown, moment, version), []).append(seconds)
    return [_row(*key, found[key]) for key in sorted(found, key=_order)]


def _order(key: tuple[str, str, str]) -> tuple[int, int, str]:
    level, moment, browser = key
    return [*LEVELS, "gentle"].index(level), MOMENTS.index(moment), browser


def _row(level: str, moment: str, browser: str, found: list[float | None]) -> dict[str, Any]:
    in_time = [seconds for seconds in found if seconds is not None]
    return {
        "level": level,
        "moment": moment,
        "browser": browser,
        "in_time": f"{len(in_time)} of {len(found)}",
        "median_s": round(statistics.median(in_time), 2) if in_time else None,
        "worst_s": round(max(in_time), 2) if in_time else None,
    }


def stage(level: str = "gate", runtime: str = "cpython") -> World:
    """A world in which a device can be stopped and released again and again. `level`: the agent's option."""
    settings = {"judge": {"release_quiet_minutes": 0}, "warn": {"level": level}}
    return World(runtime=runtime, prefix=f"{level}-", settings=settings)


def visit(world: World, name: str, level: str, ending: str) -> tuple[str, Moments]:
    """Name and version of the browser, and s of each moment of a visit; None: not in time."""
    with _started(world, name) as browser, _stopped(world, level):
        moments = {}
        browser.open(SITE)
        moments[OPENS_HTTPS] = _seconds(lambda: browser.shows_portal(page_urls(world)))
        browser.open(f"http://{PLAIN_SITE}/")
        moments[OPENS_HTTP] = _seconds(lambda: browser.has_painted(page_urls(world)))
        if ending == CLICKS:
            browser.press(page_urls(world))
        else:
            _command(world, "release")
        moments[ending] = _seconds_to_web(browser, ending)
        return f"{browser.name} {browser.version}", moments


def _seconds_to_web(browser: Browser, ending: str) -> float | None:
    began = time.monotonic()
    if (ending == CLICKS or browser.asks_again) and _seconds(lambda: not browser.waits()) is None:
        return None
    browser.open(SITE)
    return None if _seconds(lambda: browser.has_painted((SITE,))) is None else time.monotonic() - began


def reset_visit(world: World, name: str, level: str, limit: float = LIMIT_SECONDS) -> tuple[str, Moments]:
    """As visit(), on a router that resets connections to port 443; `limit`: s."""
    with _started(world, name) as browser, resetting(world), _stopped(world, level):
        browser.open(SITE)
        shown = _seconds(lambda: browser.shows_portal(page_urls(world)), limit)
        return f"{browser.name} {browser.version}", {IS_RESET: shown}


def gentle_start(world: World) -> tuple[str, Moments]:
    """As visit(), of a Firefox that is started on a device whose notice is gentle."""
    with _stopped(world, "gate"), tempfile.TemporaryDirectory(dir="/run") as scratch:
        began = time.monotonic()
        with Firefox(world.home.laptop, Path(scratch, "profile"), is_online=False) as browser:
            started = time.monotonic() - began
            waited = _seconds(lambda: browser.shows_portal(()))
            browser.open(SITE)
            moments = {
                HAS_WINDOW: started,
                STARTS: None if waited is None else started + waited,
                MEANWHILE: _seconds(lambda: browser.has_painted((SITE,))),
            }
            return f"{browser.name} {browser.version}", moments


# the agent's level: the stories told with it, each (level shown, browser, what happens)
STORIES: dict[str, list[tuple[str, str, Callable[[World], tuple[str, Moments]]]]] = {
    "gate": [
        (level, name, partial(story, name=name, level=level))
        for level, name, story in itertools.product(
            LEVELS, BROWSERS, (partial(visit, ending=CLICKS), partial(visit, ending=RELEASES), reset_visit)
        )
    ],
    "gentle": [("gentle", "firefox", gentle_start)],
}


@contextmanager
def _started(world: World, name: str) -> "Iterator[Browser]":
    with (
        tempfile.TemporaryDirectory(dir="/run") as scratch,
        BROWSERS[name](world.home.laptop, Path(scratch, "profile")) as browser,
    ):
        yield browser


@contextmanager
def _stopped(world: World, level: str) -> "Iterator[None]":
    _command(world, *LEVELS[level])
    try:
        yield
    finally:
        _command(world, "release")


@contextmanager
def resetting(world: World) -> "Iterator[None]":
    """The router resets connections to port 443, in a table that is not the agent's: edits of that are mended."""
    nft_load(world.router.netns, RESET)
    try:
        yield
    finally:
        world.router.nft("delete", "table", "inet", "reset_tls")


def page_urls(world: World) -> tuple[str, ...]:
    """Where the page is, over either family."""
    return tuple(f"http://{host}:{world.router.portal_port}/" for host in (LAN_ROUTER.v4, f"[{LAN_ROUTER.v6}]"))


def _seconds(condition: Callable[[], bool], limit: float = LIMIT_SECONDS) -> float | None:
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > limit:
            return None
        time.sleep(PAUSE)
    return time.monotonic() - began


def _command(world: World, *commands: str) -> None:
    for command in commands:
        done = world.router.cli(command, "laptop")
        if done.returncode:
            raise SimulatorError(f"portvagt {command}: {done.stderr.strip()}")
