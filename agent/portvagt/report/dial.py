"""A TCP connection to the first of a host's addresses that answers, IPv6 or IPv4, without blocking the loop."""

import errno
import socket

from portvagt.loop import WRITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop, Timer

ADDRESS_S = 5  # for each address
_UNDER_WAY = (errno.EINPROGRESS, errno.EALREADY)


class Dial:
    """`on_connected(socket)`: non-blocking, not watched; `on_failed(OSError)`: why the last address was none."""

    def __init__(
        self, loop: "Loop", on_connected: "Callable[[Any], None]", on_failed: "Callable[[OSError], None]"
    ) -> None:
        self._loop = loop
        self._on_connected = on_connected
        self._on_failed = on_failed
        self._untried: "list[Any]" = []  # as getaddrinfo gives them
        self._address: "Any" = None
        self._sock: "Any" = None
        self._timer: "Timer | None" = None

    def look_up(self, host: str, port: int) -> None:
        """Blocks while the name is resolved; OSError or ValueError: it can't be."""
        self._untried = socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM)

    def start(self) -> None:
        """Connect; may call back before it returns."""
        self._try_next(OSError(errno.EHOSTUNREACH, "no address"))

    def cancel(self) -> None:
        """Give up; nothing is called back."""
        self._untried = []
        self._drop()

    def _try_next(self, error: OSError) -> None:
        while self._untried:
            family, kind, protocol, _, self._address = self._untried.pop(0)
            try:
                self._sock = socket.socket(family, kind, protocol)
                self._sock.setblocking(False)
                self._loop.watch(self._sock, self._on_ready, WRITE)
                self._timer = self._loop.after(ADDRESS_S, self._on_no_answer)
                connected = self._is_connected()
            except OSError as problem:
                error = problem
                self._drop()
                continue
            if connected:
                self._on_connected(self._release())
            return
        self._on_failed(error)

    def _is_connected(self) -> bool:
        """Begin to connect, or how that went: a second connect(2) tells; MicroPython has no getsockopt."""
        try:
            self._sock.connect(self._address)
        except OSError as error:
            if error.errno in _UNDER_WAY:
                return False
            raise
        return True

    def _on_ready(self, events: int) -> None:
        try:
            connected = self._is_connected()
        except OSError as error:
            self._drop()
            self._try_next(error)
            return
        if connected:
            self._on_connected(self._release())

    def _on_no_answer(self) -> None:
        self._drop()
        self._try_next(OSError(errno.ETIMEDOUT, "no answer"))

    def _drop(self) -> None:
        sock = self._release()
        if sock is not None:
            sock.close()

    def _release(self) -> "Any":
        """The socket, which is no longer ours."""
        sock, self._sock = self._sock, None
        if self._timer is not None:
            self._timer.cancel()
        if sock is not None:
            self._loop.forget(sock)
        return sock
