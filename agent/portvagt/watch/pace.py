"""When a socket is read: at once, but at intervals in a flood.

A wake-up costs more than an event. At 20,000 events a second CPython woke 4,000 times a second, and does 50 times.
"""

from portvagt import runtime
from portvagt.loop import READ

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

REST_S = 0.02  # at 50,000 events a second the kernel's buffer holds four times that
OFTEN_S = 2 * REST_S
AT_ONCE = 32  # a new zombie is stopped after 4 to 10 connections, each told at most twice


class Pace:
    """Calls `read()`, which returns whether there may be more, when `sock` has something to read.

    Once that was AT_ONCE times within OFTEN_S of the time before, the socket is left alone for REST_S after each, until
    nothing comes for OFTEN_S.
    """

    def __init__(self, loop: "Loop", sock: "Any", read: "Callable[[], bool]") -> None:
        self._loop = loop
        self._sock = sock
        self._read = read
        self._read_at = 0.0
        self._often = 0
        self._is_resting = False
        loop.watch(sock, self._on_ready)

    def _on_ready(self, events: int) -> None:
        """In a rest too: of an error, such as ENOBUFS, poll(2) tells always."""
        now = runtime.monotonic()
        self._often = self._often + 1 if now - self._read_at < OFTEN_S else 0
        self._read_at = now
        if not self._read() and self._often > AT_ONCE and not self._is_resting:
            self._rest()

    def _rest(self) -> None:
        self._loop.after(REST_S, self._go_on)
        self._is_resting = True
        self._loop.change(self._sock, 0)

    def _go_on(self) -> None:
        self._is_resting = False
        self._loop.change(self._sock, READ)
