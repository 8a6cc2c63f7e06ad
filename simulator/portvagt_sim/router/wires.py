"""The wires of a router that is a machine of its own: its namespace is only the place where they end.

devices ── lan-* ── bridge lan ── tap lan0 ── eth0 ┐
isp ────── wan ──── bridge outside ─ tap wan0 ── eth1 ├ the machine
the simulator ───────────────────── tap mgmt ── eth2 ┘
"""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from portvagt_sim.errors import SimulatorError
from portvagt_sim.network import BRIDGE, RouterNetwork
from portvagt_sim.router import shell

TUN = Path("/dev/net/tun")
HOST_MAC = "02:00:00:01:00:ff"  # the same for each machine that goes on from a saved state

NETWORK = RouterNetwork(
    {"net.ipv6.conf.all.disable_ipv6": 1, "net.ipv6.conf.default.disable_ipv6": 1},
    "lan",
    [
        f"link add lan {BRIDGE}",
        f"link add outside {BRIDGE}",
        *(f"tuntap add {tap} mode tap" for tap in ("lan0", "wan0", "mgmt")),
        "link set lan0 master lan",
        "link set wan0 master outside",
        "link set wan master outside",
        f"link set mgmt address {HOST_MAC}",
        f"addr add {shell.HOST_ADDRESS}/30 dev mgmt",
        *(f"link set {name} up" for name in ("lan", "outside", "lan0", "wan0", "wan", "mgmt")),
    ],
)
# id of QEMU's -netdev -> tap, in the order of the machine's interfaces
NICS = {"lan": "lan0", "wan": "wan0", "mgmt": "mgmt"}


def require_tun() -> None:
    """Raises SimulatorError where no tap can be made."""
    if not os.access(TUN, os.R_OK | os.W_OK):
        raise SimulatorError(f"no access to {TUN}, so no cable to a machine; type: sudo chmod a+rw {TUN}")


def options(device: str, macs: Iterable[str]) -> Iterator[str]:
    """What QEMU is told of its network cards; `macs`: as NICS."""
    for (name, tap), mac in zip(NICS.items(), macs, strict=True):
        yield from ("-netdev", f"tap,id={name},ifname={tap},script=no,downscript=no")
        yield from ("-device", f"{device},netdev={name},mac={mac}")


def dumps(directory: Path | None) -> Iterator[str]:
    """What QEMU is told to keep of the packets of LAN and WAN: lan.pcap, wan.pcap; nothing without a directory."""
    if directory is None:
        return
    directory.mkdir(parents=True, exist_ok=True)
    for name in ("lan", "wan"):
        yield from ("-object", f"filter-dump,id=dump-{name},netdev={name},file={directory}/{name}.pcap")
