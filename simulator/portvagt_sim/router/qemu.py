"""The router as a machine of its own, made of Debian's packages and our package: QEMU runs it.

The package's own init script starts the agent, on the stand-ins of portvagt_sim/guest. A root shell of the guest's is
the way in. What a machine was after its boot, and with the agent at work, is saved: the next one goes on from there.
"""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from portvagt_sim.errors import SimulatorError
from portvagt_sim.router import accelerator, admin_socket, image, shell, snapshot, wires
from portvagt_sim.router.machine_router import DNS_PORT, PAUSE, RUNTIME, START_SECONDS, require_role
from portvagt_sim.router.router import RUN_SECONDS, Site
from portvagt_sim.router.saved_router import AT_WORK, SavedRouter
from portvagt_sim.router.virtual_machine import VirtualMachine
from portvagt_sim.runtimes import RUNTIMES

BOOT_SECONDS = 120.0
# each look into the machine is a connection, and the conntrack table of 64 MiB has a thousand places
UNTRACKED = """
table inet simulator {
	chain prerouting { type filter hook prerouting priority raw; iifname "mgmt" notrack; }
	chain output { type filter hook output priority raw; oifname "mgmt" notrack; }
}
"""
FLUSHED = f"""
flush ruleset
include "/etc/fw4.nft"
add rule inet fw4 input iifname "mgmt" accept
{UNTRACKED}
"""
SERVICES = "rc: services"  # on the serial line: the guest's rc begins with the init scripts
AGENTLESS = "agent=no"  # to the guest's rc: the simulator says when the agent starts


class QemuRouter(SavedRouter):
    """The router of the world, as router.Router; `machine` is one of machines.MACHINES."""

    @classmethod
    def prepare(cls, _runtime: str | None, say: Callable[[str], None]) -> None:
        """Fetch and build the machine's image; in the sandbox there is no way out for it."""
        RUNTIMES[RUNTIME]().prepare()
        image.build(cls.machine, say)

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self.flash = _new_flash(site.workdir / "flash", site.options.flash_mib) if site.options.flash_mib else None

    def start(self) -> None:
        """Boot the machine, or let a saved one go on, and give it its identity and the agent's configuration."""
        self._image = image.build(self.machine, self._site.say)
        began = time.monotonic()
        self._files = self._provisions()
        ready = snapshot.take(self._ready_state()) if self._may_be_saved() else None
        if ready:
            self._switch_on(self._argv(), ready)
            self._started = set(AT_WORK)
        else:
            self.power_on()
            self._provision(self._files)
        self._set_clock()
        self._site.say(f"{self.machine} is up, {time.monotonic() - began:.1f} s")

    def _ready_state(self) -> Path:
        return snapshot.path(self._image, "ready", [*self._argv(), *self._files.values()])

    def _keep_ready(self) -> None:
        snapshot.keep(self.vm, self._ready_state())

    def power_on(self) -> None:
        """Let a machine that was saved after its boot go on; with a flash, or for the first time, boot.

        A machine with a flash starts the agent at its boot.
        """
        argv = self._argv()
        target = snapshot.path(self._image, "booted", argv)
        saved = None if self.flash else snapshot.take(target)
        self._switch_on(argv, saved)
        if not saved:
            self._wait_booted()
            self.run("nft", "-f", "-", text=UNTRACKED)
        if not saved and not self.flash:
            snapshot.keep(self.vm, target)
        self._set_clock()

    def begin_boot(self) -> None:
        """Switch a machine with a flash on, and come back when its init scripts begin: the agent is among the first."""
        before = self._serial_text().count(SERVICES)
        self._switch_on(self._argv())
        self._wait_boot(lambda: self._serial_text().count(SERVICES) > before, "its services start")

    def cut_power(self) -> None:
        """End the machine between two instructions; `power_on` boots it again."""
        self._running.pop_all()
        self.vm.cut_power()

    def _switch_on(self, argv: list[str], saved: Path | None = None) -> None:
        dumps = wires.dumps(self._site.options.pcap)
        self.vm = VirtualMachine(self.machine, self.netns, [*argv, *dumps], self.serial, saved)
        self._running.callback(self.vm.stop)
        if saved:
            self.vm.go_on()

    def _argv(self) -> list[str]:
        machine = self._image.machine
        argv = [machine.program, "-accel", accelerator.best(self._image), "-M", machine.machine]
        argv += ["-cpu", machine.cpu, "-m", str(machine.memory), "-rtc", f"base={self._site.options.rtc}"]
        argv += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
        append = self._image.append if self.flash else f"{self._image.append} {AGENTLESS}"
        argv += ["-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", append]
        argv += wires.options(machine.nic, machine.macs)
        if self.flash:
            argv += ["-drive", f"file={self.flash},if=none,id=flash,format=raw"]
            argv += ["-device", f"{machine.disk},drive=flash"]
        return argv

    def _wait_booted(self) -> None:
        began = time.monotonic()

        def booted() -> bool:
            self._site.say(f"booting {self.machine} … {time.monotonic() - began:.0f} s")
            with suppress(OSError, SimulatorError):
                return self._listens(DNS_PORT)
            return False

        self._wait_boot(booted, "it has booted")

    def _wait_boot(self, probe: Callable[[], bool], what: str) -> None:
        try:
            self.vm.program.wait_until(probe, BOOT_SECONDS, what, PAUSE)
        except SimulatorError as error:
            raise SimulatorError(f"{error}\n{self._serial_tail()}\nthe whole serial log: {self.serial}") from None

    def start_process(self, name: str) -> None:
        """Start guard, portal or reporter (again), with the configuration as it is now."""
        require_role(name)
        if self.alive(name):
            raise SimulatorError(f"{name} runs already")
        before = self._child(name)
        self.run("cp", str(self.configuration), str(self.run_dir / "config"))  # as the init script does
        self.run("instance", "start", _instance(name))
        self._wait_until(lambda: self._child(name) != before, START_SECONDS, f"{name} has been started")
        self._started.add(name)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process. Nobody starts it again but `start_process`."""
        pid = self.pid(name)
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self.run("instance", "abandon", _instance(name))
        self.run("kill", "-s", signal.Signals(number).name.removeprefix("SIG"), str(pid))  # MIPS has other numbers

    def _child(self, name: str) -> str:
        return self.run("sh", "-c", f"cat /var/run/instances/{_instance(name)}.child || true").strip()

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""
        return self.read(PurePosixPath(f"/var/log/portvagt-{name}.log"))

    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""
        return admin_socket.call(lambda: shell.connect(self.netns, shell.ADMIN_PORT), method, **parameters)

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""
        argv = ["portvagt", *arguments]
        done = shell.run(self.netns, argv, timeout=RUN_SECONDS)
        return subprocess.CompletedProcess(argv, done.status, done.output, done.errors)

    def run(self, *argv: str, text: str = "", seconds: float = RUN_SECONDS) -> str:
        """What a program, fed with `text`, prints on the router; raises SimulatorError when it fails."""
        done = shell.run(self.netns, argv, text, seconds)
        if done.status:
            raise SimulatorError(f"{' '.join(argv)}: {done.errors.strip() or f'exit status {done.status}'}")
        return done.output

    def follow(self, *argv: str) -> "subprocess.Popen[str]":
        """A program on the router whose output is read line by line, until the caller kills it."""
        return shell.follow(self.netns, argv)

    def flush_ruleset(self) -> None:
        """Load the firewall anew, as one that takes every table for its own, in one transaction."""
        self.run("nft", "-f", "-", text=FLUSHED)


def _new_flash(file: Path, mib: int) -> Path:
    """A disk that the guest lays over its /etc."""
    with file.open("wb") as new:
        new.truncate(mib << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "flash", str(file)], check=True, capture_output=True)
    return file


def _instance(name: str) -> str:
    """As the machine's supervisor calls it."""
    return f"portvagt.{name}"


class Malta(QemuRouter):
    """MIPS, little-endian, 32 bits: most routers of the last twenty years."""

    machine = "malta"


class Armvirt(QemuRouter):
    """ARM."""

    machine = "armvirt"


class X86(QemuRouter):
    """What PCs have."""

    machine = "x86"
