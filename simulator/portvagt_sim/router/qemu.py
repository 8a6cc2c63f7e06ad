"""The router as a machine of its own: QEMU runs it, and the namespace `router` is only the place of the wires.

devices ── lan-* ── bridge lan ── tap lan0 ── eth0 ┐
isp ────── wan ──── bridge outside ─ tap wan0 ── eth1 ├ the machine
the simulator ───────────────────── tap mgmt ── eth2 ┘

The package's own init script starts the agent. Its processes are looked at and signalled from a root shell.
"""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path, PurePosixPath
from typing import Any

from portvagt_sim.bench import process
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import is_listening
from portvagt_sim.network import BRIDGE, RouterNetwork
from portvagt_sim.router import accelerator, admin_socket, agent, image, settings, shell, snapshot, uci
from portvagt_sim.router.router import RUN_SECONDS, USUAL, Site, portal_ports
from portvagt_sim.router.virtual_machine import VirtualMachine
from portvagt_sim.runtimes import RUNTIMES
from portvagt_sim.waiting import wait_until

TUN = Path("/dev/net/tun")
DNS_PORT = 53
BOOT_SECONDS = 120.0
START_SECONDS = 30.0
INIT_SECONDS = 60.0
READY_SECONDS = 60.0
ENDED_SECONDS = 15.0
PAUSE = 0.05  # s between two looks into the machine, which has little to spare
AT_WORK = ("guard", "portal")  # the processes of a machine that was saved with the agent
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
TICKS_A_SECOND = 100  # USER_HZ of every Linux (include/asm-generic/param.h)
RUNTIME = "micropython"
TAIL_LINES = 12
HOST_MAC = "02:00:00:01:00:ff"  # the same for each machine that goes on from a saved state

NETWORK = RouterNetwork(
    {"net.ipv6.conf.all.disable_ipv6": 1, "net.ipv6.conf.default.disable_ipv6": 1},
    "lan",
    [
        f"link add lan {BRIDGE}",
        f"link add outside {BRIDGE}",
        *(f"tuntap add {tap} mode tap" for tap in ("lan0", "wan0", "mgmt")),
        "link set lan0 master lan",
        "link set wan0 master outside",
        "link set wan master outside",
        f"link set mgmt address {HOST_MAC}",
        f"addr add {shell.HOST_ADDRESS}/30 dev mgmt",
        *(f"link set {name} up" for name in ("lan", "outside", "lan0", "wan0", "wan", "mgmt")),
    ],
)
# id of QEMU's -netdev -> tap, in the order of the machine's interfaces
NICS = {"lan": "lan0", "wan": "wan0", "mgmt": "mgmt"}


class QemuRouter:
    """The router of the world, as router.Router."""

    machine: str  # one of machines.MACHINES
    network = NETWORK
    zombie_rate = 10.0  # a translated processor is some twenty times slower than the host's
    identity = image.IMAGES / "identity"
    runtime = RUNTIME
    configuration = PurePosixPath("/etc/config/portvagt")
    run_dir = PurePosixPath("/var/run/portvagt")
    state_dir = PurePosixPath("/etc/portvagt")
    scratch = PurePosixPath("/tmp")
    leases = PurePosixPath("/tmp/dhcp.leases")

    @classmethod
    def prepare(cls, _runtime: str | None, say: Callable[[str], None]) -> None:
        """Fetch and build the machine's image; in the sandbox there is no way out for it."""
        RUNTIMES[RUNTIME]().prepare()
        image.build(cls.machine, say)

    def __init__(self, site: Site) -> None:
        if site.runtime not in (None, RUNTIME):
            raise SimulatorError(f"the router {self.machine} has no {site.runtime}; type: --runtime {RUNTIME}")
        if not os.access(TUN, os.R_OK | os.W_OK):
            raise SimulatorError(f"no access to {TUN}, so no cable to a machine; type: sudo chmod a+rw {TUN}")
        self.netns = site.netns
        self._site = site
        self._started: set[str] = set()
        self._running = ExitStack()
        self._is_fresh = True  # the agent has not been started yet
        site.workdir.mkdir()
        self.serial = site.workdir / "serial.log"
        self.settings = settings.whole(site, self.run_dir, self.state_dir, self.leases)

    @property
    def portal_port(self) -> int:
        """The TCP port of the warning page."""
        return portal_ports(self.settings)[0]

    @property
    def tls_port(self) -> int:
        """The TCP port that answers TLS with an alert."""
        return portal_ports(self.settings)[1]

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
            lines = [*(shell.writing(*each) for each in self._files.items()), f"chmod 600 {self.state_dir}/*.key"]
            self.run("sh", "-e", text="\n".join(lines))
        self._set_clock()
        self._site.say(f"{self.machine} is up, {time.monotonic() - began:.1f} s")

    def _may_be_saved(self) -> bool:
        """With the agent at work."""
        options = self._site.options._replace(pcap=None)
        reports = self.settings["report"]["enabled"]
        return bool(reports) and self._site.agent and options == USUAL

    def _ready_state(self) -> Path:
        return snapshot.path(self._image, "ready", [*self._argv(), *self._files.values()])

    def _provisions(self) -> dict[PurePosixPath, str]:
        """The files that make the machine this router. Keys are root's; the init script hands them to their roles."""
        files = {self.state_dir / each.name: each.source.read_text() for each in settings.secrets(self._site)}
        return {**files, self.configuration: uci.rendered(self.settings)}

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
        before = self._serial_count(SERVICES)
        self._switch_on(self._argv())
        self._wait_boot(lambda: self._serial_count(SERVICES) > before, "its services start")

    def _set_clock(self) -> None:
        if self._site.options.rtc == USUAL.rtc:
            self.run("date", "-u", "-s", f"@{time.time():.0f}")

    def cut_power(self) -> None:
        """End the machine between two instructions; `power_on` boots it again."""
        self._running.pop_all()
        self.vm.cut_power()

    def _switch_on(self, argv: list[str], saved: Path | None = None) -> None:
        dumps = [*self._dumps()] if self._site.options.pcap else []
        self.vm = VirtualMachine(self.machine, self.netns, [*argv, *dumps], self.serial, saved)
        self._running.callback(self.vm.stop)
        if saved:
            self.vm.go_on()

    def _dumps(self) -> Iterator[str]:
        assert self._site.options.pcap
        self._site.options.pcap.mkdir(parents=True, exist_ok=True)
        for name in ("lan", "wan"):
            yield from (
                "-object",
                f"filter-dump,id=dump-{name},netdev={name},file={self._site.options.pcap}/{name}.pcap",
            )

    def _argv(self) -> list[str]:
        machine = self._image.machine
        argv = [machine.program, "-accel", accelerator.best(self._image), "-M", machine.machine]
        argv += ["-cpu", machine.cpu, "-m", str(machine.memory), "-rtc", f"base={self._site.options.rtc}"]
        argv += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
        append = self._image.append if self.flash else f"{self._image.append} {AGENTLESS}"
        argv += ["-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd), "-append", append]
        for (name, tap), mac in zip(NICS.items(), machine.macs, strict=True):
            argv += ["-netdev", f"tap,id={name},ifname={tap},script=no,downscript=no"]
            argv += ["-device", f"{machine.nic},netdev={name},mac={mac},romfile="]
        if self.flash:
            argv += ["-drive", f"file={self.flash},if=none,id=flash,format=raw"]
            argv += ["-device", f"{machine.disk},drive=flash"]
        return argv

    @property
    def flash(self) -> Path | None:
        """The disk's file, new at its first use; None for a machine without one."""
        file = self._site.workdir / "flash"
        if self._site.options.flash_mib and not file.exists():
            with file.open("wb") as new:
                new.truncate(self._site.options.flash_mib << 20)
            subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "flash", str(file)], check=True, capture_output=True)
        return file if file.exists() else None

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

    def wait_started(self) -> None:
        """Wait until dnsmasq listens."""
        self._wait_until(lambda: self._listens(DNS_PORT), START_SECONDS, "dnsmasq listens")

    def stop(self) -> None:
        """End the machine."""
        self._running.close()

    def start_agent(self) -> None:
        """Start the agent's processes, as at a boot; of a machine that was saved, the one that was not at work."""
        if self._started:
            self.start_process("reporter")
            return
        self._init("start")
        self._started = {name for name in agent.ROLES if name != "reporter" or self.settings["report"]["enabled"]}
        if self._is_fresh and self._may_be_saved():
            self._save_ready()
        self._is_fresh = False

    def _save_ready(self) -> None:
        """Without the reporter: its connection would be one that its broker knows nothing of."""
        self.wait_ready()
        self.kill("reporter")
        self.wait_ended("reporter")
        snapshot.keep(self.vm, self._ready_state())
        self.start_process("reporter")

    def _init(self, action: str) -> None:
        self.run("/etc/init.d/portvagt", action, seconds=INIT_SECONDS)

    def stop_agent(self) -> None:
        """Stop the agent's processes; what they told the kernel stays."""
        self._init("stop")
        self._wait_until(lambda: not any(map(self.alive, agent.ROLES)), ENDED_SECONDS, "the agent has ended")
        self._started.clear()

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the guard answers on its admin socket and the portal on its port, if started."""
        if "guard" in self._started:
            self._wait_until(self._guard_answers, timeout, "the guard answers on its admin socket")
        if "portal" in self._started:
            self._wait_until(lambda: self._listens(self.portal_port), timeout, "the portal listens")

    def _guard_answers(self) -> bool:
        try:
            self.call("status")
        except (OSError, ValueError):
            return False
        return True

    def _wait_until(self, probe: Callable[[], bool], timeout: float, what: str) -> None:
        try:
            wait_until(probe, timeout, what, PAUSE)
        except SimulatorError as error:
            tails = "\n".join(f"{name}:\n{tail}" for name, tail in self.tails().items())
            raise SimulatorError(f"{error}\n{tails}") from None

    def _listens(self, port: int) -> bool:
        return is_listening([self.run("cat", "/proc/net/tcp"), self.run("cat", "/proc/net/tcp6")], port)

    def start_process(self, name: str) -> None:
        """Start guard, portal or reporter (again), with the configuration as it is now."""
        _require_role(name)
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

    def wait_ended(self, name: str, timeout: float = ENDED_SECONDS) -> None:
        """Wait for a process's end; its exit status is the supervisor's affair."""
        self.pid(name)
        self._wait_until(lambda: not self.alive(name), timeout, f"{name} has ended")

    def alive(self, name: str) -> bool:
        """Whether guard, portal or reporter runs."""
        _require_role(name)
        found = self.run("sh", "-c", f"kill -0 {self._child(name) or 'none'} && echo yes || true")
        return found == "yes\n"

    def pid(self, name: str) -> int:
        """The process id of guard, portal or reporter, on the machine."""
        _require_role(name)
        if name not in self._started:
            raise SimulatorError(f"{name} has not been started")
        return int(self._child(name))

    def _child(self, name: str) -> str:
        """What the supervisor knows as the number of the process, be it alive or not; "" at first."""
        return self.run("sh", "-c", f"cat /var/run/instances/{_instance(name)}.child || true").strip()

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""
        return self.read(PurePosixPath(f"/var/log/portvagt-{name}.log"))

    def tails(self) -> dict[str, str]:
        """The end of each process's log and of the serial line's."""
        found = {}
        for name in self._started:
            with suppress(OSError, SimulatorError):
                found[name] = "\n".join(self.log(name).splitlines()[-TAIL_LINES:])
        return {**found, f"{self.machine}'s serial line, {self.serial}": self._serial_tail()}

    def _serial_tail(self) -> str:
        return "\n".join(self._serial_text().splitlines()[-TAIL_LINES:])

    def _serial_count(self, words: str) -> int:
        return self._serial_text().count(words)

    def _serial_text(self) -> str:
        return self.serial.read_text(errors="replace") if self.serial.exists() else ""

    def memory_kb(self, name: str) -> dict[str, int]:
        """What a process takes of memory: rss, pss, private; KiB."""
        return process.memory(self.read(PurePosixPath(f"/proc/{self.pid(name)}/smaps_rollup")))

    def cpu_seconds(self, name: str) -> float:
        """What a process took of the processor so far."""
        return process.processor(self.read(PurePosixPath(f"/proc/{self.pid(name)}/stat")), TICKS_A_SECOND)

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

    def read(self, path: PurePosixPath) -> str:
        """The text of a file; raises SimulatorError when it can't be read."""
        return self.run("cat", str(path))

    def write(self, path: PurePosixPath, text: str) -> None:
        """Write a file, which everybody on the router may read."""
        self.run("sh", "-e", text=shell.writing(path, text))

    def nft(self, *arguments: str) -> str:
        """What `nft ARGUMENTS…` prints on the router; raises SimulatorError when it fails."""
        return self.run("nft", *arguments)

    def flush_ruleset(self) -> None:
        """Load the firewall anew, as one that takes every table for its own, in one transaction."""
        self.run("nft", "-f", "-", text=FLUSHED)


def _require_role(name: str) -> None:
    if name not in agent.ROLES:
        raise SimulatorError(f"no process {name!r} of the agent; there are: {', '.join(agent.ROLES)}")


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
