# mypy: disable-error-code="attr-defined,import-not-found,no-any-return,return-value"
"""runtime.py's other half on MicroPython's unix port: packed sockaddrs, and libc for what it lacks."""

import errno
import gc
import os
import socket
import struct
import sys
import time

import ffi
import uctypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

_MSG_DONTWAIT = 0x40  # include/linux/socket.h
_AF_NETLINK = 16  # include/linux/socket.h
_SHUT_WR = 1  # include/linux/net.h: enum sock_shutdown_cmd
_SIGINT, _SIGKILL, _SIGTERM = 2, 9, 15
_PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h
_SIGSET_BYTES = 128  # sigset_t of glibc and musl
_SFD_CLOEXEC = 0x80000  # include/uapi/linux/signalfd.h, the same on every architecture that OpenWrt knows

gc.threshold(64 * 1024)  # else garbage fills the heap before it is collected, and all of it is resident

_libc = ffi.open(None)
umask = _libc.func("i", "umask", "i")
_c_shutdown = _libc.func("i", "shutdown", "ii")
_c_fsync = _libc.func("i", "fsync", "i")
_c_recv = _libc.func("i", "recv", "iPii")
_c_read = _libc.func("i", "read", "iPi")
_c_popen = _libc.func("p", "popen", "ss")
_c_fileno = _libc.func("i", "fileno", "p")
_c_pclose = _libc.func("i", "pclose", "p")
_c_memfd_create = _libc.func("i", "memfd_create", "si")
_c_prctl = _libc.func("i", "prctl", "ii")
_c_sigaddset = _libc.func("i", "sigaddset", "Pi")
_c_sighold = _libc.func("i", "sighold", "i")
_c_signalfd = _libc.func("i", "signalfd", "iPi")
getpid = _libc.func("i", "getpid", "")


def _uptime_ms() -> int:
    with open("/proc/uptime") as uptime:
        return int(float(uptime.read().split()[0]) * 1000)


class _Clock:
    """Adds up ticks_ms(), which wraps after 12 days where a small int has 31 bits."""

    def __init__(self) -> None:
        self.ticks = time.ticks_ms()
        self.elapsed_ms = _uptime_ms()

    def __call__(self) -> float:
        ticks = time.ticks_ms()
        self.elapsed_ms += time.ticks_diff(ticks, self.ticks)
        self.ticks = ticks
        return self.elapsed_ms / 1000


monotonic = _Clock()


def sync(file: "Any") -> None:
    """Force a written file to the disk; OSError when the disk refuses."""
    file.flush()
    if _c_fsync(file.fileno()) != 0:
        raise OSError(os.errno())


def sync_directory(path: str) -> None:
    """Force the names in a directory to the disk; OSError when the disk refuses."""
    with open(path) as directory:  # nobody reads it
        sync(directory)


def memory_file() -> "Any":
    """A new file for text that no full disk can refuse; a child finds it as /proc/self/fd/NUMBER. Raises OSError."""
    number = _c_memfd_create("portvagt", 0)
    if number < 0:
        raise OSError(os.errno())
    return open(number, "w")


class Child:
    """A shell command that runs beside us. What it says is read like a socket; the end of that is its end.

    Raises OSError.
    """

    def __init__(self, command: str) -> None:
        self._stream = _c_popen("exec 2>&1; " + command, "r")
        if not self._stream:
            raise OSError(os.errno())
        self._number = _c_fileno(self._stream)

    def fileno(self) -> int:
        """What a Loop needs."""
        return self._number

    def read(self, size: int) -> bytes:
        """Waits for up to `size` bytes; b"" at its end."""
        buffer = bytearray(size)
        count = _c_read(self._number, buffer, size)
        return bytes(buffer[: max(0, count)])

    def wait(self) -> int:
        """Its status as waitpid(2) has it. Once, at its end."""
        return _c_pclose(self._stream)


class _Terminations:
    """SIGTERM and SIGINT as something to read, signalfd(2): MicroPython has no handlers. Raises OSError.

    Children inherit that these are blocked, so whoever wants one to end sends SIGKILL (block/nft.py).
    """

    def __init__(self) -> None:
        wanted = bytearray(_SIGSET_BYTES)
        for number in (_SIGINT, _SIGTERM):
            _c_sigaddset(wanted, number)
        self._number = _c_signalfd(-1, wanted, _SFD_CLOEXEC)
        if self._number < 0:
            raise OSError(os.errno())
        for number in (_SIGINT, _SIGTERM):
            _c_sighold(number)

    def fileno(self) -> int:
        """What a Loop needs."""
        return self._number


def pollable(thing: "Any") -> "Any":
    """What select.poll() takes for a socket, a Child or _Terminations."""
    return thing.fileno() if isinstance(thing, (Child, _Terminations)) else thing


def unix_address(path: str) -> bytes:
    """What bind() and connect() take for a Unix socket."""
    return struct.pack("H", socket.AF_UNIX) + path.encode() + b"\0"


def netlink_address(groups: int) -> bytes:
    """What bind() takes for a netlink socket; the kernel chooses the port id."""
    return struct.pack("HHII", _AF_NETLINK, 0, 0, groups)


def inet_address(family: int, port: int) -> bytes:
    """What bind() takes for every address of a family."""
    any_address = "::" if family == socket.AF_INET6 else "0.0.0.0"
    return socket.getaddrinfo(any_address, port)[0][-1]


def address_of(buffer: "Any") -> int:
    """Where a bytearray lies in memory."""
    return uctypes.addressof(buffer)


def end_sending(sock: "Any") -> None:
    """shutdown(2) of one direction. Raises OSError."""
    if _c_shutdown(sock.fileno(), _SHUT_WR) != 0:
        raise OSError(os.errno())


def peer_text(address: "Any") -> str:
    """The address in what accept() gave, without scope; "" for a Unix socket."""
    family = struct.unpack("H", address)[0]
    if family == socket.AF_UNIX:
        return ""
    start, size = (8, 16) if family == socket.AF_INET6 else (4, 4)
    return socket.inet_ntop(family, bytes(address[start : start + size]))


def reader(sock: "Any", buffer: "Any") -> "Callable[[], int]":
    """A function that reads one datagram into `buffer`: its size, -1 when there is none; raises OSError.

    Not sock.readinto(): it goes on until the buffer is full, and cuts off the datagram that no longer fits.
    """
    number, size = sock.fileno(), len(buffer)

    def read() -> int:
        count: int = _c_recv(number, buffer, size, _MSG_DONTWAIT)
        if count < 0 and os.errno() != errno.EAGAIN:
            raise OSError(os.errno())
        return count

    return read


def tls() -> "Any":
    """The module for TLS, loaded by the reporter only. ImportError: this MicroPython has no TLS."""
    from portvagt.report import tls_micropython

    return tls_micropython


def https() -> "Any":
    """The module for the server's side of TLS, loaded where there is an API. ImportError: as tls()."""
    from portvagt.warn import https_micropython

    return https_micropython


def print_exception(error: BaseException) -> None:
    """The traceback of `error` on stderr."""
    sys.print_exception(error, sys.stderr)


def stop_when_told(loop: "Loop") -> None:
    """From now on SIGTERM and SIGINT stop the loop at the end of its turn; in a jail, the death of ujail is the end."""
    if getpid() == 1:  # a process in a jail outlives its ujail, and a second one would be started beside it
        _c_prctl(_PR_SET_PDEATHSIG, _SIGKILL)
    try:
        told = _Terminations()
    except OSError:  # a kernel without CONFIG_SIGNALFD: they just end the process, which can bear it
        return

    def on_ready(_: int) -> None:
        loop.forget(told)  # nobody reads it, so that it stays ready
        loop.stop()

    loop.watch(told, on_ready)
