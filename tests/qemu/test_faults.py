"""What happens to routers in homes: the power goes, the clock is not set, memory and flash are short, cables move."""

import random
import re
import time

import pytest
from tests.scenarios import steps

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import ip_batch, nft_load
from portvagt_sim.router import agent
from portvagt_sim.router.router import Options
from portvagt_sim.waiting import wait_until

FLASH = Options(flash_mib=16)
CAP = 10  # the default burst of port 25
ENDLESS = {"family": 4, "rate": 20, "count": 10_000, "seconds": 300}
AFTER = 2.0  # s
LONG = 90.0  # s; the guard writes once a minute, and a reporter waits longer after each attempt
OTHER_WAN = "198.51.100.6/30", "198.51.100.5/30"  # of the router, of the ISP
SHORT_KB = 16 << 10
# ext4 reserves blocks for what it may need to write a file, and gives back what it did not: a dd alone leaves room
FILL = "for part in 1 2 3 4; do dd if=/dev/zero of=/etc/filler$part bs=1024 2>/dev/null; sync; done"
BLACKHOLE = """
table inet outage {
    chain input { type filter hook input priority filter; tcp dport 8883 drop; }
}
"""


def is_state(message, online):
    return message.topic.endswith("/up/state") and message.json()["online"] is online


def wait_online(world, after):
    """Until the ISP hears, after a time, that the router is there."""
    return world.isp.wait_for(lambda message: message.at > after and is_state(message, True), LONG)


def wait_stopped(world, device):
    wait_until(lambda: steps.state(world, device) == "stopped", LONG, "the device is stopped")


def wait_written(world, device):
    """Until the guard's file tells of the device."""
    cases = str(world.router.state_dir / "guard" / "cases.json")
    wait_until(lambda: device.mac in world.router.run("sh", "-c", f"cat {cases} || true"), LONG, "the case is written")


def boot(world):
    world.router.power_on()
    world.router.wait_ready()


def boot_beside(world, zombie):
    """Cut the power, boot, and return how many connections of a zombie that goes on all the while get out."""
    world.router.cut_power()
    before = world.internet.connections(4)
    boot(world)
    time.sleep(AFTER)
    assert zombie.alive()
    zombie.stop()
    return world.internet.connections(4) - before


@pytest.mark.parametrize("options", [FLASH])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_power_goes_at_any_moment(world, seed):
    """A zombie is at it when the power goes, and all through the boot: the rules are there before the network."""
    laptop, chance = world.home.laptop, random.Random(seed)
    world.router.run("sync")  # of the configuration, which is seconds old
    zombie = laptop.start_zombie(**ENDLESS)
    time.sleep(chance.uniform(0, 10))
    assert boot_beside(world, zombie) + steps.escapes(world, laptop, 4, count=40) <= CAP
    for name in agent.ROLES:
        assert world.router.alive(name)
        assert "Traceback" not in world.router.log(name)
    assert world.home.phone.send_mail(2)["sent"] == 2


@pytest.mark.parametrize("options", [FLASH])
def test_a_case_on_flash_survives_the_power_and_no_connection_gets_out(world):
    laptop = world.home.laptop
    steps.outbreak(world, laptop, 4)
    incident = steps.event(world, "stopped").json()["data"]["incident"]
    wait_written(world, laptop)
    assert boot_beside(world, laptop.start_zombie(**ENDLESS)) == 0
    assert world.router.call("explain", device=laptop.mac)["case"]["incident"] == incident
    # at least once; the ISP drops repetitions by their id
    assert len({event["id"] for event in steps.events(world, "stopped")}) == 1


@pytest.mark.parametrize("options", [FLASH])
def test_a_full_flash_stops_nothing_and_is_written_when_there_is_room(world):
    router, laptop = world.router, world.home.laptop
    router.run("sh", "-c", FILL)
    with pytest.raises(SimulatorError, match="No space left"):
        router.run("dd", "if=/dev/zero", "of=/etc/filler", "bs=4096", "count=1", "conv=fsync")
    steps.outbreak(world, laptop, 4)
    incident = steps.event(world, "stopped").json()["data"]["incident"]
    assert steps.escapes(world, laptop, 4) == 0
    assert "Vi har stoppet mail" in steps.page(world, laptop).body
    wait_until(lambda: "cases can't be saved" in router.log("guard"), LONG, "it is said")
    assert all(router.alive(name) for name in agent.ROLES)
    router.run("sh", "-c", "rm /etc/filler*")
    wait_written(world, laptop)
    world.router.cut_power()
    boot(world)
    assert router.call("explain", device=laptop.mac)["case"]["incident"] == incident
    assert router.call("status")["damaged_files"] == 0


@pytest.mark.parametrize("options", [Options(rtc="1970-01-01T00:00:00")])
def test_without_a_clock_a_zombie_is_stopped_and_reported_when_there_is_one(world):
    laptop = world.home.laptop
    steps.outbreak(world, laptop, 4)
    assert steps.escapes(world, laptop, 6) == 0
    wait_until(lambda: "clock is not set" in world.router.cli("status").stdout, LONG, "it says why it does not report")
    assert not world.isp.messages("/up/state")
    world.router.run("date", "-u", "-s", f"@{time.time():.0f}")  # as NTP does
    assert steps.event(world, "stopped").json()["data"]["evidence"]["networks"] >= 2


def test_with_little_memory_the_agent_goes_on(world):
    router = world.router
    free = int(re.search(r"MemAvailable:\s+(\d+)", router.run("cat", "/proc/meminfo"))[1])
    ballast = max(0, free - SHORT_KB)
    router.run("dd", "if=/dev/zero", "of=/tmp/ballast", "bs=1024", f"count={ballast}")
    before = {name: router.pid(name) for name in agent.ROLES}
    steps.outbreak(world, world.home.laptop, 4)
    assert "Vi har stoppet mail" in steps.page(world, world.home.laptop).body
    assert steps.event(world, "stopped")
    assert {name: router.pid(name) for name in agent.ROLES} == before


@pytest.mark.parametrize("cable", ["wan", "lan"])
def test_a_loose_cable(world, cable):
    steps.wait_online(world)
    for _ in range(3):
        world.router.vm.set_link(cable, False)
        time.sleep(1)
        world.router.vm.set_link(cable, True)
        time.sleep(1)
    steps.outbreak(world, world.home.laptop, 4)
    assert steps.event(world, "stopped")
    assert "Vi har stoppet mail" in steps.page(world, world.home.laptop).body


def test_another_address_from_the_isp(world):
    steps.wait_online(world)
    ours, theirs = OTHER_WAN
    ip_batch([f"addr add {theirs} dev customer"], world.isp.netns)
    began = time.monotonic()
    for line in ("addr flush dev wan scope global", f"addr add {ours} dev wan", f"route add default via {theirs[:-3]}"):
        world.router.run("ip", "-4", *line.split())
    news = wait_online(world, began)
    assert ours[:-3] in news.json()["addresses"]
    steps.outbreak(world, world.home.laptop, 4)
    assert steps.event(world, "stopped")
    assert world.home.phone.send_mail(1)["sent"] == 1


def test_a_broker_that_swallows_everything(world):
    steps.wait_online(world)
    nft_load(world.isp.netns, BLACKHOLE)
    steps.outbreak(world, world.home.laptop, 4)
    assert steps.escapes(world, world.home.laptop, 4) == 0
    nft_load(world.isp.netns, "delete table inet outage")
    assert steps.event(world, "stopped")
