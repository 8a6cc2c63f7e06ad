"""The internet's name server: a real dnsmasq that knows every name of the world, and no other."""

from collections.abc import Iterator
from pathlib import Path

from portvagt_sim import addresses as plan
from portvagt_sim.internet.sites import SITES
from portvagt_sim.namespaces import answers
from portvagt_sim.program import Program

DNS_PORT = 53
START_SECONDS = 10.0
# --no-daemon: it stays in front and keeps its uid, which a rootless sandbox cannot change
COMMAND = ["dnsmasq", "--no-daemon"]


class NameServer:
    """dnsmasq in the internet's namespace."""

    def __init__(self, netns: str, workdir: Path) -> None:
        self._netns = netns
        self._workdir = workdir

    def start(self) -> None:
        """Write its configuration and start it."""
        configuration = self._workdir / "dns.conf"
        configuration.write_text("\n".join(_configuration()) + "\n")
        self.program = Program(
            "internet's dnsmasq",
            self._netns,
            [*COMMAND, f"--conf-file={configuration}"],
            self._workdir / "dns.log",
        )

    def wait_ready(self) -> None:
        """Wait until it answers."""
        self.program.wait_until(lambda: answers(self._netns, plan.RESOLVER.v4, DNS_PORT), START_SECONDS, "it answers")


def _configuration() -> Iterator[str]:
    yield from ("no-resolv", "no-hosts", "local=/#/")
    for name, pair in _hosts():
        yield f"host-record={name},{pair.v4},{pair.v6}"


def _hosts() -> Iterator[tuple[str, plan.Pair]]:
    yield from SITES.items()
    yield plan.BROKER_NAME, plan.BROKER
    yield plan.RELAY_NAME, plan.RELAY
    yield from ((plan.mx_name(number), plan.mx(number)) for number in range(1, plan.MX_COUNT + 1))
