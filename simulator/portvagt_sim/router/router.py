"""What the world, its stories and the scenarios ask of a router, whatever it is made of."""

import subprocess
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, Protocol

from portvagt_sim.certificates import Authority
from portvagt_sim.isp.isp import Isp
from portvagt_sim.router import uci

CPE_ID = "cpe-0001"
READY_SECONDS = 15.0
RUN_SECONDS = 30.0


class Options(NamedTuple):
    """How a machine differs from its usual self. A router that is no machine has only these."""

    flash_mib: int = 0  # a disk that keeps /etc when the power is cut; the machine then boots each time
    rtc: str = "utc"  # as QEMU's -rtc base=; with another than this nobody else sets the clock
    pcap: Path | None = None  # a directory for lan.pcap and wan.pcap
    image: str = ""  # of OpenWrt, as openwrt_image.FORM says


USUAL = Options()


class Site(NamedTuple):
    """What the world hands to a router: its network namespace, a new directory, and its surroundings."""

    netns: str
    workdir: Path
    isp: Isp
    web: Authority  # which the devices' browsers trust: it signs the certificate for `api_host`, where that is set
    runtime: str | None  # runtimes.RUNTIMES; None: the router's usual one
    settings: uci.Settings  # changes of the agent's configuration
    say: Callable[[str], None]  # hears of what takes seconds
    options: Options
    agent: bool  # whether the world starts the agent as soon as the router is up


class Router(Protocol):
    """A router with the agent's processes guard, portal and reporter. Paths are those of the router's own files."""

    settings: uci.Settings
    configuration: PurePosixPath  # the agent's, in UCI's format
    run_dir: PurePosixPath
    state_dir: PurePosixPath
    scratch: PurePosixPath  # a directory for what a scenario puts there
    zombie_rate: float  # connections a second of a zombie that leave the agent time, beside all else on this host

    @property
    def runtime(self) -> str:
        """What the agent runs on."""

    @property
    def portal_port(self) -> int:
        """The TCP port of the warning page."""

    @property
    def tls_port(self) -> int:
        """The TCP port that answers TLS with an alert."""

    @staticmethod
    def require_host() -> None:
        """Raises SimulatorError where this host lacks what such a router needs."""

    def start(self) -> None:
        """Start the router without the agent: firewall and dnsmasq."""

    def wait_started(self) -> None:
        """Wait until it gives leases and names."""

    def stop(self) -> None:
        """Stop the router and, if it runs, the agent."""

    def start_agent(self) -> None:
        """Start the agent's three processes, all at once, as procd does, with the configuration as it is now."""

    def stop_agent(self) -> None:
        """Stop the agent's processes; what they told the kernel stays."""

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the guard answers on its admin socket and the portal on its port, if started."""

    def start_process(self, name: str) -> None:
        """Start guard, portal or reporter (again), with the configuration as it is now."""

    def kill(self, name: str, number: int) -> None:
        """Send a signal to a process. Nobody starts it again but `start_process`."""

    def wait_ended(self, name: str) -> int | None:
        """Wait for a process's end: its exit status (negative: the signal), None where a supervisor keeps it."""

    def alive(self, name: str) -> bool:
        """Whether guard, portal or reporter runs."""

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""

    def tails(self) -> dict[str, str]:
        """The end of each log that there is, for a failure's report."""

    def memory_kb(self, name: str) -> dict[str, int]:
        """What a process takes of memory: rss, pss, private; KiB."""

    def cpu_seconds(self, name: str) -> float:
        """What a process took of the processor so far."""

    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""

    def run(self, *argv: str, text: str = "") -> str:
        """What a program, fed with `text`, prints on the router; raises SimulatorError when it fails."""

    def follow(self, *argv: str) -> "subprocess.Popen[str]":
        """A program on the router whose output is read line by line, until the caller kills it."""

    def read(self, path: PurePosixPath) -> str:
        """The text of a file; raises SimulatorError when it can't be read."""

    def write(self, path: PurePosixPath, text: str) -> None:
        """Write a file, which everybody on the router may read."""

    def nft(self, *arguments: str) -> str:
        """What `nft ARGUMENTS…` prints on the router; raises SimulatorError when it fails."""

    def flush_ruleset(self) -> None:
        """Load the firewall anew, as one that takes every table for its own, in one transaction."""


class PortalPorts:
    """The portal's ports on a router, which are its configuration's."""

    settings: uci.Settings

    @property
    def portal_port(self) -> int:
        """The TCP port of the warning page."""
        return int(str(self.settings["warn"]["port"]))

    @property
    def tls_port(self) -> int:
        """The TCP port that answers TLS with an alert."""
        return int(str(self.settings["warn"]["tls_port"]))
