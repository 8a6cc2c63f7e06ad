"""Connections that a device still has when it is stopped: the kernel forgets them.

Otherwise an offloaded flow would go on past the forward hook.
"""

import errno

from portvagt.watch import conntrack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.watch.requests import Requests


def delete_mail_flows(requests: "Requests", addresses: "list[bytes]") -> int:
    """Delete the conntrack entries of mail connections from `addresses`; how many. Raises OSError."""
    doomed = [each for each in conntrack.mail_connections(requests) if each.source in addresses]
    return sum([_delete(requests, connection) for connection in doomed])


def _delete(requests: "Requests", connection: conntrack.Connection) -> int:
    try:
        requests.order(conntrack.delete_request(connection))
    except OSError as error:
        if error.errno != errno.ENOENT:
            raise
        return 0  # it has ended by itself
    return 1
