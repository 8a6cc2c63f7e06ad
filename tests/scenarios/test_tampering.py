"""Somebody on the router removes our table, or the firewall is loaded anew, while a zombie is at it."""

import pytest
from tests.scenarios import steps

from portvagt.block import repairs
from portvagt_sim.waiting import wait_until

FLUSHES = repairs.FREE
REPAIR_SECONDS = 3.0  # the bound; it takes a tenth of a second
EXEMPT_SECONDS = 3600


def wait_repaired(world):
    wait_until(lambda: "portvagt" in world.router.nft("list", "tables"), REPAIR_SECONDS, "the table is back")


def log_lines(world, words):
    return [line for line in world.router.log("guard").splitlines() if words in line]


def attempts(world, device):
    """What the kernel refused so far; it begins anew with a new table."""
    return world.router.call("explain", device=device.mac)["case"]["attempts_since"]


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped."""
    steps.outbreak(world, world.home.laptop, 4)
    return world.home.laptop


def test_a_zombie_gains_a_moment_by_a_flushed_ruleset(world, parts, laptop):
    world.router.call("exempt", device=world.home.pc.mac, seconds=EXEMPT_SECONDS)
    before = world.internet.connections(4)
    zombie = laptop.start_zombie(family=4, rate=world.router.zombie_rate, count=200)
    for _ in range(2):
        refused = attempts(world, laptop)
        wait_until(lambda refused=refused: attempts(world, laptop) > refused, REPAIR_SECONDS, "the zombie is at it")
        world.router.flush_ruleset()
        wait_repaired(world)
    zombie.result()
    escaped = world.internet.connections(4) - before
    gap = 1.0 if parts["router"] == "netns" else 3.0  # s, in which no cap holds either; it takes a tenth of it
    assert 0 < escaped <= 2 * gap * world.router.zombie_rate
    assert steps.escapes(world, laptop, 4) == 0
    assert steps.escapes(world, laptop, 6) == 0
    case = world.router.call("explain", device=world.home.pc.mac)["case"]
    assert EXEMPT_SECONDS - 60 < case["remaining_s"] < EXEMPT_SECONDS
    assert world.home.pc.mac in world.router.nft("list", "set", "inet", "portvagt", "exempt_mac")
    assert len(log_lines(world, "somebody changed our table")) == 2


def test_a_fight_is_told_and_not_fought(world, laptop):
    steps.wait_online(world)
    for _ in range(FLUSHES):
        world.router.flush_ruleset()
        wait_repaired(world)
    world.router.flush_ruleset()
    said = world.router.cli("status").stdout
    assert "table missing" in said
    assert f"TAMPERED: somebody removed or changed the router's rules {FLUSHES} times in" in said
    assert f"from now on only every {repairs.PAUSE_FIRST_S} s" in said
    assert len(log_lines(world, "somebody goes on changing our table")) == 1

    world.router.call("release", device=laptop.mac)  # news that the reporter asks the guard at once for
    told = world.isp.wait_for(_is_tampered, steps.EVENT_SECONDS)
    assert told.json()["policy"] == "stop"


def _is_tampered(message):
    return message.topic.endswith("/up/state") and message.json().get("tampered") is True
