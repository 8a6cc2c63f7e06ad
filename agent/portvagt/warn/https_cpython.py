"""The server's side of TLS on CPython.

https_micropython.py has the same names; runtime.https() gives the one that fits.
"""

import socket
import ssl

from portvagt.report import credentials, tls_cpython
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NOTHING_YET = (ssl.SSLWantReadError, ssl.SSLWantWriteError, BlockingIOError)


class Stream:
    """TLS over an accepted, non-blocking socket, as server.Plain; receive() does the handshake. Raises OSError."""

    def __init__(self, sock: "socket.socket", context: "Any") -> None:
        self._tls: "Any" = context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)
        self.socket = self._tls
        self.is_open = False

    def receive(self, size: int) -> "bytes | None":
        """As server.Plain."""
        try:
            if not self.is_open:
                self._tls.do_handshake()
                self.is_open = True
            return bytes(self._tls.recv(size))
        except _NOTHING_YET:
            return None

    def send(self, data: "memoryview") -> int:
        """As server.Plain."""
        try:
            return int(self._tls.send(data))
        except (ssl.SSLWantWriteError, BlockingIOError):
            return 0

    def end_sending(self) -> None:
        """As server.Plain; what comes from then on is not decrypted."""
        try:
            self._tls.unwrap()
        except ssl.SSLError:  # it has sent close_notify, and would wait for the client's
            pass
        self._tls.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        """As server.Plain."""
        self._tls.close()


def server_context(certificate: str, key: str) -> ssl.SSLContext:
    """The TLS context of a server with the certificate and key of these files. Raises Unusable."""
    credentials.content("api_certificate", certificate)
    credentials.content("api_key", key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.options |= ssl.OP_NO_RENEGOTIATION
    try:
        context.load_cert_chain(certificate, key, password=tls_cpython.no_password)
    except (ssl.SSLError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise Unusable("{}, {}: are no PEM certificate and its key ({})".format(certificate, key, reason))
    return context
