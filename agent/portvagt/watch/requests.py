"""Questions and orders to the kernel over netlink, answered before the call returns.

The kernel works through a netlink request inside sendto(), so its answer is there at once: no event loop is needed.
"""

import errno
import struct

from portvagt import runtime
from portvagt.watch import netlink

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.watch.netlink import Buffer

BUFFER_BYTES = 32768  # what the kernel gives to one part of a dump (NLMSG_GOODSIZE), at most
_PORT = 12  # nlmsghdr.nlmsg_pid
_PARTS_MAX = 4096  # 128 MiB of conntrack dump: an end, should the kernel never say NLMSG_DONE


class Requests:
    """One netlink socket for requests of one protocol. The kernel cuts a dump into parts that fit `buffer_bytes`."""

    def __init__(self, protocol: int, buffer_bytes: int = BUFFER_BYTES) -> None:
        self._sock = runtime.netlink_socket(protocol, 0)
        self._buffer = bytearray(buffer_bytes)
        self._read = runtime.reader(self._sock, self._buffer)

    def port(self) -> int:
        """Of this socket, as the kernel wrote it on its last answer; 0 before the first."""
        return int(struct.unpack_from("I", self._buffer, _PORT)[0])

    def order(self, message: bytes) -> None:
        """Send a request that only wants an acknowledgement. Raises OSError with the kernel's errno."""
        for _ in self._answers(message):
            return
        raise OSError(errno.EIO, "the kernel gave no answer")

    def dump(self, message: bytes, parse: "Callable[[Buffer, int], Iterator[Any]]") -> "Iterator[Any]":
        """All that a dump request gives, through `parse(buffer, size)`. Raises OSError, netlink.Malformed."""
        for size in self._answers(message):
            yield from parse(self._buffer, size)

    def _answers(self, message: bytes) -> "Iterator[int]":
        self._drain()
        self._sock.send(message)
        for _ in range(_PARTS_MAX):
            size = self._read()
            if size < 0:
                return
            done = self._is_last(size)
            yield size
            if done:
                return

    def _is_last(self, size: int) -> bool:
        for kind, _, start, end in netlink.messages(self._buffer, size):
            if kind == netlink.NLMSG_ERROR:
                code = netlink.error_code(self._buffer, start, end)
                if code:
                    raise OSError(code, "the kernel refused")
                return True
            if kind == netlink.NLMSG_DONE:
                return True
        return False

    def _drain(self) -> None:
        """Forget what an earlier request that was given up left unread."""
        while self._read() >= 0:
            pass
