"""How soon a router that is a machine acts: a block, a page, the agent's start, a boot."""

import socket
import statistics
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.bench import guest, page_client
from portvagt_sim.block_watch import BlockWatch
from portvagt_sim.home.device import Device
from portvagt_sim.namespaces import entered
from portvagt_sim.router.qemu import QemuRouter
from portvagt_sim.router.router import Options
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

ZOMBIE_RATE = 2.0  # a second: so seldom that one is decided on before the next comes
ZOMBIE_COUNT = 40
BLOCK_SECONDS = 30.0
FLASH = Options(flash_mib=16)
READY_SECONDS = 120.0
CONNECT_SECONDS = 0.1
SOCKET = "admin/admin.sock"
# reads of /proc/uptime: before, when the guard has its doors open, when the portal listens
START = """
rm -f {socket}
read -r began _ </proc/uptime
{command} >/dev/null 2>&1 </dev/null &
until [ -S {socket} ]; do usleep 20000; done
read -r guard _ </proc/uptime
until grep -q ':{port:04X} [0-9A-F]*:0000 0A' /proc/net/tcp /proc/net/tcp6; do usleep 50000; done
read -r portal _ </proc/uptime
echo $began $guard $portal
"""


def row(what: str, seconds: list[float], target_ms: int | None = None) -> dict[str, Any]:
    """Median and worst in milliseconds; whether the median holds the target."""
    median = round(statistics.median(seconds) * 1000)
    return {
        "what": what,
        "runs": len(seconds),
        "median_ms": median,
        "worst_ms": round(max(seconds) * 1000),
        "target_ms": target_ms,
        "held": None if target_ms is None else "yes" if median <= target_ms else "NO",
    }


def block_rows(world: World, target_ms: int | None) -> Iterator[dict[str, Any]]:
    """A zombie on each device, one after the other."""
    found = [_block(world, device) for device in world.home]
    yield row("first SYN of a zombie, 2 a second, to the block", [first for first, _ in found])
    yield row("deciding connection to the block", [last for _, last in found], target_ms)


def _block(world: World, device: Device) -> tuple[float, float]:
    """Seconds to the block, from its first connection and from the one that decided."""
    with BlockWatch(world.router) as watch:
        began = time.monotonic()
        zombie = device.start_zombie(rate=ZOMBIE_RATE, count=ZOMBIE_COUNT)
        stopped = watch.wait_for(device.mac, began, BLOCK_SECONDS)
        first = float(zombie.stop()["first_at"])
    return stopped.at - first, since_last(stopped.at - first, ZOMBIE_RATE)


def since_last(seconds: float, rate: float) -> float:
    """How long ago the last one was, of those that come at 0, 1 / rate, 2 / rate … s."""
    return seconds - int(seconds * rate) / rate


def page_rows(world: World, count: int) -> Iterator[dict[str, Any]]:
    """The page of a device that is stopped."""
    site = page_client.Site(world.home.laptop.netns, LAN_ROUTER.v4, world.router.portal_port)
    page_client.get(site)
    answers = [page_client.get(site) for _ in range(count)]
    yield row("warning page, first byte", [answer.first for answer in answers])
    yield row("warning page, whole", [answer.whole for answer in answers])


def start_rows(world: World, runs: int) -> Iterator[dict[str, Any]]:
    """The agent's three processes by the init script, then the guard alone."""
    router = world.router
    assert isinstance(router, QemuRouter)
    whole = []
    for _ in range(runs):
        router.stop_agent()
        whole.append(_started(router, "/etc/init.d/portvagt start"))
    yield row("init script to the guard's answer, three processes", [guard for guard, _ in whole])
    yield row("init script to the portal's answer, three processes", [guard + portal for guard, portal in whole])
    alone = []
    for _ in range(runs):
        router.run("instance", "stop", "portvagt.guard")
        alone.append(_started(router, "instance start portvagt.guard")[0])
    yield row("start of the guard alone", alone)


def _started(router: QemuRouter, command: str) -> list[float]:
    values = {"socket": router.run_dir / SOCKET, "port": router.portal_port, "command": command}
    return guest.seconds_between(router.run("sh", "-c", START.format(**values), seconds=READY_SECONDS))


def boot_rows(machine: str, runs: int) -> Iterator[dict[str, Any]]:
    """From the power to guard and portal, with a flash that has the configuration."""
    seconds = []
    with World(router=machine, options=FLASH) as world:
        router = world.router
        assert isinstance(router, QemuRouter)
        for _ in range(runs):
            router.run("sync")
            router.cut_power()
            began = time.monotonic()
            router.power_on()
            wait_until(lambda: _connects(world), READY_SECONDS, "the portal answers", CONNECT_SECONDS)
            router.wait_ready()
            seconds.append(time.monotonic() - began)
    yield row("power on to the agent's answer", seconds)


def _connects(world: World) -> bool:
    """Whether the portal takes a connection: a look that costs the router no process."""
    with suppress(OSError), entered(world.home.tv.netns):
        socket.create_connection((LAN_ROUTER.v4, world.router.portal_port), CONNECT_SECONDS).close()
        return True
    return False


def speed(text: str) -> float:
    """Seconds of what LOOP printed."""
    return int(text) / 1e6


# the interpreter's own work: no library, no memory
LOOP = """
import time
began = time.ticks_us()
number = 0
for each in range(200000):
    number = (number * 31 + each) & 0xFFFF
print(time.ticks_diff(time.ticks_us(), began))
"""
SCRIPT = PurePosixPath("/tmp/bench.py")
