"""A router that is a machine of its own: what is asked of it from outside, by programs that it runs for us."""

import shlex
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import PurePosixPath
from typing import Any

from portvagt_sim.bench import process
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import is_listening
from portvagt_sim.router import admin_socket, agent, image, settings, shell, wires
from portvagt_sim.router.router import RUN_SECONDS, USUAL, PortalPorts, Site
from portvagt_sim.router.virtual_machine import VirtualMachine
from portvagt_sim.waiting import wait_until

DNS_PORT = 53
START_SECONDS = 30.0
READY_SECONDS = 60.0
ENDED_SECONDS = 15.0
PAUSE = 0.05  # s between two looks into the machine, which has little to spare
TICKS_A_SECOND = 100  # USER_HZ of every Linux (include/asm-generic/param.h)
RUNTIME = "micropython"
TAIL_LINES = 12


class MachineRouter(PortalPorts, ABC):
    """What such routers have in common, of router.Router. Each has its own way in, `run`, and its own supervisor."""

    machine: str  # its name
    vm: VirtualMachine
    network = wires.NETWORK
    identity = image.IMAGES / "identity"
    zombie_rate = 10.0  # a translated processor is some twenty times slower than the host's
    runtime = RUNTIME
    configuration = PurePosixPath("/etc/config/portvagt")
    run_dir = PurePosixPath("/var/run/portvagt")
    state_dir = PurePosixPath("/etc/portvagt")
    scratch = PurePosixPath("/tmp")
    leases = PurePosixPath("/tmp/dhcp.leases")
    init_seconds = 60.0  # for the package's init script
    ended_seconds = ENDED_SECONDS

    @staticmethod
    def require_host() -> None:
        """Raises SimulatorError where the host has no taps."""
        wires.require_tun()

    def __init__(self, site: Site) -> None:
        if site.runtime not in (None, RUNTIME):
            raise SimulatorError(f"the router {self.machine} has no {site.runtime}; type: --runtime {RUNTIME}")
        self.netns = site.netns
        self._site = site
        self._started: set[str] = set()
        self._running = ExitStack()
        site.workdir.mkdir()
        self.serial = site.workdir / "serial.log"
        self.settings = settings.whole(site, self.run_dir, self.state_dir, self.leases)

    @abstractmethod
    def run(self, *argv: str, text: str = "", seconds: float = RUN_SECONDS) -> str:
        """What a program, fed with `text`, prints on the router; raises SimulatorError when it fails."""

    @abstractmethod
    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""

    @abstractmethod
    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""

    @abstractmethod
    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""

    @abstractmethod
    def _child(self, name: str) -> str:
        """What the supervisor knows as the number of the process, be it alive or not; "" at first."""

    def stop(self) -> None:
        """End the machine."""
        self._running.close()

    def wait_started(self) -> None:
        """Wait until dnsmasq listens."""
        self._wait_until(lambda: self._listens(DNS_PORT), START_SECONDS, "dnsmasq listens")

    def _set_clock(self) -> None:
        if self._site.options.rtc == USUAL.rtc:
            self.run("date", "-u", "-s", f"@{time.time():.0f}")

    def _init(self, action: str, *names: str) -> None:
        self.run("/etc/init.d/portvagt", action, *names, seconds=self.init_seconds)

    def start_agent(self) -> None:
        """Start the agent's processes by the package's init script."""
        self._init("start")
        self._started = {name for name in agent.ROLES if name != "reporter" or self.settings["report"]["enabled"]}

    def stop_agent(self) -> None:
        """Stop the agent's processes; what they told the kernel stays."""
        self._init("stop")
        self._wait_until(lambda: not any(map(self.alive, agent.ROLES)), self.ended_seconds, "the agent has ended")
        self._started.clear()

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the guard answers on its admin socket and the portal on its port, if started."""
        if "guard" in self._started:
            self._wait_until(lambda: admin_socket.answers(self.call), timeout, "the guard answers on its admin socket")
        if "portal" in self._started:
            self._wait_until(lambda: self._listens(self.portal_port), timeout, "the portal listens")

    def _listens(self, port: int) -> bool:
        return is_listening([self.run("cat", "/proc/net/tcp"), self.run("cat", "/proc/net/tcp6")], port)

    def _wait_until(self, probe: Callable[[], bool], timeout: float, what: str) -> None:
        try:
            wait_until(probe, timeout, what, PAUSE)
        except SimulatorError as error:
            tails = "\n".join(f"{name}:\n{tail}" for name, tail in self.tails().items())
            raise SimulatorError(f"{error}\n{tails}") from None

    def wait_ended(self, name: str) -> None:
        """Wait for a process's end; its exit status is the supervisor's affair."""
        self._require_started(name)
        self._wait_until(lambda: not self.alive(name), self.ended_seconds, f"{name} has ended")

    def alive(self, name: str) -> bool:
        """Whether guard, portal or reporter runs."""
        require_role(name)
        found = self.run("sh", "-c", f"kill -0 {self._child(name) or 'none'} && echo yes || true")
        return found == "yes\n"

    def pid(self, name: str) -> int:
        """The process id of guard, portal or reporter, on the machine."""
        self._require_started(name)
        return int(self._child(name))

    def _require_started(self, name: str) -> None:
        require_role(name)
        if name not in self._started:
            raise SimulatorError(f"{name} has not been started")

    def tails(self) -> dict[str, str]:
        """The end of each process's log and of the serial line's."""
        found = {}
        for name in self._started:
            with suppress(OSError, SimulatorError):
                found[name] = "\n".join(self.log(name).splitlines()[-TAIL_LINES:])
        return {**found, f"{self.machine}'s serial line, {self.serial}": self._serial_tail()}

    def _serial_tail(self) -> str:
        return "\n".join(self._serial_text().splitlines()[-TAIL_LINES:])

    def _serial_text(self) -> str:
        return self.serial.read_text(errors="replace") if self.serial.exists() else ""

    def memory_kb(self, name: str) -> dict[str, int]:
        """What a process takes of memory: rss, pss, private; KiB."""
        return process.memory(self.read(PurePosixPath(f"/proc/{self.pid(name)}/smaps_rollup")))

    def cpu_seconds(self, name: str) -> float:
        """What a process took of the processor so far."""
        return process.processor(self.read(PurePosixPath(f"/proc/{self.pid(name)}/stat")), TICKS_A_SECOND)

    def read(self, path: PurePosixPath) -> str:
        """The text of a file; raises SimulatorError when it can't be read."""
        return self.run("cat", str(path))

    def write(self, path: PurePosixPath, text: str) -> None:
        """Write a file, which everybody on the router may read."""
        self.run("sh", "-e", text=f"mkdir -p {shlex.quote(str(path.parent))}\n{shell.writing(path, text)}")

    def nft(self, *arguments: str) -> str:
        """What `nft ARGUMENTS…` prints on the router; raises SimulatorError when it fails."""
        return self.run("nft", *arguments)


def require_role(name: str) -> None:
    """Raises SimulatorError for a process that the agent has not."""
    if name not in agent.ROLES:
        raise SimulatorError(f"no process {name!r} of the agent; there are: {', '.join(agent.ROLES)}")
