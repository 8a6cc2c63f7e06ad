"""The whole root of a QEMU router, in memory: {path: entry}."""

import stat
from collections.abc import Iterator
from pathlib import Path

from portvagt_sim.guest import cpio, modules, package
from portvagt_sim.guest.programs import MERGED, Programs, merged
from portvagt_sim.network import EVERYWHERE, FORWARDER, ROUTER_ADDRESSES
from portvagt_sim.router.dnsmasq import base_lines

FILES = Path(__file__).with_name("files")
FW4 = Path(__file__).resolve().parents[1] / "router" / "fw4.nft"
LEASES = Path("/tmp/dhcp.leases")
MANAGEMENT = "10.255.255.2/30"

# program: Debian package; busybox makes the links to its applets itself
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
    **{name: f"usr/{name}" for name in MERGED},
    "init": "usr/bin/busybox",
    "usr/bin/sh": "busybox",
    "usr/bin/nc": "/usr/bin/nc.openbsd",
    "var": "tmp",
    "etc/mtab": "/proc/mounts",
    "etc/rc.d/S18firewall": "../init.d/firewall",
    "etc/rc.d/S19dnsmasq": "../init.d/dnsmasq",
}
DIRECTORIES = ("dev", "overlay", "proc", "root", "run", "sys", "tmp/lib/misc", "tmp/log", "tmp/run")
TEXTS = {
    "etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
    "etc/resolv.conf": "nameserver 127.0.0.1\n",
    "etc/nsswitch.conf": "hosts: files dns\n",
}
# before devtmpfs is there, init needs it to speak (Documentation/admin-guide/devices.txt)
CONSOLE = cpio.Entry(stat.S_IFCHR | 0o600, device=(5, 1))


def assembled(debian: Path, kernel_modules: Path, ipks: list[bytes]) -> dict[str, cpio.Entry]:
    """All of it. `debian`: where packages are unpacked; `kernel_modules`: the modules' directory."""
    root = {path: cpio.link(target) for path, target in LINKS.items()}
    root |= {path: cpio.directory() for path in DIRECTORIES}
    root |= {path: cpio.file(text.encode()) for path, text in (TEXTS | _texts()).items()}
    root["dev/console"] = CONSOLE
    root |= Programs(debian).entries((*PROGRAMS, "micropython"))
    root |= _own_files()
    root |= _modules(modules.Modules(kernel_modules))
    for ipk in ipks:
        root |= {merged(path): entry for path, entry in package.entries(ipk).items()}
    root |= _accounts(ipks)
    root["etc/rc.d/S60portvagt"] = cpio.link("../init.d/portvagt")
    return root


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
    """The modules, and two lists for the guest's rc: what to load at the start, and what behind it for a disk."""
    router = kernel.in_order(modules.ROUTER)
    whole = kernel.in_order((*modules.ROUTER, *modules.FLASH))
    lists = {"router": list(router), "flash": [name for name in whole if name not in router]}
    found = {f"usr/lib/modules/{name}.ko": cpio.file(content) for name, content in whole.items()}
    texts = {name: "".join(f"{each}\n" for each in names) for name, names in lists.items()}
    return found | {f"usr/lib/modules/{name}": cpio.file(text.encode()) for name, text in texts.items()}


def _accounts(ipks: list[bytes]) -> dict[str, cpio.Entry]:
    users = [("root", 0), *(user for ipk in ipks for user in package.users(ipk))]
    passwd = "".join(f"{name}:x:{number}:{number}::/root:/bin/sh\n" for name, number in users)
    group = "".join(f"{name}:x:{number}:\n" for name, number in users)
    return {"etc/passwd": cpio.file(passwd.encode()), "etc/group": cpio.file(group.encode())}


def _own_files() -> dict[str, cpio.Entry]:
    paths = [path for path in sorted(FILES.rglob("*")) if path.is_file()]
    modes = {path: 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644 for path in paths}
    return {merged(p.relative_to(FILES).as_posix()): cpio.file(p.read_bytes(), modes[p]) for p in paths}
