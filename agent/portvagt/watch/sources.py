"""The sockets on which the kernel tells what happens: conntrack events, neighbours with own addresses, our table."""

from portvagt import log, runtime
from portvagt.slices import Slices
from portvagt.watch import bpf, conntrack, netlink, nftables, rtnetlink
from portvagt.watch.event import Event
from portvagt.watch.pace import Pace
from portvagt.watch.requests import Requests

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.loop import Loop
    from portvagt.watch.conntrack import Connection
    from portvagt.watch.neighbours import Neighbours

EVENT_BUFFER_BYTES = 2 * 1024 * 1024  # about 4,000 events, a fifth of a second at 20,000 a second
RESYNC_FIRST_S, RESYNC_LONGEST_S = 0.2, 20.0  # while a flood goes on, a dump would only lose more
MESSAGE_BYTES = 8192
BURST = 256  # messages read before timers and other sockets get their turn
DRAIN_BURSTS = 16  # more than the buffer holds


class Source:
    """A netlink socket that the kernel multicasts to. ENOBUFS (it told faster than we read) is counted, not fatal.

    `on_message(now, size)` finds the message in `buffer`, which the next one overwrites.
    """

    def __init__(self, sock: "Any", on_message: "Callable[[float, int], None]", on_loss: "Callable[[], None]") -> None:
        self.sock = sock
        self.losses = 0
        self.buffer = bytearray(MESSAGE_BYTES)
        self._read = runtime.reader(sock, self.buffer)
        self._on_message = on_message
        self._on_loss = on_loss

    def on_ready(self, events: int) -> None:
        """Read what is there, at most BURST messages."""
        self.read_burst()

    def read_burst(self) -> bool:
        """The same; whether there may be more. In one loop: a call a message is dear at 20,000 a second."""
        now = runtime.monotonic()
        read, on_message = self._read, self._on_message
        for _ in range(BURST):
            try:
                size = read()
                if size < 0:
                    return False
                on_message(now, size)
            except netlink.Malformed as error:
                log.warning("a netlink message was not understood", str(error))
            except OSError as error:
                if error.errno != runtime.ENOBUFS:
                    raise
                self.losses += 1
                self._on_loss()
        return True


class ConntrackEvents:
    """Calls `on_event(now, event)` for each event of a mail connection, and after a loss `on_missed(now, connection)`.

    `on_missed` gets all mail connections that the kernel has: some were told before, which adds no first contact.
    `lost_at`: when something was lost last, s, monotonic; 0 for never.
    """

    def __init__(
        self,
        loop: "Loop",
        on_event: "Callable[[float, Event], None]",
        on_missed: "Callable[[float, Connection], None]",
    ) -> None:
        self._loop = loop
        self._on_event = on_event
        self._on_missed = on_missed
        self._resync_due = self._resync_begins = False
        self._resync_pause_s = RESYNC_FIRST_S
        self.lost_at = 0.0
        self.requests = Requests(conntrack.PROTOCOL)
        self._resyncs = Slices(loop, self._next_resync, "lost connections can't be read from the kernel's table")
        sock = runtime.netlink_socket(conntrack.PROTOCOL, conntrack.GROUPS, EVENT_BUFFER_BYTES)
        runtime.attach_filter(sock, bpf.mail_filter(conntrack.MAIL_PORTS))
        self.source = Source(sock, self._on_message, self._on_loss)
        self._event = Event(self.source.buffer)
        Pace(loop, sock, self.source.read_burst)

    def _on_message(self, now: float, size: int) -> None:
        if self._event.read(size):
            self._on_event(now, self._event)

    def _on_loss(self) -> None:
        log.warning("the kernel told of connections faster than they could be read")
        now = runtime.monotonic()
        if now - self.lost_at > RESYNC_LONGEST_S:
            self._resync_pause_s = RESYNC_FIRST_S
        self.lost_at = now
        if not self._resync_due:
            self._resync_due = True
            self._loop.after(self._resync_pause_s, self._resync)
            self._resync_pause_s = min(2 * self._resync_pause_s, RESYNC_LONGEST_S)

    def _resync(self) -> None:
        self._resync_due, self._resync_begins = False, True
        self._resyncs.go_on()

    def _next_resync(self) -> "Iterator[bool] | None":
        if not self._resync_begins:
            return None
        self._resync_begins = False
        return self._missed()

    def _missed(self) -> "Iterator[bool]":
        for connection in conntrack.mail_connections(self.requests):
            self._on_missed(runtime.monotonic(), connection)
            yield True


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
        runtime.attach_filter(sock, bpf.neighbour_filter())
        self.source = Source(sock, self._on_message, self._resync)
        self._resync()
        loop.watch(sock, self.source.on_ready)

    def mac(self, address: bytes) -> "bytes | None":
        """The MAC of a home device's address; of one that is not in the table, as the kernel knows it now.

        A device's first page over IPv6 may be asked for before we have read the event of its new address.
        """
        interface = self._table.lan_interface(address)
        if self._table.mac(address) is None and interface is not None:
            try:
                for fact in self._requests.dump(rtnetlink.get_request(interface, address), rtnetlink.parse):
                    self._learn(fact)
            except OSError:
                pass  # the kernel knows nothing of it either
        return self._table.mac(address)

    def resolve(self, interface: int, address: bytes) -> None:
        """Have the kernel ask for an address' MAC. Raises OSError."""
        self._requests.order(rtnetlink.resolve_request(interface, address))

    def _resync(self) -> None:
        self._table.lan = lan_interfaces(self._lan)
        for request in rtnetlink.dump_requests():
            for fact in self._requests.dump(request, rtnetlink.parse):
                self._learn(fact)

    def _on_message(self, now: float, size: int) -> None:
        for fact in rtnetlink.parse(self.source.buffer, size):
            self._learn(fact)

    def _learn(self, fact: "rtnetlink.Neighbour | rtnetlink.OwnAddress") -> None:
        if isinstance(fact, rtnetlink.OwnAddress):  # an interface may have come, or come again with another index
            self._table.lan = lan_interfaces(self._lan)
        changed = self._table.learn(fact)
        if changed is not None:
            self._on_resolved(changed)


class TableEvents:
    """Calls `on_change(port)` for each change of an nftables table but added elements; `port`: who made it.

    After a loss it calls `on_loss()`.
    """

    def __init__(
        self, loop: "Loop", table: str, on_change: "Callable[[int], None]", on_loss: "Callable[[], None]"
    ) -> None:
        self._table = table.encode()
        self._on_change = on_change
        sock = runtime.netlink_socket(nftables.PROTOCOL, nftables.GROUPS, EVENT_BUFFER_BYTES)
        runtime.attach_filter(sock, bpf.table_filter(self._table))
        self.source = Source(sock, self._on_message, on_loss)
        loop.watch(sock, self.source.on_ready)

    def drain(self) -> None:
        """Tell now of all that was changed before this call; somebody who never pauses can't hold us up."""
        for _ in range(DRAIN_BURSTS):
            if not self.source.read_burst():
                return

    def _on_message(self, now: float, size: int) -> None:
        for port in nftables.changes(self.source.buffer, size, self._table):
            self._on_change(port)


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
