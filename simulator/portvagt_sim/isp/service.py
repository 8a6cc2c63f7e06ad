"""The ISP's real collector, `portvagt-isp collect`, as a program in a namespace, and other commands beside it."""

import os
import subprocess
import sys
from pathlib import Path

from portvagt_sim.addresses import BROKER, BROKER_PORT
from portvagt_sim.certificates import Identity
from portvagt_sim.isp.broker import COLLECTORS
from portvagt_sim.namespaces import exec_in
from portvagt_sim.program import Program

PACKAGES = Path(__file__).resolve().parents[2]
NAME = COLLECTORS[1]
START_SECONDS = 20.0
CLI_SECONDS = 60.0
COMMAND = [sys.executable, "-m", "portvagt_isp"]


class Service:
    """The collector NAME, whose certificate `identity` is; its store is `database`, its configuration `configuration`.

    The broker takes client ids from certificates, so beside the recorder (`collector.py`) it has the other name.
    """

    def __init__(self, netns: str, workdir: Path, authority: Path, identity: Identity, **options: str) -> None:
        """`options`: of the configuration file, where they are not the simulated ISP's."""
        self._netns = netns
        self._log = workdir / f"{NAME}.log"
        self.database = workdir / "isp.db"
        self.configuration = workdir / f"{NAME}.toml"
        texts = {
            "broker": BROKER.v4,
            "ca": authority,
            "certificate": identity.certificate,
            "key": identity.key,
            "database": self.database,
            "name": NAME,
        }
        lines = [f'{name} = "{value}"\n' for name, value in (texts | options).items()]
        self.configuration.write_text("".join([*lines, f"port = {BROKER_PORT}\n"]))

    def start(self) -> None:
        """Start the collector."""
        argv = [*COMMAND, "collect", "--config", str(self.configuration)]
        self.program = Program(NAME, self._netns, argv, self._log, _environment())
        self._before = self.program.log().count("listening")

    def wait_ready(self) -> None:
        """Wait until its subscription stands."""
        self.program.wait_until(
            lambda: self.program.log().count("listening") > self._before, START_SECONDS, "it listens"
        )

    def stop(self) -> None:
        """Stop it in good order; the broker keeps what arrives meanwhile."""
        self.program.stop()

    def call(self, command: str, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt-isp COMMAND WORDS…` where the collector runs."""
        argv = exec_in(self._netns, [*COMMAND, command, "--config", str(self.configuration), *words])
        return subprocess.run(
            argv, capture_output=True, text=True, timeout=CLI_SECONDS, check=False, env=_environment()
        )


def _environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(PACKAGES)}
