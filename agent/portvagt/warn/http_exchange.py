"""What an HTTP client gets on one connection: one request is answered, now or when the guard has said something."""

from portvagt.warn import http
from portvagt.warn.content_coding import accepts_gzip

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.warn.content_coding import Gzip
    from portvagt.warn.http import Request, Response

    Reply = Callable[[Response], None]


class HttpExchange:
    """The exchange of one connection: a whole request, or what can't become one, then an answer."""

    def __init__(
        self,
        peer: str,
        handle: "Callable[[str, Request, Reply], None]",
        no_answer: "Callable[[Request], Response]",
        gzip: "Gzip",
        site: str = "",
    ) -> None:
        """`handle(peer address, request, reply)` calls `reply` now or later; without it, `no_answer` is sent.

        `site`: as of Request.
        """
        self._peer = peer
        self._site = site
        self._handle = handle
        self._no_answer = no_answer
        self._gzip = gzip
        self._reader = http.RequestReader()
        self._request: "Request | None" = None
        self._refused = 0

    def feed(self, data: bytes) -> bool:
        """Whether there is nothing more to wait for."""
        try:
            self._request = self._reader.feed(data)
        except http.Refusal as refusal:
            self._refused = refusal.status
            return True
        if self._request is not None:
            self._request.site = self._site
        return self._request is not None

    def answer(self, send: "Callable[[bytes], None]") -> None:
        """Call `send`, now or later."""
        if self._request is None:
            send(http.refused(self._refused).encode())
        else:
            self._handle(self._peer, self._request, lambda response: send(self._encoded(response)))

    def late(self) -> bytes:
        """What is sent when the request, or what the guard says, takes too long."""
        return self._encoded(http.refused(408) if self._request is None else self._no_answer(self._request))

    def _encoded(self, response: "Response") -> bytes:
        if self._request is None:
            return response.encode()
        accepts = accepts_gzip(self._request.headers.get("accept-encoding", ""))
        return response.encode(self._request.method == "HEAD", self._gzip.encode if accepts else None)
