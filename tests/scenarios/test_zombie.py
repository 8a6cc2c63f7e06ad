"""The main story: a computer becomes a zombie, and only its mail ends."""

import pytest
from tests.scenarios import steps
from tests.scenarios.conftest import validate

from portvagt_sim.addresses import mx
from portvagt_sim.internet.sites import PLAIN_SITE
from portvagt_sim.waiting import wait_until

MOST_CONNECTIONS = 8
CAST = {4: "laptop", 6: "pc"}


@pytest.mark.parametrize("family", [4, 6])
def test_a_zombie_is_stopped_and_nobody_else(world, family):
    zombie = world.home[CAST[family]]
    counts = steps.outbreak(world, zombie, family)
    assert counts["attempted"] == 60
    assert 1 <= counts["left_the_home"] <= MOST_CONNECTIONS
    assert counts["mails_after_block"] == 0
    assert steps.escapes(world, zombie, 10 - family) == 0  # the other family is the same device

    document = validate(steps.event(world, "stopped"))
    evidence = document["data"]["evidence"]
    assert evidence["networks"] == evidence["connections"] <= MOST_CONNECTIONS
    assert evidence["ports"] == [25]

    for person in (world.home.phone, world.home.nas):
        assert person.send_mail(3)["sent"] == 3
    assert steps.button(world, zombie).status == 303
    for device in world.home:
        assert device.fetch(f"http://{PLAIN_SITE}/").status == 200
        assert device.fetch(f"https://{PLAIN_SITE}/").status == 200
    assert steps.state(world, world.home.phone) == "clear"


@pytest.mark.parametrize("ports", [(587,), (465, 25, 587)])
def test_a_zombie_on_submission_ports_is_stopped(world, ports):
    """One that tries several ports of a server is judged by the servers: further ports are no first contacts."""
    counts = steps.outbreak(world, world.home.laptop, 4, ports=ports)
    assert counts["left_the_home"] <= MOST_CONNECTIONS * len(ports)
    assert steps.event(world, "stopped").json()["data"]["evidence"]["networks"] <= MOST_CONNECTIONS


def test_a_stopped_device_still_reaches_the_isps_relay(world):
    steps.outbreak(world, world.home.laptop, 4)
    assert world.home.laptop.send_mail(2)["sent"] == 2


def test_a_connection_from_before_the_block_is_cut(world, tmp_path):
    """It would go on past the forward hook where flows are offloaded."""
    laptop = world.home.laptop
    target = mx(200).v4
    with steps.holding(laptop, target, tmp_path) as talk:
        assert steps.flows(world, laptop, target)
        steps.outbreak(world, laptop, 4)
        wait_until(lambda: "reset" in talk.log(), 5, "the old connection is reset")
        assert not steps.flows(world, laptop, target)


def test_people_are_never_stopped(world):
    """Far more mail than anybody sends, through the servers that they always use."""
    for person in (world.home.phone, world.home.nas, world.home.pc):
        assert person.send_mail(20)["sent"] == 20
    assert [each["state"] for each in world.router.call("status")["devices"]] == ["clear"] * 3
    assert steps.events(world, "stopped") == []
