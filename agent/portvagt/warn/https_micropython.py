# mypy: disable-error-code="attr-defined,import-not-found"
"""The server's side of TLS on MicroPython: as https_cpython.py, by mbedtls."""

import gc

import tls

from portvagt import runtime
from portvagt.report import credentials, tls_micropython
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# readinto() goes on until the buffer is full or nothing is there, so that nothing decrypted is left where poll(2)
# doesn't see it: more than a request may have
_buffer = memoryview(bytearray(1 << 14))


class Stream:
    """As https_cpython.Stream."""

    def __init__(self, sock: "Any", context: "Any") -> None:
        # poll(2) on the TLS object itself would wake each millisecond: it has no file descriptor
        self.socket = sock
        self._tls = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self.is_open = False
        self._has_ended = False

    def receive(self, size: int) -> "bytes | None":
        """As https_cpython.Stream; more than `size`, if it is there."""
        if self._has_ended:
            return runtime.receive(self.socket, size)
        count = self._tls.readinto(_buffer)
        if count is None:
            return None
        if count and not self.is_open:
            self._open()
        return bytes(_buffer[:count])

    def _open(self) -> None:
        """The first byte says that the handshake is over: before it mbedtls has no version."""
        if str(self._tls.cipher()[1]) not in tls_micropython.SAFE:
            raise OSError("too old a TLS")
        self.is_open = True

    def send(self, data: "memoryview") -> int:
        """As https_cpython.Stream."""
        return self._tls.write(data) or 0

    def end_sending(self) -> None:
        """As https_cpython.Stream, less close_notify, for which MicroPython has no call; Content-Length ends it."""
        runtime.end_sending(self.socket)
        self._has_ended = True

    def close(self) -> None:
        """As https_cpython.Stream; after a failed handshake the TLS object no longer knows its socket."""
        self._tls.close()
        self.socket.close()


def server_context(certificate: str, key: str) -> "Any":
    """As https_cpython.server_context."""
    gc.collect()  # an earlier context holds memory that the collector does not count
    chain = credentials.content("api_certificate", certificate)
    private = credentials.content("api_key", key)
    context = tls.SSLContext(tls.PROTOCOL_TLS_SERVER)
    try:
        tls_micropython.load_identity(context, chain, private)
    except ValueError as error:
        raise Unusable("{}, {}: are no PEM certificate and its key ({})".format(certificate, key, error))
    return context
