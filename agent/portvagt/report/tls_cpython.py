"""Mutual TLS on CPython: both ends show a certificate, and the broker's must be for the name that we asked for.

tls_micropython.py has the same names; runtime.tls() gives the one that fits.
"""

import socket
import ssl

from portvagt.report import credentials, refusals
from portvagt.report.link import HANDSHAKE_S
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.report.link import Endpoint

_WANTS = (ssl.SSLWantReadError, ssl.SSLWantWriteError)

# X509_V_ERR_* of OpenSSL's x509_vfy.h
_VERIFICATION = {
    9: refusals.NOT_YET,
    10: refusals.EXPIRED,
    18: refusals.WRONG_CA,
    19: refusals.WRONG_CA,
    20: refusals.WRONG_CA,
    21: refusals.WRONG_CA,
    62: refusals.WRONG_NAME,
    64: refusals.WRONG_NAME,
}


class Socket(ssl.SSLSocket):
    """paho's TLS socket: its handshake takes a bounded time, and it remembers why reading failed.

    paho 1.6 grants the handshake the keepalive time, and paho 2 hides the alert by which a broker refuses us.
    """

    failure: "OSError | None" = None

    def do_handshake(self, block: bool = False) -> None:
        """Raises OSError, TimeoutError after HANDSHAKE_S."""
        self.settimeout(HANDSHAKE_S)
        super().do_handshake(block)

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        """As of every socket."""
        try:
            return super().recv(buflen, flags)
        except _WANTS:
            raise
        except OSError as error:
            self.failure = error
            raise


class Stream:
    """TLS over a connected, non-blocking socket; the first write() does the handshake. Raises OSError, ValueError."""

    def __init__(self, sock: "socket.socket", context: ssl.SSLContext, broker: str) -> None:
        self._tls = context.wrap_socket(sock, server_hostname=broker, do_handshake_on_connect=False)
        self._shaken = False
        self.socket: "Any" = self._tls  # to wait for

    def write(self, data: "memoryview") -> int:
        """How many bytes were taken; after 0 the same ones must be offered again."""
        try:
            if not self._shaken:
                self._tls.do_handshake()
                self._shaken = True
            return self._tls.send(data)
        except _WANTS:
            return 0

    def read(self, buffer: "memoryview") -> "int | None":
        """How many bytes came, 0 at the end, None when there are none yet."""
        try:
            return self._tls.recv_into(buffer)
        except _WANTS:
            return None

    def too_old(self) -> str:
        """The version of TLS, when it is older than 1.2: the context has refused that already."""
        return ""

    def close(self) -> None:
        """Free everything."""
        self._tls.close()


def client_context(endpoint: "Endpoint") -> ssl.SSLContext:
    """The TLS context of a link. Raises Unusable."""
    for option, path in (("ca", endpoint.ca), ("certificate", endpoint.certificate), ("key", endpoint.key)):
        credentials.content(option, path)
    try:
        context = ssl.create_default_context(cafile=endpoint.ca)
    except ssl.SSLError as error:
        raise Unusable("{}: is no PEM certificate ({}); see 'option ca'".format(endpoint.ca, error.reason))
    context.check_hostname = True
    context.verify_mode = ssl.CERT_REQUIRED
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(endpoint.certificate, endpoint.key, password=no_password)
    except (ssl.SSLError, ValueError) as error:
        problem = "{}, {}: are no PEM certificate and its key without password ({})"
        raise Unusable(problem.format(endpoint.certificate, endpoint.key, getattr(error, "reason", None) or error))
    return context


def refusal(error: Exception, endpoint: "Endpoint") -> str:
    """The words for an exception of connecting, reading or writing."""
    return refusals.filled(_sentence(error), endpoint, getattr(error, "reason", None) or str(error))


def no_password(*_: "Any") -> str:
    """OpenSSL would ask a terminal for the password of an encrypted key, and wait for it."""
    return ""


def _sentence(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFICATION.get(error.verify_code, refusals.UNTRUSTED)
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return refusals.CLOSED
    if isinstance(error, ssl.SSLError):
        return refusals.OUR_CERTIFICATE if _is_about_our_certificate(error.reason or "") else refusals.NO_TLS
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return refusals.NAME
    if isinstance(error, TimeoutError):  # of a socket's own time limit, it has no number
        return refusals.SILENT
    return refusals.of_number(getattr(error, "errno", None))


def _is_about_our_certificate(reason: str) -> bool:
    """RFC 8446, 6.2: alerts that a server sends about a client's certificate."""
    return "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "ACCESS_DENIED" in reason)
