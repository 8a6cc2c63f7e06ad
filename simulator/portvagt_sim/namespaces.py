"""Network namespaces: move the calling thread into one, run a program in one, configure one."""

import ctypes
import os
import socket
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portvagt_sim.errors import SimulatorError

CLONE_NEWNET = 0x40000000  # <linux/sched.h>
BACKLOG = 1024
TCP_LISTEN = "0A"  # <net/tcp_states.h>

_libc = ctypes.CDLL(None, use_errno=True)  # os.setns came with Python 3.12


@contextmanager
def entered(netns: str) -> Iterator[None]:
    """Move the calling thread into `netns`. A socket opened there belongs to it, whoever uses it later."""
    home = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        there = os.open(f"/run/netns/{netns}", os.O_RDONLY | os.O_CLOEXEC)
        try:
            _setns(there)
        finally:
            os.close(there)
        try:
            yield
        finally:
            _setns(home)
    finally:
        os.close(home)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def listening_socket(netns: str, port: int) -> socket.socket:
    """A TCP socket that listens in `netns` on every address, IPv4 in the form ::ffff:a.b.c.d."""
    with entered(netns):
        return socket.create_server(("::", port), family=socket.AF_INET6, dualstack_ipv6=True, backlog=BACKLOG)


def plain_address(address: str) -> str:
    """An address without the ::ffff: that a dual-stack socket puts before IPv4."""
    return address.removeprefix("::ffff:")


def answers(netns: str, address: str, port: int) -> bool:
    """Whether something in reach of `netns` accepts TCP connections there (waits 1 s at most)."""
    with entered(netns):
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            return False
        return True


def listens(netns: str, port: int) -> bool:
    """Whether a TCP socket listens on that port in `netns`, on whatever address (proc(5), /proc/net/tcp)."""
    with entered(netns):
        tables = [Path(f"/proc/thread-self/net/{name}").read_text() for name in ("tcp", "tcp6")]
    return is_listening(tables, port)


def is_listening(tables: Iterable[str], port: int) -> bool:
    """Whether one of these /proc/net/tcp and tcp6 has a socket that listens on that port."""
    sockets = [line.split() for table in tables for line in table.splitlines()[1:]]
    return any(fields[1].endswith(f":{port:04X}") and fields[3] == TCP_LISTEN for fields in sockets)


def source_address(netns: str, destination: str) -> str | None:
    """The address that `netns` would use towards `destination`; None without one or without a route."""
    family = socket.AF_INET6 if ":" in destination else socket.AF_INET
    with entered(netns), socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((destination, 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])


def exec_in(netns: str, argv: Iterable[str]) -> list[str]:
    """The command line that runs `argv` in `netns`, with its own resolv.conf."""
    return ["ip", "netns", "exec", netns, *argv]


def write_sysctls(netns: str, values: Mapping[str, str | int]) -> None:
    """Set sysctls such as net.ipv4.ip_forward in `netns`."""
    with entered(netns):
        for key, value in values.items():
            Path("/proc/sys", *key.split(".")).write_text(str(value), encoding="ascii")


def ip_batch(commands: Iterable[str], netns: str | None = None) -> None:
    """Run lines of ip(8) in one go, in `netns` if named. Raises SimulatorError at the first that fails."""
    _fed(["ip", *(["-n", netns] if netns else []), "-batch", "-"], "\n".join(commands) + "\n")


def nft_load(netns: str, ruleset: str) -> None:
    """Load an nft(8) ruleset in `netns`, atomically."""
    _fed(exec_in(netns, ["nft", "-f", "-"]), ruleset)


def _fed(argv: list[str], text: str) -> None:
    done = subprocess.run(argv, input=text, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SimulatorError(f"{' '.join(argv)}: {done.stderr.strip() or f'exit status {done.returncode}'}")


def write_resolv_conf(netns: str, *nameservers: str) -> None:
    """Give programs that `exec_in` starts their own /etc/resolv.conf."""
    directory = Path("/etc/netns", netns)
    directory.mkdir(exist_ok=True)
    (directory / "resolv.conf").write_text("".join(f"nameserver {address}\n" for address in nameservers))


def several_uids() -> bool:
    """Whether this user namespace has more users than root (rootless with subuids, or real root)."""
    ranges = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    return any(int(count) > 60000 for _inside, _outside, count in ranges)
