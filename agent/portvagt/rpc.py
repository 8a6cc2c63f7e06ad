"""JSON-RPC 2.0 over a Unix socket, one JSON object a line.

What a peer may ask is decided by which socket it came through: each listener has its own table of methods.
"""

import json

from portvagt import log, runtime
from portvagt.loop import READ, WRITE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

    Methods = dict[str, Callable[["Peer", dict[str, Any]], Any]]

LINE_MAX = 8192
READ_BYTES = 1024
UNSENT_MAX = 256 * 1024
PEERS_MAX = 8

PARSE_ERROR = -32700  # the numbers of JSON-RPC 2.0, section 5.1
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INTERNAL_ERROR = -32603
REFUSED = -32000


class Refused(Exception):
    """A request that can't be met; its text is for the person or program that asked."""


class Lines:
    """Cuts a byte stream into lines of at most LINE_MAX bytes; ValueError when one is longer."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> "list[bytes]":
        """The complete lines that `data` ends."""
        parts = (self._rest + data).split(b"\n")
        self._rest = parts.pop()
        if len(self._rest) > LINE_MAX or any(len(part) > LINE_MAX for part in parts):
            raise ValueError("a line is longer than {} bytes".format(LINE_MAX))
        return [part for part in parts if part]


def text(params: "dict[str, Any]", name: str, longest: int = 64) -> str:
    """The string parameter `name`; Refused when it is missing, no string, or too long."""
    value = params.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        raise Refused("parameter '{}' must be a text of 1 to {} characters".format(name, longest))
    return value


def number(params: "dict[str, Any]", name: str, least: int, most: int) -> int:
    """The whole-number parameter `name`; Refused when it is missing or outside least..most."""
    value = params.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise Refused("parameter '{}' must be a whole number from {} to {}".format(name, least, most))
    return value


def _error(code: int, message: str) -> "dict[str, Any]":
    return {"code": code, "message": message}


class Peer:
    """One connection in an event loop; both ends may call and notify."""

    def __init__(
        self, loop: "Loop", sock: "Any", methods: "Methods", on_close: "Callable[[Peer], None] | None" = None
    ) -> None:
        self._loop = loop
        self._sock = sock
        self._methods = methods
        self._on_close = on_close
        self._lines = Lines()
        self._unsent = b""
        self._waiting: "dict[int, Callable[[Any, str | None], None]]" = {}
        self._last_id = 0
        self.closed = False
        sock.setblocking(False)
        loop.watch(sock, self._on_event)

    def call(self, method: str, params: "dict[str, Any]", on_reply: "Callable[[Any, str | None], None]") -> None:
        """Ask the other end; `on_reply(result, error message or None)` is called once, also when the peer goes."""
        self._last_id += 1
        self._waiting[self._last_id] = on_reply
        self._send({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": params})

    def notify(self, method: str, params: "dict[str, Any]") -> None:
        """Tell the other end, without an answer."""
        self._send({"jsonrpc": "2.0", "method": method, "params": params})

    def close(self) -> None:
        """Close the connection; calls that wait for a reply get an error."""
        if self.closed:
            return
        self.closed = True
        self._loop.forget(self._sock)
        self._sock.close()
        waiting, self._waiting = self._waiting, {}
        for on_reply in waiting.values():
            on_reply(None, "the connection was closed")
        if self._on_close is not None:
            self._on_close(self)

    def _send(self, message: "dict[str, Any]") -> None:
        if self.closed:
            return
        try:
            self._unsent += json.dumps(message).encode() + b"\n"
        except MemoryError as error:
            self._give_up(error)
            return
        if len(self._unsent) > UNSENT_MAX:
            log.warning("a peer reads too slowly, connection closed")
            self.close()
        else:
            self._flush()

    def _give_up(self, error: MemoryError) -> None:
        """Unread, the socket would stay ready; unanswered, the other end would wait. So it may come again."""
        log.failure(error)
        self.close()

    def _flush(self) -> None:
        try:
            count = runtime.send(self._sock, self._unsent)
        except OSError:
            self.close()
            return
        self._unsent = self._unsent[count:]
        self._loop.change(self._sock, READ | WRITE if self._unsent else READ)

    def _on_event(self, events: int) -> None:
        if events & WRITE:
            self._flush()
        if self.closed or events == WRITE:
            return
        try:
            data = runtime.receive(self._sock, READ_BYTES)
            lines = self._lines.feed(data) if data else []
        except MemoryError as error:
            self._give_up(error)
            return
        except (OSError, ValueError) as error:
            log.warning("a local connection was closed", str(error))
            data, lines = b"", []
        for line in lines:
            self._on_line(line)
        if data == b"":
            self.close()

    def _on_line(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            self._send({"jsonrpc": "2.0", "id": None, "error": _error(PARSE_ERROR, "not JSON")})
            return
        if not isinstance(message, dict):
            self._send({"jsonrpc": "2.0", "id": None, "error": _error(INVALID_REQUEST, "not a JSON object")})
        elif "method" in message:
            self._on_request(message)
        else:
            self._on_response(message)

    def _on_request(self, message: "dict[str, Any]") -> None:
        reply = answer(self, self._methods, message)
        if "id" in message:
            reply["jsonrpc"] = "2.0"
            reply["id"] = message["id"]
            self._send(reply)

    def _on_response(self, message: "dict[str, Any]") -> None:
        identity = message.get("id")
        on_reply = self._waiting.pop(identity, None) if isinstance(identity, int) else None
        if on_reply is not None:
            on_reply(message.get("result"), _error_text(message))


def answer(peer: Peer, methods: "Methods", message: "dict[str, Any]") -> "dict[str, Any]":
    """{"result": …} or {"error": …} for one request; never raises."""
    method = methods.get(message["method"]) if isinstance(message["method"], str) else None
    params = message.get("params", {})
    if method is None:
        return {"error": _error(METHOD_NOT_FOUND, "this socket has no such method")}
    if not isinstance(params, dict):
        return {"error": _error(INVALID_REQUEST, "params must be an object")}
    try:
        return {"result": method(peer, params)}
    except Refused as refusal:
        return {"error": _error(REFUSED, str(refusal))}
    except Exception as error:  # a bug behind one method must not take the process down
        log.failure(error)
        return {"error": _error(INTERNAL_ERROR, "internal error, see the router's log")}


def _error_text(message: "dict[str, Any]") -> "str | None":
    error = message.get("error")
    if error is None:
        return None
    return str(error.get("message", error)) if isinstance(error, dict) else str(error)


class Server:
    """Accepts at most PEERS_MAX connections on one Unix socket and serves one table of methods."""

    def __init__(
        self, loop: "Loop", path: str, methods: "Methods", on_connect: "Callable[[Peer], None] | None" = None
    ) -> None:
        self._loop = loop
        self._methods = methods
        self._on_connect = on_connect
        self.peers: "list[Peer]" = []
        self._listener = runtime.unix_listener(path)
        loop.watch(self._listener, self._on_event)

    def _on_event(self, events: int) -> None:
        sock, _ = runtime.accept(self._listener)
        if len(self.peers) >= PEERS_MAX:
            self.peers[0].close()  # the oldest: a client that leaks connections can't shut the door for others
        peer = Peer(self._loop, sock, self._methods, self.peers.remove)
        self.peers.append(peer)
        if self._on_connect is not None:
            self._on_connect(peer)


def call(path: str, method: str, params: "dict[str, Any]", timeout_s: float = 5) -> "Any":
    """One blocking call, for the command line. OSError: nobody answers there; Refused: the answer is no."""
    sock = runtime.unix_connect(path, timeout_s)
    try:
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        sock.send(json.dumps(request).encode() + b"\n")
        reply = b""
        while not reply.endswith(b"\n"):
            part = sock.recv(65536)
            if not part:
                raise OSError("the guard closed the connection")
            reply += part
    finally:
        sock.close()
    message = json.loads(reply)
    error = _error_text(message)
    if error is not None:
        raise Refused(error)
    return message.get("result")
