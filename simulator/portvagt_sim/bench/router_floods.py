"""Floods through a router: how many new mail connections a second its guard keeps up with, beside conntrack(8)."""

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import PurePosixPath
from subprocess import run
from typing import Any, Protocol

from portvagt_sim.addresses import INTERNET_NETWORKS
from portvagt_sim.bench import guest, lab, process
from portvagt_sim.bench.watchers import CONNTRACK_NEW, MAIL
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import ip_batch
from portvagt_sim.router.machine_router import TICKS_A_SECOND
from portvagt_sim.router.qemu import QemuRouter
from portvagt_sim.router.router import Router
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

OBSERVE = {"main": {"policy": "observe"}}
WARM_RATE, WARM_SECONDS = 100, 10.0  # 15 connections each: all become cases
SETTLE_SECONDS = 60.0
LOOK_SECONDS = 1.0
EVENTS = PurePosixPath("/tmp/bench.events")
ERRORS = PurePosixPath("/tmp/bench.errors")
# the kernel's own count of the connections that it lets through
RULES = f"""
table inet bench {{
    chain passed {{
        type filter hook forward priority 10;
        ct state new tcp dport {MAIL} counter
    }}
}}
"""
# room for what a flood leaves, for as long as in bench/lab.py
SYSCTLS = ("net.netfilter.nf_conntrack_max=32768", "net.netfilter.nf_conntrack_tcp_timeout_syn_sent=3")


class Subject(Protocol):
    """Who watches; `pid` on the router."""

    pid: int

    def seen(self) -> int:
        """The new mail connections that it has counted so far."""

    def times_lost(self) -> int:
        """How often it heard that the kernel had thrown events away."""


class Guard:
    """Ours, at work in the world."""

    def __init__(self, router: QemuRouter) -> None:
        self._router = router
        self.pid = router.pid("guard")

    def seen(self) -> int:
        """By its status."""
        return int(self._router.call("status")["connections_seen"])

    def times_lost(self) -> int:
        """By its status."""
        return int(self._router.call("status")["events_lost"])


class Conntrack:
    """conntrack(8), which prints into a file in memory."""

    def __init__(self, router: QemuRouter) -> None:
        self._router = router
        line = f"{' '.join(CONNTRACK_NEW)} >{EVENTS} 2>{ERRORS} </dev/null & echo $!"
        self.pid = int(router.run("sh", "-c", line))

    def seen(self) -> int:
        """Lines."""
        return int(self._router.run("sh", "-c", f"wc -l <{EVENTS}"))

    def times_lost(self) -> int:
        """Its warnings."""
        return self._router.read(ERRORS).count("ENOBUFS")

    def stop(self) -> None:
        """End it."""
        self._router.run("kill", str(self.pid))
        self._router.run("rm", "-f", str(EVENTS), str(ERRORS))


@contextmanager
def guard(world: World) -> Iterator[Subject]:
    """Ours, whose 64 devices are cases already: a verdict is written to flash, and told the ISP."""
    yield Guard(_machine(world))


@contextmanager
def conntrack(world: World) -> Iterator[Subject]:
    """The rival, alone."""
    router = _machine(world)
    router.stop_agent()
    rival = Conntrack(router)
    try:
        yield rival
    finally:
        rival.stop()


SUBJECTS = {"guard": guard, "conntrack -E -e NEW": conntrack}


def _machine(world: World) -> QemuRouter:
    assert isinstance(world.router, QemuRouter)
    return world.router


def prepare(world: World) -> None:
    """Make room for a flood, let the router know the devices, and make them cases."""
    world.router.run("sysctl", "-qw", *SYSCTLS)
    wire(world)
    ours = Guard(_machine(world))
    seen = ours.seen()
    flood(world, WARM_RATE, WARM_SECONDS)
    _settle(ours, seen + passed(world.router))


def wire(world: World) -> None:
    """Let the router know the devices and count what passes; what they send ends at the ISP, unanswered."""
    ip_batch([f"route add blackhole {INTERNET_NETWORKS.v4}"], world.isp.netns)
    arp = [f"busybox arp -i br-lan -s {lab.source(each)} {lab.mac(each)}" for each in range(lab.DEVICES)]
    world.router.run("sh", "-e", text="\n".join(arp))
    world.router.run("nft", "-f", "-", text=RULES)


def flood(world: World, rate: float, seconds: float) -> int:
    """New connections of 64 devices on the home's wire; how many were sent."""
    router_mac = guest.mac(world.router.run("ip", "link", "show", "br-lan"))
    options = [f"--rate={rate}", f"--seconds={seconds}", f"--port={MAIL}", f"--router-mac={router_mac}"]
    argv = world.home.tv.command(sys.executable, "-m", "portvagt_sim.bench.lan_flood", *options)
    done = run(argv, capture_output=True, text=True, check=True, timeout=4 * seconds + 60)
    return int(done.stdout)


def rows(world: World, rates: list[int], seconds: float, progress: Callable[[str], None]) -> Iterator[dict[str, Any]]:
    """A row for each subject and rate."""
    for name, start in SUBJECTS.items():
        with start(world) as subject:
            for rate in rates:
                progress(f"{name}, {rate} a second")
                yield {"subject": name, **_one(world, subject, rate, seconds)}


def _one(world: World, subject: Subject, rate: int, seconds: float) -> dict[str, Any]:
    router = world.router
    router.run("sh", "-c", "conntrack -F 2>/dev/null")
    before, seen, times_lost = passed(router), subject.seen(), subject.times_lost()
    cpu, ticks = _cpu_seconds(router, subject.pid), _processor(router)
    load = os.getloadavg()[0]
    sent = flood(world, rate, seconds)
    busy = _processor(router).share_since(ticks)
    through = passed(router) - before
    _settle(subject, seen + through)
    spent = _cpu_seconds(router, subject.pid) - cpu
    seen = subject.seen() - seen
    return {
        "rate": rate,
        "sent": sent,
        "passed": through,
        "seen": seen,
        "lost": through - seen,
        "times_lost": subject.times_lost() - times_lost,
        "busy": None if busy is None else round(busy * 100),
        "cpu_s": round(spent, 2),
        "us_per_event": round(spent / seen * 1e6) if seen else None,
        "rss_kb": process.memory(router.read(_proc(subject.pid, "smaps_rollup")))["rss"],
        "load": round(load, 1),
    }


def _settle(subject: Subject, expected: int) -> None:
    """Wait until it has counted all, or counts no more."""
    counts = [subject.seen()]

    def settled() -> bool:
        time.sleep(LOOK_SECONDS)
        counts.append(subject.seen())
        return counts[-1] >= expected or counts[-1] == counts[-2]

    wait_until(settled, SETTLE_SECONDS, "the watcher has read what the kernel told it")


def passed(router: Router) -> int:
    """The mail connections that the router's kernel let through since `wire`."""
    return guest.counted(router.nft("list", "chain", "inet", "bench", "passed"))


def _processor(router: Router) -> guest.Processor:
    return guest.processor(router.read(PurePosixPath("/proc/stat")))


def _cpu_seconds(router: Router, pid: int) -> float:
    try:
        return process.processor(router.read(_proc(pid, "stat")), TICKS_A_SECOND)
    except SimulatorError:
        raise SimulatorError("the watcher has ended") from None


def _proc(pid: int, name: str) -> PurePosixPath:
    return PurePosixPath(f"/proc/{pid}/{name}")
