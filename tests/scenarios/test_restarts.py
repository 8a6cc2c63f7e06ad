"""What dies and what is restarted: the kernel's rules hold, cases go on, events arrive once."""

import signal

import pytest
from tests.scenarios import steps

from portvagt_sim.waiting import wait_until

CAP = 10  # the default burst of port 25; the hourly rate adds none in the time of a test
SETTLE_SECONDS = 10.0


def restart(world, name):
    world.router.kill(name)
    world.router.wait_ended(name)
    world.router.start_process(name)
    world.router.wait_ready()


def test_a_killed_guard_leaves_the_block_and_takes_up_the_case(world):
    laptop = world.home.laptop
    steps.outbreak(world, laptop, 4)
    incident = world.router.call("explain", device=laptop.mac)["case"]["incident"]
    world.router.kill("guard")
    world.router.wait_ended("guard")
    assert steps.escapes(world, laptop, 4) == 0
    assert steps.escapes(world, laptop, 6) == 0

    world.router.start_process("guard")
    world.router.wait_ready()
    assert world.router.call("explain", device=laptop.mac)["case"]["incident"] == incident
    assert steps.escapes(world, laptop, 4) == 0

    world.router.call("release", device=laptop.mac)
    assert steps.escapes(world, laptop, 4, count=3) == 3
    steps.event(world, "released")  # events keep their order, so the first one has come too
    assert len(steps.events(world, "stopped")) == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP])
def test_without_a_living_guard_the_kernel_holds_the_cap(world, number):
    world.router.kill("guard", number)
    assert steps.escapes(world, world.home.laptop, 4, count=60) <= CAP
    assert steps.escapes(world, world.home.pc, 6, count=60) <= CAP
    assert world.home.phone.send_mail(3)["sent"] == 3


def test_a_zombie_during_the_guards_absence_is_capped_and_afterwards_stopped(world):
    """The cap hides it on port 25, where no connection gets so far as to be seen; elsewhere it shows itself."""
    world.router.kill("guard")
    world.router.wait_ended("guard")
    laptop = world.home.laptop
    assert steps.escapes(world, laptop, 4, count=60) <= CAP
    world.router.start_process("guard")
    world.router.wait_ready()
    steps.outbreak(world, laptop, 6, ports=(587,))
    assert steps.escapes(world, laptop, 4) == 0


def test_a_removed_table_comes_back_with_the_block(world):
    laptop = world.home.laptop
    steps.outbreak(world, laptop, 4)
    world.router.nft("delete", "table", "inet", "portvagt")
    wait_until(lambda: "portvagt" in world.router.nft("list", "tables"), 2 * SETTLE_SECONDS, "the table is back")
    assert steps.escapes(world, laptop, 4) == 0


def test_the_event_of_an_attack_without_a_broker_arrives_once(world):
    steps.wait_online(world)
    world.isp.broker.stop()
    steps.outbreak(world, world.home.laptop, 4)
    restart(world, "reporter")
    world.isp.broker.start()
    world.isp.broker.wait_ready()
    assert steps.event(world, "stopped")
    # whatever comes later comes after this one: events keep their order
    world.router.call("release", device=world.home.laptop.mac)
    steps.event(world, "released")
    assert len(steps.events(world, "stopped")) == 1


def test_an_event_from_before_the_first_reporter_arrives(world):
    world.router.kill("reporter")
    world.router.wait_ended("reporter")
    steps.outbreak(world, world.home.laptop, 4)
    restart(world, "guard")
    world.router.start_process("reporter")
    assert steps.event(world, "stopped")
    assert len(steps.events(world, "stopped")) == 1


def test_the_isp_sees_a_router_vanish_and_come_back(world):
    steps.wait_online(world)
    world.router.kill("reporter")
    gone = world.isp.wait_for(lambda message: _is_state(message, False), SETTLE_SECONDS)
    assert gone.json()["reason"] == "lost"
    world.router.wait_ended("reporter")
    world.router.start_process("reporter")
    world.isp.wait_for(lambda message: message.at > gone.at and _is_state(message, True), SETTLE_SECONDS)


def test_a_new_portal_shows_the_old_case(world):
    laptop = world.home.laptop
    steps.outbreak(world, laptop, 4)
    restart(world, "portal")
    restart(world, "guard")
    assert "Vi har stoppet mail" in steps.page(world, laptop).body


def _is_state(message, online):
    return message.topic.endswith("/up/state") and message.json()["online"] is online
