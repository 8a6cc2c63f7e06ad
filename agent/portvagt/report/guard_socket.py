"""The reporter's side of the guard's socket: connects, comes back when the guard restarts, asks with a time limit."""

from portvagt import rpc, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

RETRY_FIRST_S, RETRY_LONGEST_S = 0.1, 2.0  # at the start of a router the guard is there a moment later
ANSWER_S = 5
STATUS_MAX = 400  # characters


class GuardSocket:
    """`on_event(event)`: an event from the guard, maybe again; `on_connected()`: the guard is there, maybe again."""

    def __init__(
        self,
        loop: "Loop",
        path: str,
        on_event: "Callable[[dict[str, Any]], None]",
        on_connected: "Callable[[], None]",
    ) -> None:
        self._loop = loop
        self._path = path
        self._on_event = on_event
        self._on_connected = on_connected
        self._peer: "rpc.Peer | None" = None
        self._retry_s = RETRY_FIRST_S

    def connect(self) -> None:
        """Connect now, or as soon as the guard is there."""
        try:
            sock = runtime.unix_connect(self._path, ANSWER_S)
        except OSError:
            self._connect_later()
            return
        self._retry_s = RETRY_FIRST_S
        self._peer = rpc.Peer(self._loop, sock, {"event": self._event}, self._on_close)
        self._on_connected()

    def stored(self, identity: str) -> None:
        """The event is safe, the guard may forget it. Unheard, it will be handed over again."""
        if self._peer is not None:
            self._peer.call("stored", {"id": identity}, _ignore)

    def damaged(self, files: int) -> None:
        """How many files the reporter could not read: whoever asks the guard for damaged files hears of all."""
        if self._peer is not None:
            self._peer.call("damaged", {"files": files}, _ignore)

    def reporting(self, status: str, seconds: int) -> None:
        """How reporting is since so many seconds, for who asks the guard; the ISP is not told."""
        if self._peer is not None:
            self._peer.call("reporting", {"status": status, "seconds": seconds}, _ignore)

    def state(self, on_reply: "Callable[[dict[str, Any] | None], None]") -> None:
        """Ask how the guard is; `on_reply(None)` when it doesn't say within ANSWER_S."""
        if self._peer is None:
            on_reply(None)
            return
        question = _Question(self._loop, on_reply)
        self._peer.call("state", {}, question.answer)

    def is_up(self) -> bool:
        """Whether the guard is connected."""
        return self._peer is not None

    def order(self, of: str, document: "Any", on_reply: "Callable[[Any, str | None], None]") -> None:
        """Hand over what the ISP wants; `on_reply(answer, problem)`: as Orders answers, or why nobody does."""
        if self._peer is not None:
            self._peer.call("order", {"of": of, "document": document}, on_reply)

    def _event(self, peer: rpc.Peer, params: "dict[str, Any]") -> None:
        self._on_event(params)

    def _on_close(self, peer: rpc.Peer) -> None:
        self._peer = None
        self._connect_later()

    def _connect_later(self) -> None:
        self._loop.after(self._retry_s, self.connect)
        self._retry_s = min(2 * self._retry_s, RETRY_LONGEST_S)


class _Question:
    """Passes on the first of an answer and its time limit."""

    def __init__(self, loop: "Loop", on_reply: "Callable[[dict[str, Any] | None], None]") -> None:
        self._on_reply: "Callable[[dict[str, Any] | None], None] | None" = on_reply
        self._limit = loop.after(ANSWER_S, self._expire)

    def answer(self, result: "Any", error: "str | None") -> None:
        self._limit.cancel()
        on_reply, self._on_reply = self._on_reply, None
        if on_reply is not None:
            on_reply(result if isinstance(result, dict) else None)

    def _expire(self) -> None:
        self.answer(None, "no answer")


def _ignore(result: "Any", error: "str | None") -> None:
    pass
