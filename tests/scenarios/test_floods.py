"""Somebody in the home floods the router: the guard goes on noticing, and grows and writes within bounds."""

import re

import pytest
from tests.scenarios import steps

from portvagt import log
from portvagt_sim.waiting import wait_until

CAP = 10
DEAF_SECONDS = 20.0  # what this machine takes is below 1
GROWTH_KB = 8192
DEVICES, RATE, SECONDS = 10_000, 50_000, 4


@pytest.fixture
def router_mac(world):
    return re.search(r"link/ether (\S+)", world.router.run("ip", "link", "show", "br-lan"))[1]


def flood(world, router_mac):
    """Forged devices; what the guard then says, which must not have grown or filled the log."""
    before = world.router.memory_kb("guard")["private"]
    sent = world.home.tv.run_forger(router_mac, DEVICES, RATE, SECONDS)["sent"]
    assert sent > DEVICES
    wait_until(lambda: world.router.call("status"), DEAF_SECONDS, "the guard answers after the flood")
    assert world.router.memory_kb("guard")["private"] - before < GROWTH_KB
    said = world.router.log("guard")
    assert "Traceback" not in said
    assert len(said.splitlines()) <= 2 * log.ALL_LINES_A_MINUTE
    return world.router.call("status")


def test_the_kernels_caps_keep_a_flood_away_from_the_guard(world, router_mac):
    assert flood(world, router_mac)["connections_seen"] < DEVICES
    assert steps.escapes(world, world.home.laptop, 4, count=60) <= CAP
    assert steps.state(world, world.home.laptop) in ("stopped", "clear")  # clear: who forges has used up its allowance


def test_a_zombie_in_the_midst_of_a_flood_gets_no_more_out_than_the_cap(world, router_mac):
    before = world.internet.connections(4)
    zombie = world.home.laptop.start_zombie(family=4, rate=20, count=100)
    flood(world, router_mac)
    zombie.result()
    assert world.internet.connections(4) - before <= CAP


@pytest.mark.parametrize("settings", [{"main": {"policy": "observe"}}])
def test_where_no_cap_holds_the_guard_hears_the_flood_and_still_notices_the_next_zombie(world, router_mac):
    status = flood(world, router_mac)
    # of 50,000 a second a slow or busy machine loses many, and how many the kernel does not say
    assert status["connections_seen"] > DEVICES / 4 and status["connections_unjudged"] > 0
    steps.wait_online(world)
    world.home.laptop.run_zombie(family=4, count=60)
    wait_until(lambda: steps.state(world, world.home.laptop) == "observed", DEAF_SECONDS, "the zombie is noticed")
