"""What a TLS client in the garden gets: the fatal alert `access_denied`, which makes browsers look for the portal.

Without a socket: bytes in, the alert out. An alert before any ServerHello needs no certificate, so nothing is
intercepted, and no name is looked at: an encrypted hello (ECH) makes no difference. Bytes are counted, never kept.

What is no TLS is closed without an answer, for nobody on the other side would understand one. So are SSL 2.0 hellos:
RFC 8446, D.5, advises against taking them, and no browser of these years sends them.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# RFC 8446, 5.1 and 6: alert(21), legacy_record_version 3.3, 2 bytes: fatal(2), access_denied(49)
ACCESS_DENIED = b"\x15\x03\x03\x00\x02\x02\x31"

RECORD_MAX = 1 << 14  # RFC 8446, 5.1
HELLO_MAX = 1 << 15  # servers with BoringSSL take 2^14 bytes; post-quantum key shares make 2^11 normal
_UNKNOWN = -1  # while the header that says it is incomplete


class NotTls(Exception):
    """Bytes that begin no ClientHello."""


class _Header:
    """Bytes whose last ones say a length; the first ones are fixed."""

    def __init__(self, fixed: bytes, length_at: int, size: int) -> None:
        self._fixed = fixed
        self._length_at = length_at
        self._size = size
        self._seen = 0
        self._length = 0

    def take(self, byte: int) -> int:
        """The length, once `byte` is the header's last one, else _UNKNOWN. Raises NotTls."""
        if self._seen < len(self._fixed) and byte != self._fixed[self._seen]:
            raise NotTls
        if self._seen >= self._length_at:
            self._length = self._length << 8 | byte
        self._seen += 1
        if self._seen < self._size:
            return _UNKNOWN
        length, self._seen, self._length = self._length, 0, 0
        return length


class HelloReader:
    """Finds the end of a ClientHello that may be fragmented over TCP segments and over TLS records."""

    def __init__(self) -> None:
        # RFC 8446, 5.1: handshake(22), legacy_record_version whose second byte must be ignored, length
        self._record = _Header(b"\x16\x03", 3, 5)
        # RFC 8446, 4: client_hello(1), length
        self._hello = _Header(b"\x01", 1, 4)
        self._record_left = 0  # bytes until the next record; 0 or _UNKNOWN: its header comes
        self._hello_left = _UNKNOWN

    def feed(self, data: bytes) -> bool:
        """Whether the hello is complete. Raises NotTls; then the reader is of no more use."""
        at = 0
        while at < len(data) and self._hello_left:
            at += self._take(data, at)
        return self._hello_left == 0

    def _take(self, data: bytes, at: int) -> int:
        """Take a byte of a header, or all that there is of the hello in this record: how many bytes."""
        if self._record_left <= 0:
            self._record_left = _checked(self._record.take(data[at]), 1, RECORD_MAX)  # no empty ones: RFC 8446, 5.1
            return 1
        if self._hello_left == _UNKNOWN:
            self._record_left -= 1
            self._hello_left = _checked(self._hello.take(data[at]), 0, HELLO_MAX)
            return 1
        count = min(len(data) - at, self._record_left, self._hello_left)
        self._record_left -= count
        self._hello_left -= count
        return count


def _checked(length: int, least: int, most: int) -> int:
    if length != _UNKNOWN and not least <= length <= most:
        raise NotTls
    return length


class TlsAlert:
    """The exchange of one connection: a whole ClientHello, then the alert. Others get nothing."""

    def __init__(self) -> None:
        self._hello = HelloReader()
        self._answer = b""

    def feed(self, data: bytes) -> bool:
        """Whether there is nothing more to wait for."""
        try:
            if self._hello.feed(data):
                self._answer = ACCESS_DENIED
                return True
        except NotTls:
            return True
        return False

    def answer(self, send: "Callable[[bytes], None]") -> None:
        """Send what the bytes so far deserve."""
        send(self._answer)

    def late(self) -> bytes:
        """Who never says a whole hello gets nothing."""
        return b""
