"""The brokers that a fleet can be measured with."""

from collections.abc import Sequence
from typing import Protocol

from portvagt_sim.bench.process import cpu_seconds, memory_kb
from portvagt_sim.fleet.site import ADDRESSES, PORT, Site
from portvagt_sim.isp.broker import COLLECTING, CONFIGURATION, ROUTERS
from portvagt_sim.namespaces import answers
from portvagt_sim.program import Program

START_S = 30.0
KEPT_BY_DEFAULT = ("autosave_interval", "autosave_on_changes")


class Broker(Protocol):
    """`break_()`: what happens to it half-way, `mend()` what follows."""

    nodes: int
    shares: bool  # has shared subscriptions
    accident: str
    mend_after_s: float

    def start(self, site: Site, readers: Sequence[str], routers: Sequence[str]) -> None:
        """Start it. `readers` may read all and write to routers."""

    def break_(self) -> None:
        """The accident."""

    def mend(self) -> None:
        """What a person or a supervisor does then."""

    def cost(self) -> tuple[float, int]:
        """Processor seconds so far, and KiB of memory, of all nodes."""

    def stop(self) -> None:
        """End it."""


class Mosquitto:
    """One mosquitto, restarted in good order.

    Its memory goes to the disk when it stops, not each second: with thousands of retained states that would be most of
    its work.
    """

    nodes = 1
    shares = True
    accident = "restarted"
    mend_after_s = 0.0

    def __init__(self) -> None:
        self._ended_s = 0.0  # processor time of earlier runs

    def start(self, site: Site, readers: Sequence[str], routers: Sequence[str]) -> None:  # noqa: ARG002
        """As Broker."""
        self._site = site
        directory = site.workdir / "broker"
        directory.mkdir()
        access = directory / "access"
        access.write_text(ROUTERS + "".join(map(COLLECTING.format, readers)))
        access.chmod(0o600)
        text = CONFIGURATION.format(
            port=f"{PORT} {ADDRESSES[0]}",
            authority=site.authority.certificate,
            certificate=site.server.certificate,
            key=site.server.key,
            access=access,
            directory=directory,
        )
        lines = [line for line in text.splitlines() if not line.startswith(KEPT_BY_DEFAULT)]
        self._configuration = directory / "mosquitto.conf"
        self._configuration.write_text("\n".join([*lines, "max_inflight_messages 1000", ""]))
        self._run()

    def _run(self) -> None:
        argv = ["mosquitto", "-c", str(self._configuration)]
        self._program = Program("mosquitto", self._site.netns, argv, self._configuration.with_suffix(".log"))
        self._program.wait_until(lambda: answers(self._site.netns, ADDRESSES[0], PORT), START_S, "it listens")

    def break_(self) -> None:
        """As Broker."""
        self._ended_s, _ = self.cost()
        self._program.stop()

    def mend(self) -> None:
        """As Broker."""
        self._run()

    def cost(self) -> tuple[float, int]:
        """As Broker."""
        return self._ended_s + cpu_seconds(self._program.pid), memory_kb(self._program.pid)["rss"]

    def stop(self) -> None:
        """As Broker."""
        self._program.stop()
