"""Where the runtimes differ: CPython (also as a Nuitka build) and MicroPython's unix port.

Nothing else asks which runtime it is. What only one of them needs is in runtime_cpython.py
or runtime_micropython.py, which have the same names; a router loads one of them.
"""

import errno
import os
import socket
import struct
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

MICROPYTHON = sys.implementation.name == "micropython"
if MICROPYTHON:
    NAME = "micropython"
elif "__compiled__" in globals():  # Nuitka sets it in each module that it compiles
    NAME = "nuitka"
else:
    NAME = "cpython"

AF_NETLINK = 16  # include/linux/socket.h
IPPROTO_IPV6 = 41
IPV6_V6ONLY = 26  # include/uapi/linux/in6.h
SO_BINDTODEVICE = 25  # include/uapi/asm-generic/socket.h
SO_ATTACH_FILTER = 26
SO_RCVBUFFORCE = 33
ENOBUFS = errno.ENOBUFS
_READ_PART = 2048
SO_RCVBUF = 0x1002 if socket.SOL_SOCKET == 0xFFFF else 8  # arch/mips/include/uapi/asm/socket.h has both
SUN_PATH_MAX = 107  # struct sockaddr_un has 108 bytes of path with the final zero
_OLDEST_BELIEVABLE_TIME = 1700000000  # 2023-11: an earlier clock was never set (many routers have no RTC)

MYPY = False  # mypy takes it for True
if MYPY or not MICROPYTHON:
    from portvagt import runtime_cpython as native
else:
    from portvagt import runtime_micropython as native

Child = native.Child
getpid = native.getpid
https = native.https
memory_file = native.memory_file
monotonic = native.monotonic
pollable = native.pollable
print_exception = native.print_exception
reader = native.reader
stop_when_told = native.stop_when_told
sync = native.sync
sync_directory = native.sync_directory
tls = native.tls


def wall_clock() -> "float | None":
    """Unix time in seconds; None while the router's clock has not been set."""
    now = time.time()
    return now if now > _OLDEST_BELIEVABLE_TIME else None


def read_at_most(file: "Any", count: int) -> "Any":
    """Up to `count` bytes or characters of an open file. MicroPython's read(count) allocates all of them first."""
    parts = [file.read(min(count, _READ_PART))]
    while parts[-1] and count > len(parts[-1]):
        count -= len(parts[-1])
        parts.append(file.read(min(count, _READ_PART)))
    return parts[0][:0].join(parts)


def write_private(path: str, parts: "Iterable[bytes]") -> None:
    """Write a file that only its owner may read, atomically and piece by piece. Raises OSError."""
    mask = native.umask(0o077)
    try:
        with open(path + ".new", "wb") as file:
            for part in parts:
                file.write(part)
            sync(file)
    except (OSError, MemoryError):
        _remove(path + ".new")  # a part of it would keep a full disk full
        raise
    finally:
        native.umask(mask)
    os.rename(path + ".new", path)
    # ubifs and ext4 write the new name seconds later: a power cut would bring the old file back
    sync_directory(path[: path.rfind("/") + 1] or ".")


def _remove(path: str) -> None:
    try:
        os.remove(path)
    except OSError:
        pass


def run(command: str) -> int:
    """Run a shell command, return its exit status (128 + n after signal n)."""
    return exit_status(os.system(command))


def exit_status(status: int) -> int:
    """Of a status as waitpid(2) has it: the exit status, 128 + n after signal n."""
    return status >> 8 if status & 0x7F == 0 else 128 + (status & 0x7F)


def _set_up(sock: "Any", steps: "Callable[[Any], None]") -> "Any":
    """`sock` after `steps(sock)`; closed when they fail: MicroPython's garbage collector would leave it open."""
    try:
        steps(sock)
    except BaseException:
        sock.close()
        raise
    return sock


def netlink_socket(protocol: int, groups: int, buffer_bytes: int = 0) -> "Any":
    """A bound, non-blocking raw netlink socket; `groups` is the old-style bit mask (netlink(7))."""

    def steps(sock: "Any") -> None:
        if buffer_bytes:
            _enlarge(sock, buffer_bytes)
        sock.bind(native.netlink_address(groups))
        sock.setblocking(False)

    return _set_up(socket.socket(AF_NETLINK, socket.SOCK_RAW, protocol), steps)


def _enlarge(sock: "Any", size: int) -> None:
    for option in (
        SO_RCVBUFFORCE,
        SO_RCVBUF,
    ):  # FORCE passes net.core.rmem_max; it may be refused in a user namespace
        try:
            sock.setsockopt(socket.SOL_SOCKET, option, size)
            return
        except OSError:
            pass


def attach_filter(sock: "Any", program: bytes) -> None:
    """Attach a classic BPF program (packed `struct sock_filter`s) to a socket."""
    instructions = bytearray(program)
    # struct sock_fprog: unsigned short len, then a pointer at its natural alignment
    fprog = struct.pack("HP", len(instructions) // 8, native.address_of(instructions))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER, fprog)


def unix_listener(path: str) -> "Any":
    """A listening Unix socket of mode 0660; its group comes from its (setgid) directory. ValueError: path too long."""
    if len(path) > SUN_PATH_MAX:
        raise ValueError("socket path is longer than {} bytes: {}".format(SUN_PATH_MAX, path))
    try:
        os.unlink(path)
    except OSError:
        pass  # it is not there, or bind() says what is wrong

    def steps(sock: "Any") -> None:
        mask = native.umask(0o117)
        try:
            sock.bind(native.unix_address(path))
        finally:
            native.umask(mask)
        sock.listen(8)
        sock.setblocking(False)

    return _set_up(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), steps)


def unix_connect(path: str, timeout_s: float) -> "Any":
    """A connected Unix socket with a time-out in seconds. OSError when nobody listens there."""

    def steps(sock: "Any") -> None:
        sock.settimeout(timeout_s)
        sock.connect(native.unix_address(path))

    return _set_up(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM), steps)


def tcp_listener(port: int, interface: str) -> "Any":
    """A TCP socket for both families that only `interface` reaches (SO_BINDTODEVICE, unprivileged since Linux 5.7)."""
    return _listener(socket.AF_INET6 if _has_ipv6() else socket.AF_INET, port, interface)


def _has_ipv6() -> bool:
    try:
        open("/proc/net/if_inet6").close()
    except OSError:
        return False
    return True


def _listener(family: int, port: int, interface: str) -> "Any":
    def steps(sock: "Any") -> None:
        if family == socket.AF_INET6:
            sock.setsockopt(IPPROTO_IPV6, IPV6_V6ONLY, 0)
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE, interface.encode() + b"\0")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(native.inet_address(family, port))
        sock.listen(128)  # a browser that starts opens dozens; who finds the queue full waits 1 s (RFC 6298, 2)
        sock.setblocking(False)

    return _set_up(socket.socket(family, socket.SOCK_STREAM), steps)


def accept(listener: "Any") -> "tuple[Any, str]":
    """(non-blocking socket, peer address as text; IPv4 as a dotted quad even on a socket of both families)."""
    sock, address = listener.accept()
    sock.setblocking(False)
    peer = native.peer_text(address)
    return sock, peer[7:] if peer.startswith("::ffff:") else peer


def end_sending(sock: "Any") -> None:
    """The peer finds the end of the stream behind what was sent; reading goes on. Raises OSError."""
    native.end_sending(sock)


def receive(sock: "Any", size: int) -> "bytes | None":
    """Up to `size` bytes; b"" at the end of the stream; None when there is nothing to read yet."""
    try:
        return bytes(sock.recv(size))
    except OSError as error:
        if error.errno == errno.EAGAIN:
            return None
        raise


def send(sock: "Any", data: "bytes | memoryview") -> int:
    """How many bytes the socket took, 0 when it is full."""
    try:
        return int(sock.send(data))
    except OSError as error:
        if error.errno == errno.EAGAIN:
            return 0
        raise
