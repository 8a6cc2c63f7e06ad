"""Real browsers on a confined device find the page by themselves, because TLS is answered with `access_denied`.

The control shows that nothing else leads them there: where port 443 is reset, neither looks for a portal.
"""

from collections.abc import Iterator

import pytest

from portvagt_sim.bench import browsers
from portvagt_sim.world import World

SOON_S = 2.0


@pytest.fixture(scope="module")
def world(request: pytest.FixtureRequest) -> Iterator[World]:
    with browsers.stage(request.config.getoption("--runtime")) as started:
        yield started


@pytest.mark.parametrize("name", browsers.BROWSERS)
def test_the_alert_brings_up_the_page(world: World, name: str) -> None:
    _, seconds = browsers.seconds_to_page(world, name)
    assert seconds is not None and seconds < SOON_S


@pytest.mark.parametrize("name", browsers.BROWSERS)
def test_a_reset_does_not(world: World, name: str) -> None:
    with browsers.resetting(world):
        _, seconds = browsers.seconds_to_page(world, name)
        assert "counter packets 0" not in world.router.nft("list", "table", "inet", "reset_tls")
    assert seconds is None
