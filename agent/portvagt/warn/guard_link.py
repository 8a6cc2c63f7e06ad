"""The portal's connection to the guard; made again whenever it breaks."""

from portvagt import log, rpc, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

    OnReply = Callable[[Any, str | None], None]

_CONNECT_S = 0.2  # a Unix socket connects at once, or the guard's queue is full
_RETRY_FIRST_S = 0.25
_RETRY_LONGEST_S = 4.0


class GuardLink:
    """Asks the guard; `is_up` tells a refusal from nobody being there."""

    def __init__(self, loop: "Loop", path: str) -> None:
        self._loop = loop
        self._path = path
        self._peer: "rpc.Peer | None" = None
        self._retry_s = _RETRY_FIRST_S
        self._connect()

    def is_up(self) -> bool:
        """Whether the guard is connected."""
        return self._peer is not None and not self._peer.closed

    def call(self, method: str, params: "dict[str, Any]", on_reply: "OnReply") -> None:
        """`on_reply(result, error message or None)` is called once: now with an error when the link is down."""
        if self._peer is None:
            on_reply(None, "the guard is not there")
        else:
            self._peer.call(method, params, on_reply)

    def hang_up(self) -> None:
        """The guard does not answer: start anew."""
        if self._peer is not None:
            self._peer.close()

    def _connect(self) -> None:
        try:
            sock = runtime.unix_connect(self._path, _CONNECT_S)
        except OSError as error:
            self._wait(str(error))
            return
        self._retry_s = _RETRY_FIRST_S
        self._peer = rpc.Peer(self._loop, sock, {}, self._on_close)

    def _on_close(self, peer: rpc.Peer) -> None:
        self._peer = None
        self._wait("it closed the connection")

    def _wait(self, why: str) -> None:
        if self._retry_s == _RETRY_FIRST_S:  # once an outage
            log.warning("the guard is not there, tried again", "{}: {}".format(self._path, why))
        self._loop.after(self._retry_s, self._connect)
        self._retry_s = min(self._retry_s * 2, _RETRY_LONGEST_S)
