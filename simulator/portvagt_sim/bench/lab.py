"""A router without a home: one network namespace, a kernel that tracks connections, and SYNs that come from nowhere.

The SYNs leave through a bridge without ports, which swallows them. So nothing but the tracking and its events costs.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from portvagt_sim.namespaces import ip_batch, nft_load, write_sysctls

NETNS = "lab"
DEVICES = 64
LINES = [
    "link set lo up",
    "link add br-lan type bridge",
    "addr add 192.168.1.1/24 dev br-lan",
    "link set br-lan up",
    "link add wan type bridge",
    "addr add 198.51.100.2/24 dev wan",
    "link set wan up",
    "neigh add 198.51.100.1 lladdr 00:00:5e:00:55:01 dev wan nud permanent",
    "route add default via 198.51.100.1",
]
RULES = """
table inet lab {
    chain output { type filter hook output priority filter; ct state new accept; }
}
"""
SYSCTLS = {
    "net.netfilter.nf_conntrack_max": 4_000_000,
    "net.netfilter.nf_conntrack_tcp_timeout_syn_sent": 3,
    "net.netfilter.nf_conntrack_events": 1,
}


def source(device: int) -> str:
    """The IPv4 address of device 0 … DEVICES - 1."""
    return f"192.168.1.{2 + device % DEVICES}"  # none that the simulated router leases


def mac(device: int) -> str:
    """Its MAC address."""
    return f"00:00:5e:00:54:{device % DEVICES:02x}"


def neighbour(device: int) -> str:
    """The line of ip(8) that makes a device known."""
    return f"neigh replace {source(device)} lladdr {mac(device)} dev br-lan nud permanent"


@contextmanager
def lab() -> Iterator[str]:
    """The namespace's name; it is removed at the end."""
    ip_batch([f"netns add {NETNS}"])
    try:
        ip_batch([*LINES, *(neighbour(number) for number in range(DEVICES))], NETNS)
        nft_load(NETNS, RULES)
        write_sysctls(NETNS, {name: value for name, value in SYSCTLS.items() if _is_settable(name)})
        yield NETNS
    finally:
        ip_batch([f"netns delete {NETNS}"])


def _is_settable(name: str) -> bool:
    """The size of the kernel's table belongs to the machine's own namespace."""
    return os.geteuid() == 0 and Path("/proc/sys", *name.split(".")).exists() and not name.endswith("_max")
