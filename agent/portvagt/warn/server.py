"""TCP connections of browsers in the loop: one exchange each, bounded in number, size and time.

What is said on a connection is its exchange's matter (http_exchange.py, tls_alert.py). An exchange has
`feed(bytes)` → whether it waits for no more; then `answer(send)`, which calls `send(bytes)` now or later; and `late()`,
the bytes for a client that takes too long, or whose answer does. No bytes mean: close without an answer.
"""

import errno

from portvagt import log, runtime
from portvagt.loop import READ, WRITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop
    from portvagt.warn.http_exchange import HttpExchange
    from portvagt.warn.tls_alert import TlsAlert

    Exchange = HttpExchange | TlsAlert

RECEIVING = "receiving"
ANSWERING = "answering"  # the guard is asked
SENDING = "sending"
LINGERING = "lingering"
CLOSED = "closed"

# state: (events that are waited for, seconds until it is late)
STATES = {
    RECEIVING: (READ, 5),  # all that is needed, however its bytes drip
    ANSWERING: (0, 3),
    SENDING: (WRITE, 10),
    LINGERING: (READ, 1),
}
PER_ADDRESS = 8
CONNECTIONS_MAX = 64
TLS_CONNECTIONS_MAX = 16  # each takes 39 KB of mbedtls, as measured
_SWEEP_S = 0.5
_ACCEPTS_A_TURN = 16  # so that a flood of connections can't keep the loop from those that it has


class Plain:
    """The stream of a connection without TLS. https_cpython.py and https_micropython.py have the one with it."""

    is_open = True  # whether what is sent can reach the client: with TLS after the handshake

    def __init__(self, sock: "Any") -> None:
        """`sock`: an accepted, non-blocking one."""
        self.socket = sock  # to wait for

    def receive(self, size: int) -> "bytes | None":
        """As runtime.receive."""
        return runtime.receive(self.socket, size)

    def send(self, data: "memoryview") -> int:
        """As runtime.send."""
        return runtime.send(self.socket, data)

    def end_sending(self) -> None:
        """As runtime.end_sending."""
        runtime.end_sending(self.socket)

    def close(self) -> None:
        """Free everything."""
        self.socket.close()


class Connection:
    """One connection: receives, waits for the answer, sends it, closes."""

    def __init__(self, server: "Server", stream: "Any", peer: str, port: int, exchange: "Exchange") -> None:
        """`stream`: as Plain; `port`: which of our listeners it came to."""
        self.peer = peer
        self.port = port
        self._server = server
        self._stream = stream
        self._exchange = exchange
        self._unsent = memoryview(b"")
        server.loop.watch(stream.socket, self._on_event)
        self._enter(RECEIVING)

    def _enter(self, state: str) -> None:
        self.state = state
        events, seconds = STATES[state]
        self.deadline = runtime.monotonic() + seconds
        self._server.loop.change(self._stream.socket, events)

    def _on_event(self, events: int) -> None:
        if events & ~(READ | WRITE) and not events & READ:  # hung up, or failed, and there is nothing left to read
            self.close()
        else:
            self.go_on()

    def go_on(self) -> None:
        """Do what the socket lets us do now."""
        try:
            if self.state in _STEPS:
                _STEPS[self.state](self)
        except OSError:
            self.close()

    def late(self) -> None:
        """The deadline of the state is over."""
        if self.state in (RECEIVING, ANSWERING) and self._stream.is_open:
            self._start_sending(self._exchange.late())
        else:
            self.close()

    def _receive(self) -> None:
        data = self._stream.receive(4096)
        if data == b"":
            self.close()
        elif data is not None and self._exchange.feed(data):
            self._enter(ANSWERING)
            self._exchange.answer(self._answer)

    def _answer(self, data: bytes) -> None:
        if self.state == ANSWERING:  # else it comes too late, or the client has gone
            self._start_sending(data)

    def _start_sending(self, data: bytes) -> None:
        if data:
            self._unsent = memoryview(data)
            self._enter(SENDING)
        else:
            self.close()

    def _send(self) -> None:
        self._unsent = self._unsent[self._stream.send(self._unsent) :]
        if not len(self._unsent):
            # closing with unread bytes resets the connection, and the client may never see why (RFC 9112, 9.6)
            self._stream.end_sending()
            self._enter(LINGERING)

    def _discard(self) -> None:
        if self._stream.receive(4096) == b"":
            self.close()

    def close(self) -> None:
        """End the connection, whatever its state."""
        if self.state != CLOSED:
            self.state = CLOSED
            self._server.loop.forget(self._stream.socket)
            self._stream.close()
            self._server.connections.remove(self)


# state: what is done when the socket is ready; an event may also be of a closed socket that had the same number
_STEPS = {
    RECEIVING: Connection._receive,
    SENDING: Connection._send,
    LINGERING: Connection._discard,
}


class Server:
    """The connections that browsers opened to any of our listeners."""

    def __init__(self, loop: "Loop") -> None:
        self.loop = loop
        self.connections: "list[Connection]" = []  # the oldest first
        self._sweeping = False

    def listen(
        self,
        listener: "Any",
        port: int,
        exchange: "Callable[[str], Exchange]",
        stream: "Callable[[Any], Any]" = Plain,
        most: int = CONNECTIONS_MAX,
    ) -> None:
        """Accept what comes to a listening socket; `exchange(peer address)` is made for each connection.

        `stream(socket)`: as Plain, may raise OSError; `most`: connections to this port.
        """
        self.loop.watch(listener, lambda _: self._accept_all(listener, port, exchange, stream, most))

    def _accept_all(
        self,
        listener: "Any",
        port: int,
        exchange: "Callable[[str], Exchange]",
        stream: "Callable[[Any], Any]",
        most: int,
    ) -> None:
        for _ in range(_ACCEPTS_A_TURN):
            try:
                sock, peer = runtime.accept(listener)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                    log.warning("a connection can't be accepted", str(error))
                return
            self._make_room(peer, port, most)
            try:
                wrapped = stream(sock)
            except (OSError, ValueError):  # it has hung up already, or there is no certificate
                sock.close()
            else:
                self._begin(Connection(self, wrapped, peer, port, exchange(peer)))

    def _begin(self, connection: Connection) -> None:
        self.connections.append(connection)
        self._sweep_later()
        connection.go_on()  # mostly its first bytes are here: of a browser's 20 at once each is answered

    def _make_room(self, peer: str, port: int, most: int) -> None:
        """Close a connection of a peer that has enough, or else of the busiest: it hurts only its own."""
        mine = self._of(peer)
        here = [each for each in self.connections if each.port == port]
        if len(mine) >= PER_ADDRESS:
            _least_needed(mine, port).close()
        elif len(self.connections) >= CONNECTIONS_MAX:
            _least_needed(_of_the_busiest(self.connections), port).close()
        elif len(here) >= most:
            _least_needed(_of_the_busiest(here), port).close()

    def _of(self, peer: str) -> "list[Connection]":
        return [each for each in self.connections if each.peer == peer]

    def _sweep_later(self) -> None:
        """One timer for all connections, and none while there are none."""
        if not self._sweeping and self.connections:
            self._sweeping = True
            self.loop.after(_SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        now = runtime.monotonic()
        for connection in list(self.connections):
            if connection.deadline <= now:
                connection.late()
        self._sweeping = False
        self._sweep_later()


def _of_the_busiest(connections: "list[Connection]") -> "list[Connection]":
    peers = [each.peer for each in connections]
    busiest = max(peers, key=peers.count)
    return [each for each in connections if each.peer == busiest]


def _least_needed(connections: "list[Connection]", port: int) -> Connection:
    """One that has its answer; else the oldest of the port that has more of them, the newcomer to `port` counted.

    So that programs that try TLS again and again don't keep a person from the page, nor the other way round.
    """
    answered = [each for each in connections if each.state == LINGERING]
    here = [each for each in connections if each.port == port]
    elsewhere = [each for each in connections if each.port != port]
    return (answered or (here if len(here) >= len(elsewhere) else elsewhere))[0]
