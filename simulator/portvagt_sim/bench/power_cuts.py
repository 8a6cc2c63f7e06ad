"""Power cuts of one router with one flash, and after each the questions whether it kept what it had promised."""

import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress

from portvagt.block import ruleset
from portvagt_sim.bench import power_orders
from portvagt_sim.bench.power_flash import Flash
from portvagt_sim.bench.power_moments import Moments
from portvagt_sim.bench.power_orders import Order
from portvagt_sim.bench.power_plan import AIMED, ORDER, POLICY, SECOND_WRITE, STARTING, WORK, Plan
from portvagt_sim.bench.power_watch import LOOK_PAUSE, Watch
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.device import ZombieRun
from portvagt_sim.namespaces import nft_load
from portvagt_sim.router.agent import ROLES
from portvagt_sim.router.qemu import QemuRouter
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

ZOMBIE_RATE, ZOMBIE_SECONDS, ZOMBIE_COUNT = 10.0, 300.0, 10_000
AFTER_SECONDS = 2.0  # of the zombies' attempts, after the boot
CAP = 11  # the burst of port 25 and the first of an hour's 20; a boot is one burst
READY_SECONDS, ARRIVAL_SECONDS, ONLINE_SECONDS, ACK_SECONDS = 120.0, 90.0, 120.0, 10.0
BAD_WORDS = ("Traceback", "damaged", "pseudonym key is replaced", "internal error")
OUTAGE = "table inet outage { chain input { type filter hook input priority filter; tcp dport 8883 drop; }; }"
HEALTH = """
grep -q ' /overlay ext4 rw' /proc/mounts || echo not mounted
dmesg | grep -E 'EXT4-fs (error|warning)|EXT4-fs.*(corrupt|failed)'
find /etc/portvagt -name '*.bad*'
true
"""

BACK, MOUNT, FSCK, FILES, STOPPED = "back", "mounted", "clean", "whole", "stopped"
SHUT, BOUND, ARRIVED, HELD, AGAIN = "shut", "capped", "arrived", "held", "again"
CHECKS = {
    BACK: "guard and page are back within 120 s",
    MOUNT: "the flash is mounted, without an error",
    FSCK: "e2fsck: clean",
    FILES: "every file of the agent is whole",
    STOPPED: "a saved case: stopped again, same incident",
    SHUT: "a saved case: no connection on port 25",
    BOUND: "a case that was not saved: never more than the cap",
    ARRIVED: "a stored event arrives at the ISP",
    HELD: "an order that was acknowledged holds",
    AGAIN: "an order of which the ISP heard nothing: it holds when it was sent again",
}


class PowerCuts:
    """Of one world. `checked`: how often each of CHECKS was asked; `faults`: (number of the cut, check, what was).

    `begun`: how many of a kind of cuts came when the write had begun; `kept`: (kind, how much of it was on the flash).
    """

    def __init__(self, world: World, cuts: Sequence[Plan], say: Callable[[int, str], None]) -> None:
        assert isinstance(world.router, QemuRouter)
        self.checked: Counter[str] = Counter()
        self.faults: list[tuple[int, str, str]] = []
        self.cases: dict[str, str] = {}
        self.events: set[str] = set()
        self.before_guard: list[int] = []  # connections out from the power to the guard's first answer, by boot
        self.begun: Counter[str] = Counter()
        self.kept: Counter[tuple[str, str]] = Counter()
        self.loads: list[float] = []
        self.done = 0
        self._world = world
        self._router = world.router
        self._plans = cuts
        self._say = say
        self._zombies: dict[str, ZombieRun] = {}  # by the device's MAC
        self._attackers = (world.home.laptop, world.home.pc)
        self._families = {world.home.laptop.name: 4, world.home.pc.name: 6}
        self._shut = {device.mac for device in self._attackers}  # of which nothing is left to ask
        self._orders: list[Order] = []  # that hold
        self._moments = Moments(world, world.router)
        self._macs = 0
        self._is_on = True

    def run(self, seconds: float) -> None:
        """Cut the power as planned, for `seconds`, and boot once more; a router that does not come back ends it."""
        end = time.monotonic() + seconds
        try:
            self._router.run("sync")  # of the configuration
            for plan in self._plans:
                self.loads.append(os.getloadavg()[0])
                self._cut(plan)
                self.done += 1
                self._say(self.done, f"{len(self.cases)} cases, {len(self.events)} events, {len(self.faults)} faults")
                if time.monotonic() >= end:
                    break
            self._boot_and_check()
        except (OSError, SimulatorError) as error:
            self._note(BACK, False, str(error))

    def _cut(self, plan: Plan) -> None:
        if plan.kind == STARTING:
            self._router.begin_boot()
        else:
            if not self._is_on:
                self._boot_and_check()
            self._renew()
        if plan.outage:
            nft_load(self._world.isp.netns, OUTAGE)
        self._until(plan)
        if plan.outage:
            nft_load(self._world.isp.netns, "delete table inet outage")
        self._is_on = False
        if plan.calm:
            self._end_zombies([mac for mac in self._zombies if mac not in self.cases])
        self._check_flash(plan.kind)

    def _renew(self) -> None:
        """Who was stopped again after a boot makes room for a device that the router does not know."""
        for device in self._attackers:
            if device.mac in self._shut:
                self._macs += 1
                device.change_mac(f"02:00:5e:10:{self._macs >> 8:02x}:{self._macs & 255:02x}")

    def _until(self, plan: Plan) -> None:
        watch, began = Watch(self._router), time.monotonic()
        if plan.kind != STARTING:
            self._attack(plan)
        if plan.kind in AIMED:
            self.begun[plan.kind] += self._wait_for(plan)
            began = time.monotonic()
        time.sleep(max(0.0, plan.moment - (time.monotonic() - began)))
        found = watch.end()
        self._router.cut_power()
        self.cases.update(found.cases)
        self.events |= found.events
        if self._moments.sent:  # it is no longer stopped, or may be
            self.cases.pop(self._moments.sent.mac, None)

    def _attack(self, plan: Plan) -> None:
        """Two infected devices; the second one begins before the cut."""
        began = time.monotonic()
        second = min(plan.second, plan.moment) if plan.kind == WORK else plan.second
        for device, start in zip(self._attackers, (0.0, second), strict=True):
            time.sleep(max(0.0, start - (time.monotonic() - began)))
            family = self._families[device.name]
            self._zombies[device.mac] = device.start_zombie(family, ZOMBIE_RATE, ZOMBIE_COUNT, seconds=ZOMBIE_SECONDS)

    def _end_zombies(self, macs: Sequence[str]) -> None:
        for mac in macs:
            self._zombies.pop(mac).kill()

    def _wait_for(self, plan: Plan) -> bool:
        """Until what the cut is aimed at: whether that has begun."""
        if plan.kind == SECOND_WRITE:
            return self._moments.second_write(self._attackers)
        device = self._attackers[0]
        self._shut.add(device.mac)
        order = self._moments.order(plan.order, device, lambda: self._end_zombies([device.mac]))
        wait = self._moments.order_write if plan.kind == ORDER else self._moments.acknowledgement
        return wait(order)

    def _check_flash(self, kind: str) -> None:
        assert self._router.flash
        flash = Flash(self._router.flash)
        fault = flash.fault()
        self._note(FSCK, not fault, fault)
        if kind in AIMED:
            self.kept[kind, self._moments.kept(flash)] += 1

    def _connections(self) -> dict[int, int]:
        return {family: self._world.internet.connections(family) for family in (4, 6)}

    def _boot_and_check(self) -> None:
        booted = time.monotonic()
        before = self._connections()
        self._router.power_on()
        self._is_on = True
        self._router.wait_ready(READY_SECONDS)
        self._note(BACK, True, "")
        self.before_guard.append(sum(self._connections().values()) - sum(before.values()))
        time.sleep(AFTER_SECONDS)
        later = self._connections()
        for device in self._attackers:
            if device.mac in self._zombies:
                family = self._families[device.name]
                self._check_port(device.mac, later[family] - before[family])
        self._end_zombies([*self._zombies])
        self._check_health()
        self._check_cases()
        self._check_events()
        self._check_orders(booted)

    def _check_port(self, mac: str, escaped: int) -> None:
        if mac in self.cases:
            self._shut.add(mac)
            self._note(SHUT, escaped == 0, f"{mac}: {escaped}")
        else:
            self._note(BOUND, escaped <= CAP, f"{mac}: {escaped}")

    def _check_health(self) -> None:
        said = self._router.run("sh", "-c", HEALTH).splitlines()
        bad = [line for line in said if line.startswith("/etc/")]
        others = [line for line in said if line not in bad]
        self._note(MOUNT, not others, "; ".join(others))
        lines = [line for role in ROLES for line in self._router.log(role).splitlines()]
        bad += [line for line in lines if any(word in line for word in BAD_WORDS)]
        damaged = self._router.call("status")["damaged_files"]
        self._note(FILES, not bad and damaged == 0, "; ".join([*bad, f"{damaged} damaged"]))

    def _check_cases(self) -> None:
        """By the kernel's sets and by the guard."""
        sets = " ".join(self._router.nft("list", "set", "inet", "portvagt", each) for each in ruleset.STOPPED.values())
        stopped = set(sets.replace(",", " ").split())
        for device, incident in self.cases.items():  # by MAC, or by address where none was found in time
            case = self._router.call("explain", device=device)["case"] or {}
            found = (device in stopped, case.get("incident"), case.get("state"))
            self._note(STOPPED, found == (True, incident, "stopped"), f"{device}: {found}, {incident}")

    def _check_events(self) -> None:
        with suppress(SimulatorError):
            wait_until(lambda: not self._missing(), ARRIVAL_SECONDS, "they are there", LOOK_PAUSE)
        missing = self._missing()
        for identity in self.events:
            self._note(ARRIVED, identity not in missing, identity)

    def _missing(self) -> set[str]:
        return self.events - set(self.deliveries())

    def deliveries(self) -> "Counter[str]":
        """How often each event came to the ISP."""
        return Counter(message.json()["id"] for message in self._world.isp.messages("/up/event"))

    def _check_orders(self, booted: float) -> None:
        for each in self._orders:
            self._note(HELD, *power_orders.holds(self._router, each))
        sent, self._moments.sent = self._moments.sent, None
        if sent is None:
            return
        self._wait_online(booted)
        with suppress(SimulatorError):  # it may wait in the router, or never come
            wait_until(lambda: power_orders.answers(self._world, sent), ACK_SECONDS, "it is acknowledged", LOOK_PAUSE)
        if power_orders.is_done(self._world, sent):
            self._note(HELD, *power_orders.holds(self._router, sent))
        else:
            self._note(AGAIN, *self._ordered_again(sent))
        if sent.name == POLICY:
            power_orders.take_back(self._world)
        else:
            self._orders.append(sent)

    def _wait_online(self, booted: float) -> None:
        def is_online() -> bool:
            states = self._world.isp.messages("/up/state")
            return any(message.at > booted and message.json()["online"] for message in states)

        wait_until(is_online, ONLINE_SECONDS, "the router is online", LOOK_PAUSE)

    def _ordered_again(self, sent: Order) -> tuple[bool, str]:
        """Whether it holds afterwards. A policy that is followed already is acknowledged by no word."""
        held, said = power_orders.holds(self._router, sent)
        if sent.name == POLICY and held:
            return held, said
        known = len(power_orders.answers(self._world, sent))
        power_orders.send(self._world, sent)
        answer = power_orders.wait_answer(self._world, sent, known)
        held, said = power_orders.holds(self._router, sent)
        return held, f"{said}: {answer.get('reason', answer['result'])}"

    def _note(self, check: str, held: bool, what: str) -> None:
        self.checked[check] += 1
        if not held:
            self.faults.append((self.done, check, what))
            self._say(self.done, f"{CHECKS[check]}: {what}")
