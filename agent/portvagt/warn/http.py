"""HTTP/1.x as a server needs it for one small page, without a socket: bytes in, a Request or a refusal out.

RFC 9110 and 9112. One request a connection, no transfer codings, no `Expect`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

HEAD_MAX = 8192
BODY_MAX = 2048

SERVED = ("GET", "HEAD", "POST")
_NOT_ALLOWED = ("PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH")
_SINGLE = ("host", "content-length", "origin")  # said twice they are an attack or a broken client

_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"  # RFC 9110, 5.6.2
_DIGITS = b"0123456789"

REASONS = {
    200: "OK",
    302: "Found",
    303: "See Other",
    400: "Bad Request",
    403: "Forbidden",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    411: "Length Required",
    413: "Content Too Large",
    421: "Misdirected Request",
    431: "Request Header Fields Too Large",
    501: "Not Implemented",
    503: "Service Unavailable",
    505: "HTTP Version Not Supported",
}


class Refusal(Exception):
    """Bytes that are no request that we serve; `status` says so to the client."""

    def __init__(self, status: int) -> None:
        super().__init__(REASONS[status])
        self.status = status


class Request:
    """`host`: lower-case authority, "" if none was named; `path` and `query` as sent; `headers`: lower-case names.

    `site`: the authority of the certificate under which it came over TLS, "" without TLS.
    """

    __slots__ = ("method", "host", "path", "query", "headers", "body", "site")

    def __init__(self, method: str, host: str, target: str, headers: "dict[str, str]") -> None:
        self.method = method
        self.host = host.lower()
        self.path, _, self.query = target.partition("?")
        self.headers = headers
        self.body = b""
        self.site = ""


class Response:
    """What a request gets; `headers` are those that only this answer has, `body` is UTF-8 text of `content_type`."""

    __slots__ = ("status", "headers", "body", "content_type")

    def __init__(
        self,
        status: int,
        body: str = "",
        headers: "Iterable[tuple[str, str]]" = (),
        content_type: str = "text/plain; charset=utf-8",
    ) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.content_type = content_type

    def encode(self, head_only: bool = False, gzip: "Callable[[bytes], bytes] | None" = None) -> bytes:
        """The bytes for the wire; without the body when the request was HEAD (RFC 9110, 9.3.2).

        `gzip`: for a client that accepts it, `Gzip.encode`.
        """
        plain = self.body.encode()
        body = gzip(plain) if gzip else plain
        lines = ["HTTP/1.1 {} {}".format(self.status, REASONS[self.status])]
        for name, value in self.headers:
            lines.append("{}: {}".format(name, value))
        lines.append("Content-Type: {}".format(self.content_type))
        if body is not plain:
            lines.append("Content-Encoding: gzip")
        lines.append("Content-Length: {}".format(len(body)))
        lines.append("Vary: Accept-Encoding\r\nCache-Control: no-store\r\nConnection: close")
        lines.append("X-Content-Type-Options: nosniff\r\n\r\n")
        head = "\r\n".join(lines).encode()
        return head if head_only else head + body


def refused(status: int) -> Response:
    """The answer to bytes that are no request that we serve."""
    allow = [("Allow", ", ".join(SERVED))] if status == 405 else []
    return Response(status, REASONS[status] + "\n", allow)


class RequestReader:
    """Collects the bytes of one request."""

    def __init__(self) -> None:
        self._data = b""
        self._request: "Request | None" = None
        self._length = 0

    def feed(self, data: bytes) -> "Request | None":
        """The request when `data` completes it, else None. Raises Refusal; then the reader is of no more use."""
        self._data += data
        if self._request is None:
            self._read_head()
        if self._request is None or len(self._data) < self._length:
            return None
        self._request.body = self._data[: self._length]
        return self._request

    def _read_head(self) -> None:
        end = _head_end(self._data[:HEAD_MAX])
        if end >= 0:
            self._request, self._length = parse_head(self._data[:end])
            self._data = self._data[end:]
        elif len(self._data) >= HEAD_MAX:
            raise Refusal(431)


def _head_end(data: bytes) -> int:
    """Where the first empty line ends, -1 if none has yet. A line may end in a bare LF (RFC 9112, 2.2)."""
    strict, bare = data.find(b"\n\r\n"), data.find(b"\n\n")
    if strict >= 0 and (bare < 0 or strict < bare):
        return strict + 3
    return bare + 2 if bare >= 0 else -1


def parse_head(head: bytes) -> "tuple[Request, int]":
    """A request whose body is still to come, and the length of that body in bytes. Raises Refusal."""
    lines = [line[:-1] if line.endswith(b"\r") else line for line in head.split(b"\n")]
    if lines[0] == b"":
        lines.pop(0)  # RFC 9112, 2.2: at least one empty line before the request is to be ignored
    method, target, version = _request_line(lines[0])
    headers = _headers(lines[1:-2])
    host, target = _authority(target, version, headers)
    return Request(method, host, target, headers), _body_length(headers)


def _request_line(line: bytes) -> "tuple[str, str, str]":
    words = line.split(b" ")
    if len(words) != 3 or not _is_token(words[0]) or not _is_visible(words[1]) or not _is_version(words[2]):
        raise Refusal(400)
    method, target, version = [word.decode() for word in words]
    if not version.startswith("HTTP/1."):
        raise Refusal(505)
    if method not in SERVED:
        raise Refusal(405 if method in _NOT_ALLOWED else 501)
    return method, target, version


def _headers(lines: "list[bytes]") -> "dict[str, str]":
    headers: "dict[str, str]" = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not _is_token(name) or not _is_field_value(value):
            raise Refusal(400)  # also folded lines and blanks before the colon, as RFC 9112, 5.1 and 5.2, wants
        key = name.decode().lower()
        if key not in headers:
            headers[key] = _text(value)
        elif key in _SINGLE:
            raise Refusal(400)
        else:
            headers[key] += ", " + _text(value)
    return headers


def _authority(target: str, version: str, headers: "dict[str, str]") -> "tuple[str, str]":
    """(authority, path and query): an absolute target's authority counts, else that of Host (RFC 9112, 3.2)."""
    host = headers.get("host")
    if host is None and version != "HTTP/1.0":
        raise Refusal(400)
    if target.startswith("/"):
        return host or "", target
    if target[:7].lower() != "http://":
        raise Refusal(400)
    authority, slash, path = target[7:].partition("/")
    return authority.partition("?")[0], slash + path if slash else "/"


def _body_length(headers: "dict[str, str]") -> int:
    length = headers.get("content-length")
    if "transfer-encoding" in headers:
        raise Refusal(411 if length is None else 400)  # both: request smuggling, RFC 9112, 6.3
    if length is None:
        return 0
    if not length or any(digit not in _DIGITS for digit in length.encode()):
        raise Refusal(400)
    if len(length) > 9 or int(length) > BODY_MAX:
        raise Refusal(413)
    return int(length)


def _is_token(name: bytes) -> bool:
    return len(name) > 0 and all(letter in _TOKEN for letter in name)


def _is_visible(target: bytes) -> bool:
    return len(target) > 0 and all(32 < letter < 127 for letter in target)


def _is_version(word: bytes) -> bool:
    return len(word) == 8 and word[:5] == b"HTTP/" and word[5] in _DIGITS and word[6:7] == b"." and word[7] in _DIGITS


def _is_field_value(value: bytes) -> bool:
    return all((letter >= 32 and letter != 127) or letter == 9 for letter in value)


def _text(value: bytes) -> str:
    """Without blanks around it; what is not ASCII becomes `?`, as nothing we read has a use for it."""
    return bytes([letter if letter < 127 else 63 for letter in value]).decode().strip()


def form(body: bytes) -> "dict[str, str]":
    """The fields of a form of ASCII names and values, such as our own; of other forms, what can be read of them.

    application/x-www-form-urlencoded; our values are hexadecimal, so nothing in them is ever escaped.
    """
    fields = {}
    for pair in _text(body).split("&"):
        name, _, value = pair.partition("=")
        fields[name] = value
    return fields
