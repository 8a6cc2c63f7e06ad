"""Connections that a device still has when it is stopped: the kernel forgets them.

Otherwise an offloaded flow would go on past the forward hook.
"""

import errno

from portvagt.watch import conntrack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.watch.requests import Requests

AT_ONCE = 128  # a zombie that ran while nobody watched has thousands: too many for a small heap


def delete_mail_flows(requests: "Requests", addresses: "list[bytes]") -> int:
    """Delete the conntrack entries of mail connections from `addresses`; how many. Raises OSError."""
    return _delete_all(requests, addresses, conntrack.mail_connections)


def delete_flows(requests: "Requests", addresses: "list[bytes]") -> int:
    """The same of whatever they opened."""
    return _delete_all(requests, addresses, conntrack.entries)


def _delete_all(requests: "Requests", addresses: "list[bytes]", source: "Callable[[Requests], Iterator[Any]]") -> int:
    deleted = 0
    while True:
        orders = _orders(requests, addresses, source)
        done = sum([_delete(requests, order) for order in orders])
        deleted += done
        if len(orders) < AT_ONCE or not done:
            return deleted


def _orders(
    requests: "Requests", addresses: "list[bytes]", source: "Callable[[Requests], Iterator[Any]]"
) -> "list[bytes]":
    """The requests that delete the first AT_ONCE of them."""
    orders: "list[bytes]" = []
    for each in source(requests):
        if each.source in addresses:
            orders.append(conntrack.delete_request(each))
            if len(orders) == AT_ONCE:
                break
    return orders


def _delete(requests: "Requests", order: bytes) -> int:
    try:
        requests.order(order)
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return 0  # it has ended by itself
    return 1
