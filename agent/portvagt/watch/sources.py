"""The two sockets on which the kernel tells what happens: conntrack events, and neighbours with own addresses."""

from portvagt import log, runtime
from portvagt.watch import bpf, conntrack, netlink, rtnetlink
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop
    from portvagt.watch.conntrack import Connection
    from portvagt.watch.neighbours import Neighbours
    from portvagt.watch.netlink import Buffer

EVENT_BUFFER_BYTES = 1024 * 1024
RESYNC_DELAY_S = 0.2  # while the flood goes on, a dump would only lose more
BURST = 256  # messages read before timers and other sockets get their turn


class Source:
    """A netlink socket that the kernel multicasts to. ENOBUFS (it told faster than we read) is counted, not fatal."""

    def __init__(self, sock: "Any", on_message: "Callable[[Buffer, int], None]", on_loss: "Callable[[], None]") -> None:
        self.sock = sock
        self.losses = 0
        self._on_message = on_message
        self._on_loss = on_loss
        self._buffer = bytearray(8192)

    def on_ready(self, events: int) -> None:
        """Read what is there, at most BURST messages."""
        for _ in range(BURST):
            if not self._read_one():
                return

    def _read_one(self) -> bool:
        try:
            size = runtime.receive_into(self.sock, self._buffer)
        except OSError as error:
            if error.errno != runtime.ENOBUFS:
                raise
            self.losses += 1
            self._on_loss()
            return True
        if size < 0:
            return False
        try:
            self._on_message(self._buffer, size)
        except netlink.Malformed as error:
            log.warning("a netlink message was not understood", str(error))
        return True


class ConntrackEvents:
    """Calls `on_new(connection)` for each new mail connection and `on_reply(connection)` once it is answered."""

    def __init__(
        self, loop: "Loop", on_new: "Callable[[Connection], None]", on_reply: "Callable[[Connection], None]"
    ) -> None:
        self._loop = loop
        self._on_new = on_new
        self._on_reply = on_reply
        self._resync_due = False
        self.requests = Requests(conntrack.PROTOCOL)
        sock = runtime.netlink_socket(conntrack.PROTOCOL, conntrack.GROUPS, EVENT_BUFFER_BYTES)
        runtime.attach_filter(sock, bpf.mail_filter(conntrack.MAIL_PORTS))
        self.source = Source(sock, self._on_message, self._on_loss)
        loop.watch(sock, self.source.on_ready)

    def _on_message(self, buffer: "Buffer", size: int) -> None:
        for connection in conntrack.connections(buffer, size):
            if connection.is_new:
                self._on_new(connection)
            elif connection.replied:
                self._on_reply(connection)

    def _on_loss(self) -> None:
        log.warning("the kernel told of connections faster than they could be read")
        if not self._resync_due:
            self._resync_due = True
            self._loop.after(RESYNC_DELAY_S, self._resync)

    def _resync(self) -> None:
        """What was lost is still in the kernel's table. Some of it was counted before: that adds no first contact."""
        self._resync_due = False
        for connection in conntrack.mail_connections(self.requests):
            self._on_new(connection)
            if connection.replied:
                self._on_reply(connection)


class NeighbourEvents:
    """Keeps a Neighbours table; calls `on_resolved(address)` when an address' MAC becomes known or changes."""

    def __init__(
        self, loop: "Loop", table: "Neighbours", lan: "list[str]", on_resolved: "Callable[[bytes], None]"
    ) -> None:
        self._table = table
        self._lan = lan
        self._on_resolved = on_resolved
        self._requests = Requests(rtnetlink.PROTOCOL)
        sock = runtime.netlink_socket(rtnetlink.PROTOCOL, rtnetlink.GROUPS)
        self.source = Source(sock, self._on_message, self._resync)
        self._resync()
        loop.watch(sock, self.source.on_ready)

    def resolve(self, interface: int, address: bytes) -> None:
        """Have the kernel ask for an address' MAC. Raises OSError."""
        self._requests.order(rtnetlink.resolve_request(interface, address))

    def _resync(self) -> None:
        self._table.lan = lan_interfaces(self._lan)
        for request in rtnetlink.dump_requests():
            for fact in self._requests.dump(request, rtnetlink.parse):
                self._learn(fact)

    def _on_message(self, buffer: "Buffer", size: int) -> None:
        for fact in rtnetlink.parse(buffer, size):
            self._learn(fact)

    def _learn(self, fact: "rtnetlink.Neighbour | rtnetlink.OwnAddress") -> None:
        if isinstance(fact, rtnetlink.OwnAddress):  # an interface may have come, or come again with another index
            self._table.lan = lan_interfaces(self._lan)
        changed = self._table.learn(fact)
        if changed is not None:
            self._on_resolved(changed)


def lan_interfaces(names: "list[str]") -> "set[int]":
    """The indices of those interfaces that exist now."""
    indices = set()
    for name in names:
        try:
            with open("/sys/class/net/{}/ifindex".format(name)) as file:
                indices.add(int(file.read()))
        except OSError:
            pass  # not there now; the kernel tells when it gets an address
    return indices
