"""Connections that a device still has when it is stopped: the kernel forgets them.

Otherwise an offloaded flow would go on past the forward hook. The kernel's table may have hundreds of thousands of
entries, as in a flood: it is walked in slices, between which the guard does its other work.
"""

import errno

from portvagt import log, runtime
from portvagt.watch import conntrack
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from portvagt.loop import Loop

    Source = Callable[[Requests], Iterator[Any]]

SLICE_S = 0.1
PAUSE_TIMES = 4  # as long as the slice before: a fifth of the guard's time is the most
_CHECKED_EACH = 32  # entries between two looks at the clock
_WALK_BUFFER_BYTES = 8192


def forget(dump: Requests, orders: Requests, addresses: "set[bytes]", source: "Source") -> "Iterator[int]":
    """Delete the entries from `addresses`, an entry a step: 1 when it was deleted, else 0. Raises OSError, Malformed.

    `source`: conntrack.mail_connections or conntrack.entries. `dump` may be used for nothing else until the end.
    """
    for each in source(dump):
        yield _delete(orders, conntrack.delete_request(each)) if each.source in addresses else 0


def _delete(requests: Requests, order: bytes) -> int:
    try:
        requests.order(order)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return 0  # it has ended by itself, or is in a zone, which our request does not name
    return 1


class Forgetting:
    """Walks through the kernel's table one after the other, for all addresses that were named meanwhile."""

    def __init__(self, loop: "Loop") -> None:
        self._loop = loop
        self._dump = Requests(conntrack.PROTOCOL, _WALK_BUFFER_BYTES)
        self._orders = Requests(conntrack.PROTOCOL, _WALK_BUFFER_BYTES)
        self._mail: "set[bytes]" = set()
        self._all: "set[bytes]" = set()
        self._walk: "Iterator[int] | None" = None
        self._not_before = 0.0
        self._waiting = False

    def mail(self, addresses: "Iterable[bytes]") -> None:
        """The mail connections from these addresses: forgotten when this returns, or soon if they are many."""
        self._mail.update(addresses)
        self._go_on()

    def everything(self, addresses: "Iterable[bytes]") -> None:
        """The same of whatever they opened."""
        self._all.update(addresses)
        self._go_on()

    def is_done(self) -> bool:
        """Whether nothing is left to forget."""
        return self._walk is None and not self._mail and not self._all

    def _go_on(self) -> None:
        if self._waiting or self.is_done():
            return
        began = now = runtime.monotonic()
        if began >= self._not_before:
            self._step(began + SLICE_S)
            now = runtime.monotonic()
            self._not_before = now + PAUSE_TIMES * (now - began)
        if not self.is_done():
            self._waiting = True
            self._loop.after(self._not_before - now, self._after_pause)

    def _after_pause(self) -> None:
        self._waiting = False
        self._go_on()

    def _step(self, until: float) -> None:
        """A walk, or what fits of it."""
        if self._walk is None:
            self._walk = self._next_walk()
        try:
            while runtime.monotonic() < until:
                for _ in range(_CHECKED_EACH):
                    if next(self._walk, None) is None:
                        self._walk = None
                        return
        except (OSError, ValueError) as error:
            self._walk = None
            log.error("connections of a stopped device can't be ended", str(error))

    def _next_walk(self) -> "Iterator[int]":
        if self._all:
            addresses, self._all, source = self._all, set(), conntrack.entries
        else:
            addresses, self._mail, source = self._mail, set(), conntrack.mail_connections
        return forget(self._dump, self._orders, addresses, source)
