"""What an ISP chooses: how much is closed, and what its own relay lets through."""

import pytest
from tests.scenarios import steps

from portvagt_sim.addresses import RELAY, mx
from portvagt_sim.namespaces import answers

CLOSED = {"main": {"policy": "closed"}}


@pytest.mark.parametrize("settings", [CLOSED])
def test_closed_port_25_is_shut_for_all_but_exempt_devices_and_nobody_is_blamed(world, settings):
    for family in (4, 6):
        assert steps.escapes(world, world.home.laptop, family, count=20) == 0
    assert steps.state(world, world.home.laptop) == "clear"
    assert world.home.phone.send_mail(3)["sent"] == 3
    said = world.router.cli("status").stdout
    assert "policy closed" in said and "packets refused by the caps" in said

    assert world.router.cli("exempt", "laptop", "--for", "1h").returncode == 0
    assert steps.escapes(world, world.home.laptop, 4, count=5) == 5


@pytest.mark.parametrize("settings", [CLOSED])
def test_closed_a_zombie_on_587_is_stopped_all_the_same(world, settings):
    steps.outbreak(world, world.home.laptop, 4, ports=(587,))
    assert steps.state(world, world.home.laptop) == "stopped"


@pytest.mark.parametrize("policy", ["closed", "stop"])
@pytest.mark.parametrize("settings", [{"block": {"relay": [RELAY.v4, RELAY.v6, mx(3).v4]}}])
def test_a_relay_takes_mail_on_port_25_too(world, settings, policy):
    world.router.kill("guard")
    world.router.wait_ended("guard")
    steps.reconfigure(world, "option policy 'stop'", f"option policy '{policy}'")
    world.router.start_process("guard")
    world.router.wait_ready()
    before = world.internet.connections(4)
    for _ in range(12):  # more than the burst of port 25
        answers(world.home.laptop.netns, mx(3).v4, 25)
    assert world.internet.connections(4) - before == 12


@pytest.mark.parametrize(
    "settings", [{"block": {"relay": [mx(3).v4], "relay_per_hour": 1, "relay_burst": 5, "submission_per_hour": 1}}]
)
def test_the_relay_has_a_cap_of_its_own(world, settings):
    before = world.internet.connections(4)
    for _ in range(10):
        answers(world.home.laptop.netns, mx(3).v4, 587)
    assert world.internet.connections(4) - before == 5
    assert answers(world.home.laptop.netns, mx(4).v4, 587) is False  # nobody listens there, but it gets out
    assert world.internet.connections(4) - before == 6
