"""The router's own dnsmasq: leases, router advertisements, names, and the agent's lines for it."""

from collections.abc import Iterator
from pathlib import Path

from portvagt import config
from portvagt.warn import dnsmasq as agent_lines
from portvagt_sim import addresses as plan
from portvagt_sim.internet.dns import COMMAND, DNS_PORT, START_SECONDS
from portvagt_sim.namespaces import answers
from portvagt_sim.program import Program


class RouterDnsmasq:
    """dnsmasq in the router's namespace."""

    def __init__(self, netns: str, workdir: Path, agent: Path) -> None:
        """`agent`: the agent's configuration, which exists at the start."""
        self._netns = netns
        self._agent = agent
        self._workdir = workdir
        self.leases = workdir / "dhcp.leases"

    def start(self) -> None:
        """Write its configuration and start it."""
        configuration = self._workdir / "dnsmasq.conf"
        lines = [*base_lines(self.leases), *agent_lines.lines(config.load(str(self._agent)))]
        configuration.write_text("\n".join(lines) + "\n")
        self.program = Program(
            "router's dnsmasq",
            self._netns,
            [*COMMAND, f"--conf-file={configuration}"],
            self._workdir / "dnsmasq.log",
        )

    def wait_ready(self) -> None:
        """Wait until it answers."""
        self.program.wait_until(lambda: answers(self._netns, plan.LAN_ROUTER.v4, DNS_PORT), START_SECONDS, "it answers")

    def stop(self) -> None:
        """Stop dnsmasq."""
        self.program.stop()


def base_lines(leases: Path) -> Iterator[str]:
    """A home router's lines; the agent's come behind them.

    Until the agent has made its sets, dnsmasq logs an error for each answer that would fill one, and goes on.
    """
    yield from ("no-resolv", "no-hosts", f"server={plan.RESOLVER.v4}", "domain=lan", "local=/lan/")
    first, last = plan.LAN_LEASES
    # no-ping: do not spend 3 s to find out that an address is free
    yield from (
        "interface=br-lan",
        "dhcp-authoritative",
        "no-ping",
        f"dhcp-leasefile={leases}",
        f"dhcp-range={first},{last},12h",
        "enable-ra",
        "dhcp-range=::,constructor:br-lan,ra-stateless,12h",
    )
