"""The whole root of a QEMU router, in memory: {path: entry}.

/usr becomes a squashfs file system in the initramfs, as OpenWrt has its root in one: unpacked it would take 17 MB of
malta's 64. /bin, /sbin and /lib lie in it. All else is in the initramfs itself, and can be written to.
"""

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import cpio, modules, package
from portvagt_sim.guest.programs import MERGED, Programs, merged
from portvagt_sim.network import EVERYWHERE, FORWARDER, ROUTER_ADDRESSES
from portvagt_sim.router.dnsmasq import base_lines

FILES = Path(__file__).with_name("files")
FW4 = Path(__file__).resolve().parents[1] / "router" / "fw4.nft"
LEASES = Path("/tmp/dhcp.leases")
MANAGEMENT = "10.255.255.2/30"

# program: Debian package
PROGRAMS = {
    "busybox": "busybox-static",
    "conntrack": "conntrack",
    "dnsmasq": "dnsmasq-base",
    "nc.openbsd": "netcat-openbsd",
    "nft": "nftables",
    "setpriv": "util-linux",
    "tcpsvd": "ipsvd",
}
LINKS = {
    "sbin": "usr/bin",
    "usr/sbin": "bin",
    "init": "busybox",
    "usr/bin/busybox": "/busybox",
    "usr/bin/nc": "nc.openbsd",
    "var": "tmp",
    "etc/mtab": "/proc/mounts",
    "etc/rc.d/S18firewall": "../init.d/firewall",
    "etc/rc.d/S19dnsmasq": "../init.d/dnsmasq",
    "etc/rc.d/S19portvagt": "../init.d/portvagt",
    "etc/rc.d/S20network": "../init.d/network",
}
DIRECTORIES = {
    **dict.fromkeys(("dev", "overlay", "proc", "root", "run", "sys", "tmp/log", "tmp/run", "usr"), 0o755),
    "tmp": 0o1777,
}
TEXTS = {
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/resolv.conf": "nameserver 127.0.0.1\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
MODULES = {
    "boot": modules.USR,
    "usr/lib/modules/router": modules.ROUTER,
    "usr/lib/modules/flash": modules.FLASH,
}
# "[" is the first of them
_APPLETS = re.compile(rb"\[\0\[\[\0(?:[a-z0-9_.-]+\0)+")
# before devtmpfs is there, init needs it to speak (Documentation/admin-guide/devices.txt)
CONSOLE = cpio.Entry(stat.S_IFCHR | 0o600, device=(5, 1))


class Root(NamedTuple):
    """The entries below /usr, without that name, and all others."""

    usr: dict[str, cpio.Entry]
    rest: dict[str, cpio.Entry]


def assembled(debian: Path, kernel_modules: Path, ipks: list[bytes]) -> Root:
    """All but /usr's image itself. `debian`: where packages are unpacked; `kernel_modules`: the modules' directory."""
    programs = Programs(debian).entries((*PROGRAMS, "micropython"))
    busybox = programs.pop("usr/bin/busybox")
    root = {f"usr/bin/{name}": cpio.link("busybox") for name in _applets(busybox)}
    root |= programs | {"busybox": busybox}
    root |= {name: cpio.link(f"usr/{name}") for name in MERGED if any(path.startswith(f"usr/{name}/") for path in root)}
    root |= _skeleton() | _own_files() | _modules(modules.Modules(kernel_modules)) | _accounts(ipks)
    for ipk in ipks:
        root |= {merged(path): entry for path, entry in package.entries(ipk).items()}
    return Root(
        {path.removeprefix("usr/"): entry for path, entry in root.items() if path.startswith("usr/")},
        {path: entry for path, entry in root.items() if not path.startswith("usr/")},
    )


def _applets(busybox: cpio.Entry) -> list[str]:
    """The names that busybox goes by: its table of them, for the program is another processor's."""
    found = _APPLETS.search(busybox.content)
    if not found:
        raise SimulatorError("this busybox has no table of its applets")
    return found[0].decode().rstrip("\0").split("\0")


def _skeleton() -> dict[str, cpio.Entry]:
    found = {path: cpio.directory(mode) for path, mode in DIRECTORIES.items()}
    found |= {path: cpio.file(text.encode()) for path, text in (TEXTS | _texts()).items()}
    found |= {path: cpio.link(target) for path, target in LINKS.items()}
    return found | {"dev/console": CONSOLE}


def _texts() -> dict[str, str]:
    return {
        "etc/dnsmasq.lines": "".join(f"{line}\n" for line in base_lines(LEASES)),
        "etc/fw4.nft": FW4.read_text(),
        "etc/network.lines": "".join(f"{line}\n" for line in _network()),
        "etc/sysctl.conf": "".join(f"{key}={value}\n" for key, value in (EVERYWHERE | FORWARDER).items()),
    }


def _network() -> Iterator[str]:
    yield from ROUTER_ADDRESSES
    yield f"addr add {MANAGEMENT} dev mgmt"
    yield "link set mgmt up"


def _modules(kernel: modules.Modules) -> dict[str, cpio.Entry]:
    """The modules in directories, and beside each a list with the order in which they are loaded."""
    found: dict[str, cpio.Entry] = {}
    loaded: set[str] = set()
    for where, names in MODULES.items():
        new = {name: content for name, content in kernel.in_order(names).items() if name not in loaded}
        loaded.update(new)
        found |= {f"{where}/{name}.ko": cpio.file(content) for name, content in new.items()}
        found[f"{where}/list"] = cpio.file("".join(f"{name}\n" for name in new).encode())
    return found


def _accounts(ipks: list[bytes]) -> dict[str, cpio.Entry]:
    users = [("root", 0), *(user for ipk in ipks for user in package.users(ipk))]
    passwd = "".join(f"{name}:x:{number}:{number}::/root:/bin/sh\n" for name, number in users)
    group = "".join(f"{name}:x:{number}:\n" for name, number in users)
    return {"etc/passwd": cpio.file(passwd.encode()), "etc/group": cpio.file(group.encode())}


def _own_files() -> dict[str, cpio.Entry]:
    paths = [path for path in sorted(FILES.rglob("*")) if path.is_file()]
    modes = {path: 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644 for path in paths}
    return {merged(p.relative_to(FILES).as_posix()): cpio.file(p.read_bytes(), modes[p]) for p in paths}
