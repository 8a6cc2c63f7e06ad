"""TCP connections of browsers in the loop: one request each, bounded in number, size and time."""

import errno

from portvagt import log, runtime
from portvagt.loop import READ, WRITE
from portvagt.warn import http

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop
    from portvagt.warn.http import Request, Response

    Reply = Callable[[Response], None]

RECEIVING = "receiving"
ANSWERING = "answering"  # the guard is asked
SENDING = "sending"
LINGERING = "lingering"
CLOSED = "closed"

# state: (events that are waited for, seconds until it is late)
STATES = {
    RECEIVING: (READ, 5),  # the whole request, however its bytes drip
    ANSWERING: (0, 3),
    SENDING: (WRITE, 10),
    LINGERING: (READ, 1),
}
PER_ADDRESS = 8
CONNECTIONS_MAX = 64
_SWEEP_S = 0.5
_ACCEPTS_A_TURN = 16  # so that a flood of connections can't keep the loop from those that it has


class Connection:
    """One connection: receives a request, waits for its answer, sends it, closes."""

    def __init__(self, server: "Server", sock: "Any", peer: str) -> None:
        self.peer = peer
        self._server = server
        self._sock = sock
        self._reader = http.RequestReader()
        self._request: "Request | None" = None
        self._unsent = memoryview(b"")
        server.loop.watch(sock, self._on_event)
        self._enter(RECEIVING)

    def _enter(self, state: str) -> None:
        self.state = state
        events, seconds = STATES[state]
        self.deadline = runtime.monotonic() + seconds
        self._server.loop.change(self._sock, events)

    def _on_event(self, events: int) -> None:
        if events & ~(READ | WRITE):  # hung up, or failed
            self.close()
            return
        try:
            self._go_on()
        except OSError:
            self.close()

    def _go_on(self) -> None:
        if self.state == RECEIVING:
            self._receive()
        elif self.state == SENDING:
            self._send()
        elif self.state == LINGERING:
            self._discard()

    def late(self) -> None:
        """The deadline of the state is over."""
        if self.state == RECEIVING:
            self._start_sending(http.refused(408))
        elif self.state == ANSWERING and self._request is not None:
            self._answer(self._server.no_answer(self._request))
        else:
            self.close()

    def _receive(self) -> None:
        data = runtime.receive(self._sock, 4096)
        if data == b"":
            self.close()
            return
        try:
            self._request = self._reader.feed(data or b"")
        except http.Refusal as refusal:
            self._start_sending(http.refused(refusal.status))
            return
        if self._request is not None:
            self._enter(ANSWERING)
            self._server.handle(self.peer, self._request, self._answer)

    def _answer(self, response: "Response") -> None:
        if self.state == ANSWERING:  # else it comes too late, or the client has gone
            self._start_sending(response)

    def _start_sending(self, response: "Response") -> None:
        head_only = self._request is not None and self._request.method == "HEAD"
        self._unsent = memoryview(response.encode(head_only))
        self._enter(SENDING)

    def _send(self) -> None:
        self._unsent = self._unsent[runtime.send(self._sock, self._unsent) :]
        if len(self._unsent):
            return
        if self._request is None:
            # closing with unread bytes resets the connection, and the client may never see why (RFC 9112, 9.6)
            self._enter(LINGERING)
        else:
            self.close()

    def _discard(self) -> None:
        if runtime.receive(self._sock, 4096) == b"":
            self.close()

    def close(self) -> None:
        """End the connection, whatever its state."""
        if self.state != CLOSED:
            self.state = CLOSED
            self._server.loop.forget(self._sock)
            self._sock.close()
            self._server.connections.remove(self)


class Server:
    """The connections that browsers opened to any of our listeners."""

    def __init__(
        self,
        loop: "Loop",
        handle: "Callable[[str, Request, Reply], None]",
        no_answer: "Callable[[Request], Response]",
    ) -> None:
        """`handle(peer address, request, reply)` calls `reply` now or later; without it, `no_answer` is sent."""
        self.loop = loop
        self.handle = handle
        self.no_answer = no_answer
        self.connections: "list[Connection]" = []  # the oldest first
        self._sweeping = False

    def listen(self, listener: "Any") -> None:
        """Accept what comes to a listening socket."""
        self.loop.watch(listener, lambda _: self._accept(listener))

    def _accept(self, listener: "Any") -> None:
        for _ in range(_ACCEPTS_A_TURN):
            try:
                sock, peer = runtime.accept(listener)
            except OSError as error:
                if error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                    log.warning("a connection can't be accepted", str(error))
                return
            self._make_room(peer)
            self.connections.append(Connection(self, sock, peer))
            self._sweep_later()

    def _make_room(self, peer: str) -> None:
        """Close the oldest connection of a peer that has enough, or else of the busiest: it hurts only its own."""
        if len(self._of(peer)) >= PER_ADDRESS:
            self._of(peer)[0].close()
        elif len(self.connections) >= CONNECTIONS_MAX:
            max(self.connections, key=lambda each: len(self._of(each.peer))).close()

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
