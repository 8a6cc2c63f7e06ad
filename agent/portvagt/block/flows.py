"""Connections that a device still has when it is stopped: the kernel forgets them.

Otherwise an offloaded flow would go on past the forward hook.
"""

import errno

from portvagt.slices import Slices
from portvagt.watch import conntrack
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.loop import Loop

    Source = Callable[[Requests], Iterator[Any]]

_WALK_BUFFER_BYTES = 8192


def forget(dump: Requests, orders: Requests, addresses: "set[bytes]", source: "Source") -> "Iterator[int]":
    """Delete the entries from `addresses`, an entry a step: 1 when it was deleted, else 0. Raises OSError, Malformed.

    `source`: of conntrack's functions. `dump` may be used for nothing else until the end.
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
        self._dump = Requests(conntrack.PROTOCOL, _WALK_BUFFER_BYTES)
        self._orders = Requests(conntrack.PROTOCOL, _WALK_BUFFER_BYTES)
        self._due: "list[tuple[Source, set[bytes]]]" = []
        self._slices = Slices(loop, self._next_walk, "connections of a stopped device can't be ended")

    def mail(self, addresses: "list[bytes]") -> None:
        """The mail connections from these addresses: forgotten when this returns, or soon if they are many."""
        self._forget(conntrack.mail_connections, addresses)

    def web(self, addresses: "list[bytes]") -> None:
        """The same of the web."""
        self._forget(conntrack.web_connections, addresses)

    def everything(self, addresses: "list[bytes]") -> None:
        """The same of whatever they opened."""
        self._forget(conntrack.entries, addresses)

    def is_done(self) -> bool:
        """Whether nothing is left to forget."""
        return self._slices.is_idle() and not self._due

    def _forget(self, source: "Source", addresses: "list[bytes]") -> None:
        waiting = [each for of, each in self._due if of is source]
        if waiting:
            waiting[0].update(addresses)
        elif addresses:
            self._due.append((source, set(addresses)))
        self._slices.go_on()

    def _next_walk(self) -> "Iterator[int] | None":
        if not self._due:
            return None
        source, addresses = self._due.pop(0)
        return forget(self._dump, self._orders, addresses, source)
