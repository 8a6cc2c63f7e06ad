"""Mutual TLS on CPython: both ends show a certificate, and the broker's must be for the name that we asked for."""

import ssl

from portvagt.report.link import HANDSHAKE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.report.link import Endpoint


class Unusable(Exception):
    """A certificate or key file that can't be used; the text names it and says what to do."""


class Socket(ssl.SSLSocket):
    """A TLS socket whose handshake takes a bounded time, and that remembers why reading failed.

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
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except OSError as error:
            self.failure = error
            raise


def client_context(endpoint: "Endpoint") -> ssl.SSLContext:
    """The TLS context of a link. Raises Unusable."""
    for option, path in (("ca", endpoint.ca), ("certificate", endpoint.certificate), ("key", endpoint.key)):
        _must_be_readable(option, path)
    try:
        context = ssl.create_default_context(cafile=endpoint.ca)  # requires a certificate and checks the host name
    except ssl.SSLError as error:
        raise Unusable("{}: is no PEM certificate ({}); see 'option ca'".format(endpoint.ca, error.reason))
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = Socket
    try:
        context.load_cert_chain(endpoint.certificate, endpoint.key, password=_no_password)
    except (ssl.SSLError, ValueError) as error:
        problem = "{}, {}: are no PEM certificate and its key without password ({})"
        raise Unusable(problem.format(endpoint.certificate, endpoint.key, getattr(error, "reason", None) or error))
    return context


def _no_password(*_: "Any") -> str:
    """OpenSSL would ask a terminal for the password of an encrypted key, and wait for it."""
    return ""


def _must_be_readable(option: str, path: str) -> None:
    try:
        with open(path, "rb"):
            pass
    except OSError as error:
        raise Unusable("{}: can't be read ({}); see 'option {}'".format(path, error.strerror, option))
