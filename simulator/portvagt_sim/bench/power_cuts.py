"""Power cuts of one router with one flash, and after each the questions whether it kept what it had promised."""

import random
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.bench import power_promises
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.device import ZombieRun
from portvagt_sim.namespaces import nft_load
from portvagt_sim.router.agent import ROLES
from portvagt_sim.router.qemu import QemuRouter
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

STARTING_SHARE, OUTAGE_SHARE, CALM_SHARE = 0.2, 0.5, 0.5
STARTING_SECONDS = 5.0  # from the first init script; the agent starts then
WORK_SECONDS = 6.0  # from the first connection of a zombie; two of them are stopped meanwhile
SECOND_SECONDS = 2.0  # the second zombie begins so much later at most
ZOMBIE_RATE, ZOMBIE_SECONDS, ZOMBIE_COUNT = 10.0, 300.0, 10_000
AFTER_SECONDS = 2.0  # of the zombies' attempts, after the boot
CAP = 11  # the burst of port 25 and the first of an hour's 20; a boot is one burst
LOOK_PAUSE, LOOK_SECONDS = 0.2, 10.0
READY_SECONDS, ARRIVAL_SECONDS = 120.0, 90.0
BAD_WORDS = ("Traceback", "damaged", "pseudonym key is replaced", "internal error")
OUTAGE = "table inet outage { chain input { type filter hook input priority filter; tcp dport 8883 drop; }; }"
HEALTH = """
grep -q ' /overlay ext4 rw' /proc/mounts || echo not mounted
dmesg | grep -E 'EXT4-fs (error|warning)|EXT4-fs.*(corrupt|failed)'
find /etc/portvagt -name '*.bad*'
true
"""

BACK = "guard and page are back within 120 s"
MOUNT, FSCK, FILES = "the flash is mounted, without an error", "e2fsck: clean", "every file of the agent is whole"
STOPPED, SHUT = "a saved case: stopped again, same incident", "a saved case: no connection on port 25"
BOUND, ARRIVED = "a case that was not saved: never more than the cap", "a stored event arrives at the ISP"
CHECKS = (BACK, MOUNT, FSCK, FILES, STOPPED, SHUT, BOUND, ARRIVED)


class Plan(NamedTuple):
    """One cut: while the agent starts, or at work; how many seconds after that began; when the second zombie begins.

    `outage`: whether the broker is away; `calm`: whether a zombie of which no saved case tells ends with the power, so
    that the next verdict, which is written at once, comes in the time of the next cut.
    """

    starting: bool
    moment: float
    second: float
    outage: bool
    calm: bool


def plans(count: int, seed: int) -> list[Plan]:
    """The same for the same seed."""
    chance = random.Random(seed)
    return [_plan(chance, number) for number in range(count)]


def _plan(chance: random.Random, number: int) -> Plan:
    share, moment, second, outage, calm = (chance.random() for _ in range(5))
    starting = number > 0 and share < STARTING_SHARE
    longest = STARTING_SECONDS if starting else WORK_SECONDS
    return Plan(starting, moment * longest, second * SECOND_SECONDS, outage < OUTAGE_SHARE, calm < CALM_SHARE)


class Watch:
    """Asks the router again and again, on a thread, what it promises; the last whole answer counts."""

    def __init__(self, router: QemuRouter) -> None:
        self._script = power_promises.LOOK.format(
            state_dir=router.state_dir, run_dir=router.run_dir, mark=power_promises.MARK
        )
        self._router = router
        self._ended = threading.Event()
        self._cases: dict[str, str] = {}
        self._events: set[str] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="power watch", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_PAUSE):
            with suppress(OSError, SimulatorError):
                found = power_promises.read(self._router.run("sh", "-c", self._script, seconds=LOOK_SECONDS))
                self._keep(found)

    def _keep(self, found: power_promises.Promises) -> None:
        with self._lock:
            if not self._ended.is_set():
                self._cases.update(found.cases)
                self._events |= found.events

    def end(self) -> power_promises.Promises:
        """All that was promised until now. The thread may still wait for an answer that never comes."""
        with self._lock:
            self._ended.set()
            return power_promises.Promises(dict(self._cases), frozenset(self._events))


class PowerCuts:
    """Of one world. `checked`: how often each of CHECKS was asked; `faults`: (number of the cut, check, what was)."""

    def __init__(self, world: World, cuts: Sequence[Plan], say: Callable[[int, str], None]) -> None:
        assert isinstance(world.router, QemuRouter)
        self.checked: Counter[str] = Counter()
        self.faults: list[tuple[int, str, str]] = []
        self.cases: dict[str, str] = {}
        self.events: set[str] = set()
        self.before_guard: list[int] = []  # connections out from the power to the guard's first answer, by boot
        self._world = world
        self._router = world.router
        self._plans = cuts
        self._say = say
        self.done = 0
        self._zombies: dict[str, ZombieRun] = {}  # by the device's MAC
        self._attackers = (world.home.laptop, world.home.pc)
        self._families = {world.home.laptop.name: 4, world.home.pc.name: 6}
        self._shut = {device.mac for device in self._attackers}  # of which nothing is left to ask
        self._macs = 0
        self._is_on = True

    def run(self) -> None:
        """Cut the power as planned, and boot once more; a router that does not come back ends it."""
        try:
            self._router.run("sync")  # of the configuration
            for plan in self._plans:
                self._cut(plan)
                self.done += 1
                self._say(self.done, f"{len(self.cases)} cases, {len(self.events)} events, {len(self.faults)} faults")
            self._boot_and_check()
        except (OSError, SimulatorError) as error:
            self._note(BACK, False, str(error))

    def _cut(self, plan: Plan) -> None:
        if plan.starting:
            self._router.begin_boot()
            self._until(plan.moment, plan.second)
        else:
            if not self._is_on:
                self._boot_and_check()
            self._attack(plan)
        self._is_on = False
        if plan.calm:
            self._end_zombies([mac for mac in self._zombies if mac not in self.cases])
        self._check_flash()

    def _end_zombies(self, macs: Sequence[str]) -> None:
        for mac in macs:
            self._zombies.pop(mac).kill()

    def _attack(self, plan: Plan) -> None:
        """Two infected devices; who was stopped again after a boot makes room for one that the router does not know."""
        for device in self._attackers:
            if device.mac in self._shut:
                self._macs += 1
                device.change_mac(f"02:00:5e:10:{self._macs >> 8:02x}:{self._macs & 255:02x}")
        if plan.outage:
            nft_load(self._world.isp.netns, OUTAGE)
        self._until(plan.moment, plan.second, attack=True)
        if plan.outage:
            nft_load(self._world.isp.netns, "delete table inet outage")

    def _until(self, moment: float, second: float, attack: bool = False) -> None:
        watch, began = Watch(self._router), time.monotonic()
        for device, start in zip(self._attackers, (0.0, second), strict=True) if attack else ():
            time.sleep(max(0.0, min(start, moment) - (time.monotonic() - began)))
            family = self._families[device.name]
            zombie = device.start_zombie(family, ZOMBIE_RATE, ZOMBIE_COUNT, seconds=ZOMBIE_SECONDS)
            self._zombies[device.mac] = zombie
        time.sleep(max(0.0, moment - (time.monotonic() - began)))
        found = watch.end()
        self._router.cut_power()
        self.cases.update(found.cases)
        self.events |= found.events

    def _check_flash(self) -> None:
        """A copy: the machine must replay the journal itself."""
        flash = self._router.flash
        assert flash
        copy = shutil.copy(flash, flash.with_suffix(".copy"))
        replayed = _e2fsck("-y", "-E", "journal_only", copy)
        clean = _e2fsck("-fn", copy)
        self._note(FSCK, replayed.returncode in (0, 1) and clean.returncode == 0, clean.stdout)

    def _connections(self) -> dict[int, int]:
        return {family: self._world.internet.connections(family) for family in (4, 6)}

    def _boot_and_check(self) -> None:
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
        sets = self._router.nft("list", "set", "inet", "portvagt", "stopped_mac")
        for mac, incident in self.cases.items():
            case = self._router.call("explain", device=mac)["case"] or {}
            found = (mac in sets, case.get("incident"), case.get("state"))
            self._note(STOPPED, found == (True, incident, "stopped"), f"{mac}: {found}, {incident}")

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

    def _note(self, check: str, held: bool, what: str) -> None:
        self.checked[check] += 1
        if not held:
            self.faults.append((self.done, check, what))
            self._say(self.done, f"{check}: {what}")


def _e2fsck(*arguments: str | Path) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["e2fsck", *map(str, arguments)], capture_output=True, text=True, check=False)
