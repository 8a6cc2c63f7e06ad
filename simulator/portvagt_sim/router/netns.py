"""The router as a network namespace: a real kernel, firewall and dnsmasq, and the agent's three processes."""

import shutil
import signal
import subprocess
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import Any

from portvagt_sim import runtimes
from portvagt_sim.bench import process
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import exec_in, listens, nft_load
from portvagt_sim.network import ROUTER
from portvagt_sim.program import Program
from portvagt_sim.router import admin_socket, agent, settings, uci
from portvagt_sim.router.dnsmasq import RouterDnsmasq
from portvagt_sim.router.router import READY_SECONDS, RUN_SECONDS, USUAL, PortalPorts, Site

FW4 = Path(__file__).with_name("fw4.nft")
FLUSH = "flush ruleset"
USUAL_RUNTIME = "cpython"
ENDED_SECONDS = 5.0


class NetnsRouter(PortalPorts):
    """The router of the world, as router.Router."""

    network = ROUTER
    zombie_rate = 50.0
    identity = None  # it needs no authority that is kept

    @staticmethod
    def prepare(runtime: str | None, _say: Callable[[str], None]) -> None:
        """Fetch and build what the router needs; in the sandbox there is no way out for it."""
        runtimes.runtime(runtime or USUAL_RUNTIME).prepare()

    @staticmethod
    def require_host() -> None:
        """What it needs is what the world needs."""

    def __init__(self, site: Site) -> None:
        if site.options != USUAL:
            raise SimulatorError(
                "a netns router has no flash, clock or ports of its own; take a machine: --router malta"
            )
        self.netns = site.netns
        self.workdir = self.scratch = site.workdir
        self.runtime = site.runtime or USUAL_RUNTIME
        self._runtime = runtimes.runtime(self.runtime)
        self.run_dir = self.workdir / "run"
        self.state_dir = self.workdir / "state"
        self.configuration = self.workdir / "portvagt.conf"
        self.dnsmasq = RouterDnsmasq(self.netns, self.workdir, self.configuration)
        self.processes: dict[str, Program] = {}
        self._running = ExitStack()
        for directory in (self.workdir, self.run_dir, self.state_dir):
            directory.mkdir()
        agent.prepare_directories(self.run_dir, self.state_dir)
        for secret in settings.secrets(site):
            self._install(secret)
        self.settings = settings.whole(site, self.run_dir, self.state_dir, self.dnsmasq.leases)
        self.configuration.write_text(uci.rendered(self.settings))

    def start(self) -> None:
        """Start the router without the agent: firewall and dnsmasq."""
        nft_load(self.netns, FW4.read_text())
        self.dnsmasq.start()
        self._running.callback(self.dnsmasq.stop)

    def wait_started(self) -> None:
        """Wait until dnsmasq answers."""
        self.dnsmasq.wait_ready()

    def start_agent(self, before: tuple[str, ...] = ()) -> None:
        """Start the agent's three processes, all at once, as procd does; `before`: words before their command lines."""
        for name in agent.ROLES:
            self.start_process(name, before)

    def stop_agent(self) -> None:
        """Stop the agent's processes; what they told the kernel stays."""
        for program in reversed(self.processes.values()):
            program.stop()
        self.processes.clear()

    def stop(self) -> None:
        """Stop the router and, if it runs, the agent."""
        self.stop_agent()
        self._running.close()

    def start_process(self, name: str, before: tuple[str, ...] = ()) -> None:
        """Start guard, portal or reporter (again); `before` as of start_agent()."""
        if self.alive(name):
            raise SimulatorError(f"{name} runs already")
        chosen = self._runtime._replace(argv=(*before, *self._runtime.argv))
        self.processes[name] = agent.start(name, self.netns, chosen, self.configuration, self.workdir / f"{name}.log")

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to guard, portal or reporter; `wait_ended` waits for its end."""
        self._process(name).send(number)

    def wait_ended(self, name: str) -> int:
        """The exit status (negative: the signal) of a process, once it has ended."""
        return self._process(name).wait(ENDED_SECONDS)

    def alive(self, name: str) -> bool:
        """Whether guard, portal or reporter runs."""
        return name in self.processes and self.processes[name].alive()

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""
        return self._process(name).log()

    def tails(self) -> dict[str, str]:
        """The end of each process's log."""
        return {name: program.tail() for name, program in self.processes.items()}

    def memory_kb(self, name: str) -> dict[str, int]:
        """What a process takes of memory: rss, pss, private; KiB."""
        return process.memory_kb(self.pid(name))

    def cpu_seconds(self, name: str) -> float:
        """What a process took of the processor so far."""
        return process.cpu_seconds(self.pid(name))

    def pid(self, name: str) -> int:
        """The process id of guard, portal or reporter, inside the sandbox."""
        return self._process(name).pid

    def _process(self, name: str) -> Program:
        if name not in self.processes:
            raise SimulatorError(f"{name} has not been started")
        return self.processes[name]

    def wait_ready(self, timeout: float = READY_SECONDS) -> None:
        """Wait until the guard answers on its admin socket and the portal on its port, if started."""
        probes = {
            "guard": (lambda: admin_socket.answers(self.call), "it answers on its admin socket"),
            # from the router itself the page can't be reached: it is bound to the LAN's interface
            "portal": (lambda: listens(self.netns, self.portal_port), f"it listens on port {self.portal_port}"),
        }
        for name, (probe, what) in probes.items():
            if name in self.processes:
                self.processes[name].wait_until(probe, timeout, what)

    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""
        return admin_socket.call(lambda: admin_socket.at(self.run_dir / admin_socket.PATH), method, **parameters)

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""
        argv = [*self._runtime.command(agent.CLI_HEAP_KB), "--config", str(self.configuration), *arguments]
        return subprocess.run(
            exec_in(self.netns, argv),
            env=agent.environment(self._runtime),
            timeout=RUN_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self, *argv: str, text: str = "") -> str:
        """What a program, fed with `text`, prints on the router; raises SimulatorError when it fails."""
        done = subprocess.run(
            self._entering(argv), input=text, timeout=RUN_SECONDS, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SimulatorError(f"{' '.join(argv)}: {done.stderr.strip() or f'exit status {done.returncode}'}")
        return done.stdout

    def follow(self, *argv: str) -> "subprocess.Popen[str]":
        """A program on the router whose output is read line by line, until the caller kills it."""
        # line by line, although its output is no terminal
        line_by_line = self._entering(["stdbuf", "-oL", *argv])
        return subprocess.Popen(line_by_line, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def _entering(self, argv: Sequence[str]) -> list[str]:
        """Unlike `ip netns exec`: what is mounted by it is mounted for the agent too."""
        return ["nsenter", f"--net=/run/netns/{self.netns}", *argv]

    def read(self, path: PurePosixPath) -> str:
        """The text of a file; raises SimulatorError when it can't be read."""
        try:
            return Path(path).read_text()
        except OSError as error:
            raise SimulatorError(f"{path}: {error.strerror}") from None

    def write(self, path: PurePosixPath, text: str) -> None:
        """Write a file, which everybody on the router may read."""
        Path(path).write_text(text)
        Path(path).chmod(0o644)

    def nft(self, *arguments: str) -> str:
        """What `nft ARGUMENTS…` prints on the router; raises SimulatorError when it fails."""
        return self.run("nft", *arguments)

    def flush_ruleset(self) -> None:
        """Load the firewall anew, as one that takes every table for its own, in one transaction."""
        nft_load(self.netns, f"{FLUSH}\n{FW4.read_text()}")

    def _install(self, secret: settings.Secret) -> None:
        """Put a file where provisioning would; a key is for one role alone."""
        target = self.state_dir / secret.name
        target.touch(0o600 if secret.reader else 0o644)
        shutil.copyfile(secret.source, target)
        if secret.reader:
            agent.hand_over(target, secret.reader, secret.reader, 0o400)
