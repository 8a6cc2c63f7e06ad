"""The router as a network namespace: a real kernel, firewall and dnsmasq, and the agent's three processes."""

import shutil
import signal
import subprocess
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from portvagt_sim import addresses as plan
from portvagt_sim import runtimes
from portvagt_sim.certificates import Authority
from portvagt_sim.errors import SimulatorError
from portvagt_sim.isp.isp import Isp
from portvagt_sim.namespaces import exec_in, listens, nft_load
from portvagt_sim.program import Program
from portvagt_sim.router import admin_socket, agent, uci
from portvagt_sim.router.dnsmasq import RouterDnsmasq

FW4 = Path(__file__).with_name("fw4.nft")
CPE_ID = "cpe-0001"
PORTAL_PORT = 8025
TLS_PORT = 8026
READY_SECONDS = 15.0
CLI_SECONDS = 30.0


class NetnsRouter:
    """The router of the world. The agent's processes are guard, portal and reporter."""

    def __init__(
        self, netns: str, workdir: Path, isp: Isp, web: Authority, runtime: str, settings: uci.Settings
    ) -> None:
        """`settings` change the agent's configuration: {section: {option: value}}.

        `web`: the authority that the devices' browsers trust, of the certificate for `api_host`, where that is set.
        """
        self.netns = netns
        self.workdir = workdir
        self._runtime = runtimes.runtime(runtime)
        self._isp = isp
        self.run_dir = workdir / "run"
        self.state_dir = workdir / "state"
        self.configuration = workdir / "portvagt.conf"
        self.dnsmasq = RouterDnsmasq(netns, workdir, self.configuration)
        self.processes: dict[str, Program] = {}
        self._running = ExitStack()
        for directory in (workdir, self.run_dir, self.state_dir):
            directory.mkdir()
        agent.prepare_directories(self.run_dir, self.state_dir)
        self._install_certificates()
        self.settings = uci.merged(uci.merged(self._settings(), self._api(web, settings)), settings)
        self.configuration.write_text(uci.rendered(self.settings))

    @property
    def portal_port(self) -> int:
        """The TCP port of the warning page."""
        return int(str(self.settings["warn"]["port"]))

    @property
    def tls_port(self) -> int:
        """The TCP port that answers TLS with an alert."""
        return int(str(self.settings["warn"]["tls_port"]))

    def start(self) -> None:
        """Start the router without the agent: firewall and dnsmasq."""
        nft_load(self.netns, FW4.read_text())
        self.dnsmasq.start()
        self._running.callback(self.dnsmasq.stop)

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

    def wait_ended(self, name: str, timeout: float = 5.0) -> int:
        """The exit status (negative: the signal) of a process, once it has ended."""
        return self._process(name).wait(timeout)

    def alive(self, name: str) -> bool:
        """Whether guard, portal or reporter runs."""
        return name in self.processes and self.processes[name].alive()

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said."""
        return self._process(name).log()

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
            "guard": (self._guard_answers, "it answers on its admin socket"),
            # from the router itself the page can't be reached: it is bound to the LAN's interface
            "portal": (lambda: listens(self.netns, self.portal_port), f"it listens on port {self.portal_port}"),
        }
        for name, (probe, what) in probes.items():
            if name in self.processes:
                self.processes[name].wait_until(probe, timeout, what)

    def _guard_answers(self) -> bool:
        try:
            self.call("status")
        except (OSError, ValueError):
            return False
        return True

    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""
        return admin_socket.call(self.run_dir / "admin" / "admin.sock", method, **parameters)

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""
        argv = [*self._runtime.command(agent.CLI_HEAP_KB), "--config", str(self.configuration), *arguments]
        return subprocess.run(
            exec_in(self.netns, argv),
            env=agent.environment(self._runtime),
            timeout=CLI_SECONDS,
            capture_output=True,
            text=True,
            check=False,
        )

    def nft(self, *arguments: str) -> str:
        """What `nft ARGUMENTS…` prints on the router; raises SimulatorError when it fails."""
        done = subprocess.run(exec_in(self.netns, ["nft", *arguments]), capture_output=True, text=True, check=False)
        if done.returncode:
            raise SimulatorError(f"nft {' '.join(arguments)}: {done.stderr.strip()}")
        return done.stdout

    def _install_certificates(self) -> None:
        """Put the router's identity where provisioning would; only the reporter may read the key."""
        identity = self._isp.authority.issue(CPE_ID)
        shutil.copyfile(self._isp.authority.certificate, self.state_dir / "ca.crt")
        shutil.copyfile(identity.certificate, self.state_dir / "cpe.crt")
        key = self.state_dir / "cpe.key"
        key.touch(0o600)
        shutil.copyfile(identity.key, key)
        agent.hand_over(key, "reporter", "reporter", 0o400)

    def _api(self, web: Authority, settings: uci.Settings) -> uci.Settings:
        """The certificate of the captive-portal API, which the portal may read, if the router has a name for it."""
        host = settings.get("warn", {}).get("api_host")
        if not host:
            return {}
        identity = web.issue("portal", str(host))
        certificate, key = self.state_dir / "portal.crt", self.state_dir / "portal.key"
        shutil.copyfile(identity.certificate, certificate)
        key.touch(0o600)
        shutil.copyfile(identity.key, key)
        agent.hand_over(key, "portal", "portal", 0o400)
        return {"warn": {"api_certificate": str(certificate), "api_key": str(key)}}

    def _settings(self) -> uci.Settings:
        return {
            "main": {
                "enabled": 1,
                "policy": "stop",
                "lan": ["br-lan"],
                "run_dir": str(self.run_dir),
                "state_dir": str(self.state_dir),
                "leases": str(self.dnsmasq.leases),
            },
            "block": {"relay": list(plan.RELAY)},
            "warn": {
                "port": PORTAL_PORT,
                "tls_port": TLS_PORT,
                "isp_name": "Example Net",
                "isp_phone": "70 12 34 56",
                "language": "da",
            },
            "report": {
                "enabled": 1,
                "cpe_id": CPE_ID,
                "broker": plan.BROKER_NAME,
                "port": plan.BROKER_PORT,
                "ca": str(self.state_dir / "ca.crt"),
                "certificate": str(self.state_dir / "cpe.crt"),
                "key": str(self.state_dir / "cpe.key"),
            },
        }
