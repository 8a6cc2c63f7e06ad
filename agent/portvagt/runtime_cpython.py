"""runtime.py's other half on CPython, and in a Nuitka build of it."""

import ctypes
import os
import signal
import socket
import time
import traceback

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

_PR_SET_PDEATHSIG = 1  # include/uapi/linux/prctl.h

monotonic: "Callable[[], float]" = time.monotonic
getpid: "Callable[[], int]" = os.getpid
umask = os.umask


def sync(file: "Any") -> None:
    """Force a written file to the disk; OSError when the disk refuses."""
    file.flush()
    os.fsync(file.fileno())


def sync_directory(path: str) -> None:
    """Force the names in a directory to the disk; OSError when the disk refuses."""
    number = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def memory_file() -> "Any":
    """A new file for text that no full disk can refuse; a child finds it as /proc/self/fd/NUMBER. Raises OSError."""
    return os.fdopen(os.memfd_create("portvagt", 0), "w")


class Child:
    """A shell command that runs beside us. What it says is read like a socket; the end of that is its end.

    Raises OSError.
    """

    def __init__(self, command: str) -> None:
        self._ours, theirs = os.pipe()
        said = [(os.POSIX_SPAWN_DUP2, theirs, number) for number in (1, 2)]
        try:
            self._pid = os.posix_spawn("/bin/sh", ["sh", "-c", command], os.environ, file_actions=said)
        except OSError:
            os.close(self._ours)
            raise
        finally:
            os.close(theirs)

    def fileno(self) -> int:
        """What a Loop needs."""
        return self._ours

    def read(self, size: int) -> bytes:
        """Waits for up to `size` bytes; b"" at its end."""
        return os.read(self._ours, size)

    def wait(self) -> int:
        """Its status as waitpid(2) has it. Once, at its end."""
        os.close(self._ours)
        return os.waitpid(self._pid, 0)[1]


def pollable(thing: "Any") -> "Any":
    """What select.poll() takes for a socket or a Child."""
    return thing


def unix_address(path: str) -> "Any":
    """What bind() and connect() take for a Unix socket."""
    return path


def netlink_address(groups: int) -> "Any":
    """What bind() takes for a netlink socket; the kernel chooses the port id."""
    return (0, groups)


def inet_address(family: int, port: int) -> "Any":
    """What bind() takes for every address of a family."""
    return ("", port)


def address_of(buffer: "Any") -> int:
    """Where a bytearray lies in memory."""
    return ctypes.addressof(ctypes.c_char.from_buffer(buffer))


def end_sending(sock: "Any") -> None:
    """shutdown(2) of one direction. Raises OSError."""
    sock.shutdown(socket.SHUT_WR)


def peer_text(address: "Any") -> str:
    """The address in what accept() gave, without scope; "" for a Unix socket."""
    return str(address[0]).split("%")[0] if address else ""


def reader(sock: "Any", buffer: "Any") -> "Callable[[], int]":
    """A function that reads one datagram into `buffer`: its size, -1 when there is none; raises OSError.

    A function made once, for what is looked up in each call is dear at 20,000 a second.
    """
    receive = sock.recv_into

    def read() -> int:
        try:
            return int(receive(buffer))
        except BlockingIOError:
            return -1

    return read


def tls() -> "Any":
    """The module for TLS, loaded by the reporter only. ImportError: this Python has no TLS."""
    from portvagt.report import tls_cpython

    return tls_cpython


def https() -> "Any":
    """The module for the server's side of TLS, loaded where there is an API. ImportError: as tls()."""
    from portvagt.warn import https_cpython

    return https_cpython


def print_exception(error: BaseException) -> None:
    """The traceback of `error` on stderr."""
    traceback.print_exception(error)


def stop_when_told(loop: "Loop") -> None:
    """SIGTERM stops the loop, as SIGINT does: poll(2) would go on after a handler that returns (PEP 475).

    In a jail, the death of ujail is the end.
    """
    if getpid() == 1:  # a process in a jail outlives its ujail, and a second one would be started beside it
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGTERM, _interrupt)


def _interrupt(*_: "Any") -> None:
    raise KeyboardInterrupt
