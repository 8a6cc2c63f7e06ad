"""A real image of OpenWrt, as it is: it boots, takes our package, and the package does its work there."""

import os
from collections.abc import Iterator
from pathlib import PurePosixPath

import pytest
from tests.conftest import IMAGE_SECONDS
from tests.scenarios import steps

from portvagt_sim.router.openwrt_image import VARIABLE, parsed
from portvagt_sim.router.router import Options
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

pytestmark = pytest.mark.timeout(IMAGE_SECONDS)
SETTINGS = {"judge": {"release_quiet_minutes": 0}}
MOST_CONNECTIONS = 8
SECONDS = 30.0


@pytest.fixture(scope="module")
def words(request: pytest.FixtureRequest) -> str:
    """Which image."""
    found = request.config.getoption("--image") or os.environ.get(VARIABLE, "")
    if not found:
        pytest.skip(f"no image of OpenWrt here: give one by --image or {VARIABLE} (docs/qemu.md)")
    return str(found)


@pytest.fixture(scope="class")
def world(words: str) -> Iterator[World]:
    """A world whose router is the image, and whose file stays as it was."""
    before = [path.stat().st_mtime_ns for path in parsed(words).files]
    with World(prefix="openwrt-", router="openwrt", settings=SETTINGS, options=Options(image=words)) as started:
        yield started
    assert [path.stat().st_mtime_ns for path in parsed(words).files] == before


class TestOneMachine:
    """What one boot serves for."""

    def test_openwrt_runs_the_agent_with_least_privilege(self, world):
        router = world.router
        assert "DISTRIB_RELEASE" in router.read(PurePosixPath("/etc/openwrt_release"))
        for name, uid in (("guard", 64001), ("portal", 64002), ("reporter", 64003)):
            assert f"Uid:\t{uid}\t" in router.read(PurePosixPath(f"/proc/{router.pid(name)}/status"))
        assert router.cli("status").returncode == 0

    def test_a_zombie_is_stopped_and_sees_the_page(self, world):
        laptop = world.home.laptop
        counts = steps.outbreak(world, laptop, 4)
        assert 1 <= counts["left_the_home"] <= MOST_CONNECTIONS
        assert counts["mails_after_block"] == 0
        assert steps.escapes(world, laptop, 6) == 0
        assert steps.event(world, "stopped")
        assert laptop.mac in world.router.cli("status").stdout
        assert "Example Net" in steps.page(world, laptop).body
        assert world.home.phone.send_mail(3)["sent"] == 3
        assert steps.button(world, laptop).status == 303

    def test_the_table_is_back_after_a_reload_of_the_firewall(self, world):
        world.router.flush_ruleset()
        wait_until(lambda: "inet portvagt" in world.router.nft("list", "tables"), SECONDS, "the table is back")
        assert steps.outbreak(world, world.home.pc, 4)["left_the_home"] <= MOST_CONNECTIONS


def test_the_next_machine_goes_on_from_the_one_that_was_saved(words):
    heard: list[str] = []
    options = Options(image=words)
    with World(prefix="again-", router="openwrt", settings=SETTINGS, options=options, say=heard.append) as world:
        assert "booting OpenWrt …" not in heard
        assert steps.outbreak(world, world.home.laptop, 4)["left_the_home"] <= MOST_CONNECTIONS
        assert steps.event(world, "stopped")
