"""What the agent takes, holds and how soon it acts on the small routers that QEMU emulates."""

import argparse
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any

from portvagt_sim import micropython
from portvagt_sim.bench import guest, router_floods, router_times
from portvagt_sim.router.agent import ROLES
from portvagt_sim.world import ROUTERS, World

TITLE = "What the agent takes and holds on small routers"
ABOUT = """
The package as it is shipped, on MicroPython, in machines that QEMU emulates: malta, a MIPS 24Kf with 64 MB, and
armvirt, a Cortex-A53 with 128 MB (docs/qemu.md). QEMU translates each instruction, on the machine named below, which
others use too: "load" is its load average, 1 of it QEMU's own. Memory is as on a router on malta, where MicroPython is
linked as OpenWrt's is, with musl; armvirt's is Debian's, with the GNU C library. Times are not.

Floods: SYNs of 64 devices, each connection of a device to another network, port 25, by the home's wire through the
router; the ISP swallows them. Policy observe, and all 64 are cases before. "passed": connections that the router's
own kernel let through, which is what a watcher can see; what is missing of "sent" was dropped before. "lost": passed
and not seen. "times lost": how often the watcher heard of it, ENOBUFS. "busy": the router's processor, in the flood,
by all that it did. "CPU s": the watcher's own, user and system time, until all is read. `conntrack` prints into a
file in memory, and the agent is stopped meanwhile. The guard's buffer of 2 MiB is what carries it through ten seconds
of more than it can judge. In a flood the guard reads every 20 ms (watch/pace.py); at 1,000 a second that took armvirt's
busy share from 76 to 43 %. On malta such a reading seems to cost 15 ms beside its events, so 200 a second keep it as
busy as 500, the most that it can do. 1,000 are too many (without that rest 3,566 were lost); of that rate alone, in
another run, none of 10,000 was. After several floods memory is short there: pages of files are dropped and read again,
which is why RSS falls.

On malta RSS holds its targets at rest. With 64 cases the guard takes 0.4 MB more, a little above its own, as in the
floods. On Debian's C library, as armvirt's still is, 1.3 MB more were resident in each process, though once in memory
(see PSS): on malta the guard took 3,060 KiB, the three 9,820 (docs/router-images.md). On a root file system of X-WRT
26.04 (made of OpenWrt; armhf, musl; MicroPython linked with its libraries, another kernel) guard, portal and reporter
took 1,656, 1,672 and 1,880 KiB RSS at rest, 5,208 together. There ujail is the parent of each, 912 KiB RSS more, of
which 800 are files that all three share.

Times: the host's clock, but for starts, where it is the router's. The block is the moment at which `nft monitor` on
the router has told of it to the host, by a TCP connection. A zombie opens two connections a second; the deciding one
is the last before the block. A machine that is powered on has a flash with the agent's configuration.

How fast such a processor is depends on the work. OpenSSL's MD5 (Debian's 3.0, `openssl speed -bytes 1024 md5`) makes
104 to 116 MB/s on malta; published for routers are 21.6 (24Kc, 400 MHz: forum.archive.openwrt.org, topic 35323), 26.5
(MT7620, 24K) and 39.1 (MT7621, 1004K; both gist.github.com/cuteribs-1/2674f36698c56f7f264bebf2a130a415). So straight
code is four times as fast as on an MT7620. MicroPython gains less. A 24K's translation buffer holds 16 pairs of pages,
fewer than the guard or the portal go through, and each miss is an exception, which QEMU makes far dearer than a
processor does; so is each look of a thread at its own state (rdhwr), for which QEMU's 24Kf has no register. Making the
page took the portal 275 to 606 ms on it, and 61 to 99 ms on QEMU's 34Kf, which has 32 pairs and the register. There is
no figure of MicroPython on a real MT7620 here to compare with.
Instructions are not counted: under -icount the guest's clock ran faster than instructions can, and no number of it
was believable.
"""
FLOODS, PROCESSES, MEMORY, TIMES, PROCESSOR = "Floods", "Processes", "The router's memory", "Times", "The processor"
TABLES = {
    FLOODS: {
        "machine": "machine",
        "subject": "subject",
        "rate": "a second",
        "sent": "sent",
        "passed": "passed",
        "seen": "seen",
        "lost": "lost",
        "times_lost": "times lost",
        "busy": "busy, %",
        "cpu_s": "CPU s",
        "us_per_event": "µs an event",
        "rss_kb": "RSS KiB",
        "load": "load",
        "target": "target",
        "held": "held",
    },
    PROCESSES: {
        "machine": "machine",
        "process": "process",
        "state": "state",
        "rss": "RSS KiB",
        "pss": "PSS KiB",
        "private": "private KiB",
        "target_kb": "target RSS KiB",
        "held": "held",
    },
    MEMORY: {
        "machine": "machine",
        "state": "state",
        "total": "total KiB",
        "free": "free KiB",
        "available": "available KiB",
    },
    TIMES: {
        "machine": "machine",
        "what": "what",
        "runs": "runs",
        "median_ms": "median ms",
        "worst_ms": "worst ms",
        "target_ms": "target ms",
        "held": "held",
        "load": "load",
    },
    PROCESSOR: {"machine": "machine", "loop_ms": "loop, ms", "host_ms": "on the host, ms", "times": "times slower"},
}
MACHINES = ["malta", "armvirt"]
RATES = [100, 200, 500, 1000, 2000]
# of malta: what a router with 64 MB can spare
TARGET_MACHINE = "malta"
TARGETS_KB = {"guard": 2253, "together": 8192}
TARGET_RATE = 500
TARGET_BLOCK_MS = 150
IDLE_SECONDS = 10.0
LOOPS = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("machine", nargs="*", default=MACHINES, help=f"what to measure: {', '.join(MACHINES)} (both)")
    parser.add_argument("--rate", type=int, action="append", help="new connections a second (100, 200 … 2000)")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each flood (10)")
    parser.add_argument("--runs", type=int, default=5, help="starts of the agent, and boots (5)")
    parser.add_argument("--requests", type=int, default=30, help="of the page (30)")


def prepare(args: argparse.Namespace) -> None:
    """Build the images, outside the sandbox."""
    for name in args.machine:
        ROUTERS[name].prepare(None, print)


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """Rows of each machine."""
    rows: list[dict[str, Any]] = []
    for number, machine in enumerate(args.machine):

        def say(words: str, number: int = number, machine: str = machine) -> None:
            progress(number, len(args.machine), f"{machine}: {words}")

        rows += ({"machine": machine, **row} for row in _of_machine(machine, args, say))
    return rows


def _of_machine(machine: str, args: argparse.Namespace, say: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    aim = machine == TARGET_MACHINE
    with World(router=machine, settings=router_floods.OBSERVE, say=say) as world:
        yield {"table": PROCESSOR, **_processor(world)}
        time.sleep(IDLE_SECONDS)
        yield from _memory(world, "idle", aim)
        router_floods.prepare(world)
        rates = args.rate or RATES
        for row in router_floods.rows(world, rates, args.seconds, say):
            yield {"table": FLOODS, **row, **(flood_target(row) if aim else {})}
            if (row["subject"], row["rate"]) == ("guard", rates[-1]):
                yield from _memory(world, "after the floods", aim)
    with World(router=machine, say=say) as world:
        say("blocks")
        yield from _timed(router_times.block_rows(world, TARGET_BLOCK_MS if aim else None))
        say("pages")
        yield from _timed(router_times.page_rows(world, args.requests))
        say("starts")
        yield from _timed(router_times.start_rows(world, args.runs))
    say("boots")
    yield from _timed(router_times.boot_rows(machine, args.runs))


def flood_target(row: dict[str, Any]) -> dict[str, str]:
    """Whether a flood that the guard is meant to keep up with was seen whole."""
    if row["subject"] != "guard" or row["rate"] > TARGET_RATE:
        return {}
    return {"target": "no loss", "held": "NO" if row["lost"] else "yes"}


def _timed(rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {"table": TIMES, **row, "load": round(os.getloadavg()[0], 1)}


def _memory(world: World, state: str, aim: bool) -> Iterator[dict[str, Any]]:
    found = {role: world.router.memory_kb(role) for role in ROLES}
    found["together"] = {key: sum(each[key] for each in found.values()) for key in ("rss", "pss", "private")}
    for name, values in found.items():
        target = TARGETS_KB.get(name) if aim else None
        held = None if target is None else "yes" if values["rss"] <= target else "NO"
        yield {"table": PROCESSES, "process": name, "state": state, **values, "target_kb": target, "held": held}
    meminfo = world.router.read(PurePosixPath("/proc/meminfo"))
    yield {"table": MEMORY, "state": state, **guest.memory(meminfo)}


def _processor(world: World) -> dict[str, Any]:
    """The same loop on the router and on the host, the best of some."""
    world.router.write(router_times.SCRIPT, router_times.LOOP)
    there = min(router_times.speed(world.router.run("micropython", str(router_times.SCRIPT))) for _ in range(LOOPS))
    here = min(router_times.speed(_on_host(router_times.LOOP)) for _ in range(LOOPS))
    return {"loop_ms": round(there * 1000), "host_ms": round(here * 1000, 1), "times": round(there / here, 1)}


def _on_host(script: str) -> str:
    argv = [str(micropython.program()), "-c", script]
    return subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
