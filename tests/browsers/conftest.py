"""A browser; and a person at a router's LuCI, with a guard behind it where the test has a world."""

import pytest
from tests.browsers import luci_site
from tests.browsers.chromium import browser
from tests.browsers.luci_visit import ABSENT, Plugin, Visit, end_case
from tests.scenarios import steps

from builder import uci
from portvagt_sim.world import World

REFUSED = 'Option "'  # how an error begins that LuCI shows in a dialog and lets go on to the console


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def world(request):
    with World(runtime=request.config.getoption("--runtime")) as started:
        steps.wait_online(started)
        yield started


@pytest.fixture
def visit(chromium, request):
    """Of the world's router where the test has a world, else of one whose guard doesn't run."""
    plugin = lambda *_: ABSENT  # noqa: E731
    if "world" in request.fixturenames:
        plugin = Plugin(request.getfixturevalue("world").router)
    rpcd = luci_site.Rpcd(plugin, uci.default_config())
    with luci_site.serving(rpcd) as site, chromium.new_context(locale="en-GB", timezone_id="UTC") as context:
        page = context.new_page()
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield Visit(page, site)
        assert [each for each in wrong if not each.startswith(REFUSED)] == []
        assert site.lost == []
        assert not [each for each in rpcd.denied if each[0] in ("portvagt", "luci.portvagt", "service")]


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped by hand, and is let go afterwards."""
    world.router.call("stop", device=world.home.laptop.mac)
    yield world.home.laptop
    end_case(world, world.home.laptop)
