"""The ISP's real collector, `portvagt-isp collect`, as a program in a namespace."""

import os
import sys
from pathlib import Path

from portvagt_sim.addresses import BROKER, BROKER_PORT
from portvagt_sim.certificates import Identity
from portvagt_sim.isp.broker import COLLECTOR
from portvagt_sim.program import Program

PACKAGES = Path(__file__).resolve().parents[2]
START_SECONDS = 20.0
COMMAND = [sys.executable, "-m", "portvagt_isp"]


class Service:
    """The collector; its store is `{workdir}/isp.db`, its configuration `configuration`, for other commands too."""

    def __init__(
        self, netns: str, workdir: Path, authority: Path, identity: Identity, host: str = BROKER.v4, group: str = ""
    ) -> None:
        self._netns = netns
        self._log = workdir / f"{COLLECTOR}.log"
        self.database = workdir / "isp.db"
        self.configuration = workdir / f"{COLLECTOR}.toml"
        options = {
            "broker": host,
            "ca": authority,
            "certificate": identity.certificate,
            "key": identity.key,
            "database": self.database,
            "name": COLLECTOR,
            "group": group,
        }
        lines = [f'{name} = "{value}"\n' for name, value in options.items()]
        self.configuration.write_text("".join([*lines, f"port = {BROKER_PORT}\n"]))

    def start(self) -> None:
        """Start the collector."""
        argv = [*COMMAND, "collect", "--config", str(self.configuration)]
        self.program = Program(COLLECTOR, self._netns, argv, self._log, os.environ | {"PYTHONPATH": str(PACKAGES)})
        self._before = self.program.log().count("listening")

    def wait_ready(self) -> None:
        """Wait until its subscription stands."""
        self.program.wait_until(
            lambda: self.program.log().count("listening") > self._before, START_SECONDS, "it listens"
        )

    def stop(self) -> None:
        """Stop it in good order; the broker keeps what arrives meanwhile."""
        self.program.stop()
