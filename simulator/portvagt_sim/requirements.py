"""The programs that the world is made of, and where Debian keeps them."""

import shutil
from pathlib import Path

from portvagt_sim.errors import SimulatorError

# program -> Debian package
PROGRAMS = {
    "ip": "iproute2",
    "nft": "nftables",
    "dnsmasq": "dnsmasq-base",
    "mosquitto": "mosquitto",
    "busybox": "busybox",
    "setpriv": "util-linux",
}


def check() -> None:
    """Raise SimulatorError, with the command that helps, when something is missing."""
    missing = [program for program in PROGRAMS if shutil.which(program) is None]
    if missing:
        packages = " ".join(dict.fromkeys(PROGRAMS[program] for program in missing))
        raise SimulatorError(f"missing: {', '.join(missing)}; type: sudo apt install {packages}")
    if not Path("/proc/sys/net/ipv6").exists():
        raise SimulatorError("this kernel runs without IPv6; start it without ipv6.disable=1")
