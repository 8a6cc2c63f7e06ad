"""The wires: one network namespace for each machine, cables (veth), the LAN bridge, addresses and routes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from portvagt_sim import addresses as plan
from portvagt_sim.namespaces import ip_batch, write_resolv_conf, write_sysctls

MACHINES = ("router", "isp", "internet")

# No duplicate address detection (RFC 4862, 5.4): the plan has no duplicates. And no random delay: Linux puts
# off by it not only router solicitations, but also the answers for a new address (addrconf_dad_kick).
EVERYWHERE = {
    "net.ipv6.conf.all.accept_dad": 0,
    "net.ipv6.conf.default.accept_dad": 0,
    "net.ipv6.conf.default.dad_transmits": 0,
    "net.ipv6.conf.default.router_solicitation_delay": 0,
}
FORWARDER = {"net.ipv4.ip_forward": 1, "net.ipv6.conf.all.forwarding": 1}
DEVICE = {"net.ipv6.conf.default.router_solicitation_interval": 1}  # s; RFC 4861, 10 says 4
PRIVATE_ADDRESSES = {"net.ipv6.conf.default.use_tempaddr": 2}  # prefer temporary addresses (RFC 8981)

ROUTER_ADDRESSES = [
    f"addr add {plan.LAN_ROUTER.v4}/24 dev br-lan",
    f"addr add {plan.LAN_ROUTER.v6}/64 dev br-lan",
    "link set br-lan up",
    f"addr add {plan.WAN_ROUTER.v4}/30 dev wan",
    f"addr add {plan.WAN_ROUTER.v6}/64 dev wan",
    "link set wan up",
    f"route add default via {plan.WAN_ISP.v4}",
    f"route add default via {plan.WAN_ISP.v6}",
]
BRIDGE = "type bridge forward_delay 0 mcast_snooping 0"


class RouterNetwork(NamedTuple):
    """What stands in the router's namespace: sysctls, the bridge of the devices' cables, lines of ip(8)."""

    sysctls: Mapping[str, int]
    bridge: str
    lines: Sequence[str]


# of a router that is the namespace itself
ROUTER = RouterNetwork(EVERYWHERE | FORWARDER, "br-lan", [f"link add br-lan {BRIDGE}", *ROUTER_ADDRESSES])
ISP_LINES = [
    f"link set customer address {plan.WAN_ISP_MAC}",
    f"addr add {plan.WAN_ISP.v4}/30 dev customer",
    f"addr add {plan.WAN_ISP.v6}/64 dev customer",
    f"addr add {plan.UPLINK_ISP.v4}/30 dev uplink",
    f"addr add {plan.UPLINK_ISP.v6}/64 dev uplink",
    *(f"addr add {address} dev lo" for host in (plan.BROKER, plan.RELAY) for address in host),
    "link set customer up",
    "link set uplink up",
    f"route add {plan.LAN_V6} via {plan.WAN_ROUTER.v6}",
    f"route add default via {plan.UPLINK_INTERNET.v4}",
    f"route add default via {plan.UPLINK_INTERNET.v6}",
]
INTERNET_LINES = [
    f"addr add {plan.UPLINK_INTERNET.v4}/30 dev isp",
    f"addr add {plan.UPLINK_INTERNET.v6}/64 dev isp",
    "link set isp up",
    f"route add local {plan.INTERNET_NETWORKS.v4} dev lo",
    f"route add local {plan.INTERNET_NETWORKS.v6} dev lo",
    f"route add default via {plan.UPLINK_ISP.v4}",
    f"route add default via {plan.UPLINK_ISP.v6}",
]


class Network:
    """The namespaces and cables of one world. `prefix` keeps the namespaces of two worlds apart."""

    def __init__(
        self, macs: Mapping[str, str], private: Iterable[str], router: RouterNetwork, prefix: str = ""
    ) -> None:
        """`macs`: the devices' names and MAC addresses; `private`: those with temporary IPv6 addresses."""
        self._router = router
        self._macs = dict(macs)
        self._private = set(private)
        self._prefix = prefix

    def name(self, machine: str) -> str:
        """The network namespace of a machine or device."""
        return self._prefix + machine

    def create(self) -> None:
        """Make everything but the devices' connections: their cables are laid, their links are still down."""
        names = [self.name(machine) for machine in (*MACHINES, *self._macs)]
        ip_batch(f"netns add {name}" for name in names)
        self._set_sysctls()
        cables = [
            ("router", "wan", "isp", "customer"),
            ("isp", "uplink", "internet", "isp"),
            *((device, "eth0", "router", f"lan-{device}") for device in self._macs),
        ]
        ip_batch(self._cable(2 * number, *cable) for number, cable in enumerate(cables, start=1))
        for machine, lines in (
            ("router", self._router_lines()),
            ("isp", ISP_LINES),
            ("internet", INTERNET_LINES),
        ):
            ip_batch(["link set lo up", *lines], self.name(machine))
        for device, mac in self._macs.items():
            ip_batch(["link set lo up", f"link set eth0 address {mac}"], self.name(device))
        write_resolv_conf(self.name("router"), "127.0.0.1")

    def remove(self) -> None:
        """Remove every namespace that exists, with all that is in it."""
        existing = {path.name for path in Path("/run/netns").iterdir()}
        names = [self.name(machine) for machine in (*MACHINES, *self._macs)]
        ip_batch(f"netns delete {name}" for name in names if name in existing)

    def _cable(self, index: int, one: str, one_end: str, other: str, other_end: str) -> str:
        """A cable whose ends have different interface numbers.

        Where they are equal by chance, Linux takes up to 1 s to notice that the cable is plugged in
        (net/core/link_watch.c, linkwatch_urgent_event).
        """
        return (
            f"link add {one_end} index {index} netns {self.name(one)} type veth "
            f"peer name {other_end} index {index + 1} netns {self.name(other)}"
        )

    def _router_lines(self) -> list[str]:
        ports = [f"link set lan-{device} master {self._router.bridge} up" for device in self._macs]
        return [*self._router.lines, *ports]

    def _set_sysctls(self) -> None:
        write_sysctls(self.name("router"), self._router.sysctls)
        for machine in ("isp", "internet"):
            write_sysctls(self.name(machine), EVERYWHERE | FORWARDER)
        for device in self._macs:
            extra = PRIVATE_ADDRESSES if device in self._private else {}
            write_sysctls(self.name(device), EVERYWHERE | DEVICE | extra)
