"""The portal's connection to the guard, made when a page needs it: no timer, and a new guard answers at once."""

from portvagt import log, rpc, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

    OnReply = Callable[[Any, str | None], None]

_CONNECT_S = 0.2  # a Unix socket connects at once, or the guard's queue is full
_PAUSE_S = 1.0  # after a failure: many browsers must not make us wait for each


class GuardLink:
    """Asks the guard; `is_up` tells a refusal from nobody being there."""

    def __init__(self, loop: "Loop", path: str) -> None:
        self._loop = loop
        self._path = path
        self._peer: "rpc.Peer | None" = None
        self._failed_at: "float | None" = None

    def is_up(self) -> bool:
        """Whether the guard is connected."""
        return self._peer is not None

    def call(self, method: str, params: "dict[str, Any]", on_reply: "OnReply") -> None:
        """`on_reply(result, error message or None)` is called once: now with an error when nobody is there."""
        if self._peer is None:
            self._connect()
        if self._peer is None:
            on_reply(None, "the guard is not there")
        else:
            self._peer.call(method, params, on_reply)

    def hang_up(self) -> None:
        """The guard does not answer: start anew."""
        if self._peer is not None:
            self._peer.close()

    def _connect(self) -> None:
        now = runtime.monotonic()
        if self._failed_at is not None and now - self._failed_at < _PAUSE_S:
            return
        try:
            sock = runtime.unix_connect(self._path, _CONNECT_S)
        except OSError as error:
            log.warning("the guard is not there", "{}: {}".format(self._path, error))
            self._failed_at = now
            return
        self._failed_at = None
        self._peer = rpc.Peer(self._loop, sock, {}, self._on_close)

    def _on_close(self, peer: rpc.Peer) -> None:
        self._peer = None
