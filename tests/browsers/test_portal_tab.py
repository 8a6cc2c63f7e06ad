"""Real browsers on a stopped device find the page by themselves, and the web when it is open again.

The control shows that nothing but the TLS alert `access_denied` leads them to the page: where port 443 is reset,
neither looks for a portal.
"""

import re
import signal
import subprocess
from collections.abc import Iterator

import pytest

from portvagt_sim.bench import browsers
from portvagt_sim.internet.sites import PLAIN_SITE, SITES
from portvagt_sim.namespaces import exec_in
from portvagt_sim.world import World

VISITS = 3
# s
OFFERED, GENTLE = 2.0, 5.0
PROMISED = {browsers.OPENS_HTTPS: OFFERED, browsers.OPENS_HTTP: 1.0, browsers.CLICKS: 10.0, browsers.RELEASES: 10.0}
CONTROL = 2 * OFFERED
ENDINGS = [("gate", browsers.CLICKS), ("gate", browsers.RELEASES), ("garden", browsers.CLICKS)]


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with browsers.stage(runtime=request.config.getoption("--runtime")) as started:
        yield started


@pytest.fixture
def neighbour(world: World) -> Iterator[None]:
    """Somebody else in the home, who must not lose a packet."""
    argv = exec_in(world.home.phone.netns, ["busybox", "ping", "-q", "-i", "0.1", SITES[PLAIN_SITE].v4])
    pings = subprocess.Popen(argv, stdout=subprocess.PIPE, text=True)
    yield
    pings.send_signal(signal.SIGINT)
    said = pings.communicate(timeout=10)[0]
    sent, received = map(int, re.search(r"(\d+) packets transmitted, (\d+) packets received", said).groups())
    assert sent - received <= 1 < sent  # the last answer may be on its way


@pytest.mark.usefixtures("neighbour")
@pytest.mark.parametrize("level, ending", ENDINGS, ids=["gate-click", "gate-release", "garden-click"])
@pytest.mark.parametrize("name", browsers.BROWSERS)
def test_the_page_comes_up_at_once_and_the_web_comes_back(world: World, name: str, level: str, ending: str) -> None:
    # a machine with much else to do may be late once; a browser that nobody tells is late each time
    found: list[browsers.Moments] = []
    while not any(map(in_time, found)) and len(found) < VISITS:
        found.append(browsers.visit(world, name, level, ending)[1])
    assert in_time(found[-1]), found


def in_time(seconds: browsers.Moments) -> bool:
    return all(spent is not None and spent < PROMISED[moment] for moment, spent in seconds.items())


@pytest.mark.parametrize("level", browsers.LEVELS)
@pytest.mark.parametrize("name", browsers.BROWSERS)
def test_a_reset_instead_of_the_alert_does_not_bring_up_the_page(world: World, name: str, level: str) -> None:
    _, seconds = browsers.reset_visit(world, name, level, CONTROL)
    assert seconds == {browsers.IS_RESET: None}


def test_gentle_offers_the_page_when_firefox_starts_and_leaves_the_web_alone(request: pytest.FixtureRequest) -> None:
    with browsers.stage("gentle", request.config.getoption("--runtime")) as world:
        _, seconds = browsers.gentle_start(world)
    assert None not in seconds.values(), seconds
    assert seconds[browsers.STARTS] - seconds[browsers.HAS_WINDOW] <= GENTLE
    assert seconds[browsers.MEANWHILE] < GENTLE
