# mypy: disable-error-code="attr-defined,import-not-found"
"""Mutual TLS on MicroPython, whose `tls` is a thin layer over mbedtls. tls_cpython.py has the same names.

All builds read DER, one certificate each; OpenWrt's and Debian's read PEM too, MicroPython's own configuration of
mbedtls does not. mbedtls itself checks the chain, the name and, as the unix port has a clock, the time.
"""

import gc

import tls

from portvagt.report import credentials, refusals
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.report.link import Endpoint

SAFE = ("TLSv1.2", "TLSv1.3")  # mbedtls_ssl_get_version()

# of mbedtls' include/mbedtls/ssl.h
_CONN_EOF = -0x7280
_FATAL_ALERT = -0x7780
_CLOSE_NOTIFY = -0x7880
_NUMBERS = {_CONN_EOF: refusals.CLOSED, _CLOSE_NOTIFY: refusals.CLOSED, _FATAL_ALERT: refusals.ALERT}
_ERRNO_MIN = -256  # modtls_mbedtls.c: what is between this and 0 is a negative errno of the socket

# what mbedtls' x509.h says of a certificate, in lines; the first that fits is the deepest trouble
_VERIFICATION = (
    ("not correctly signed by the trusted CA", refusals.WRONG_CA),
    ("does not match with the expected CN", refusals.WRONG_NAME),
    ("validity has expired", refusals.EXPIRED),
    ("validity starts in the future", refusals.NOT_YET),
)


class Stream:
    """As tls_cpython.Stream."""

    def __init__(self, sock: "Any", context: "Any", broker: str) -> None:
        # poll(2) on the TLS object itself would wake each millisecond: it has no file descriptor
        self.socket = sock
        self._tls = context.wrap_socket(sock, server_hostname=broker, do_handshake_on_connect=False)

    def write(self, data: "memoryview") -> int:
        """As tls_cpython.Stream."""
        return self._tls.write(data) or 0

    def read(self, buffer: "memoryview") -> "int | None":
        """As tls_cpython.Stream."""
        count: "int | None" = self._tls.readinto(buffer)
        return count

    def too_old(self) -> str:
        """The version of TLS, when it is older than 1.2; only after the handshake: before it mbedtls has none."""
        version = str(self._tls.cipher()[1])
        return "" if version in SAFE else version

    def close(self) -> None:
        """As tls_cpython.Stream; after a failed handshake the TLS object no longer knows its socket."""
        self._tls.close()
        self.socket.close()


def client_context(endpoint: "Endpoint") -> "Any":
    """As tls_cpython.client_context."""
    gc.collect()  # contexts of lost links hold memory that the collector does not count
    authorities = credentials.content("ca", endpoint.ca)
    certificate = credentials.content("certificate", endpoint.certificate)
    key = credentials.content("key", endpoint.key)
    context = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    context.verify_mode = tls.CERT_REQUIRED
    try:
        for der in credentials.certificates(authorities):
            context.load_verify_locations(der)
    except ValueError as error:
        raise Unusable("{}: is no PEM certificate ({}); see 'option ca'".format(endpoint.ca, error))
    try:
        load_identity(context, certificate, key)
    except ValueError as error:
        problem = "{}, {}: are no PEM certificate and its key without password ({})"
        raise Unusable(problem.format(endpoint.certificate, endpoint.key, error))
    return context


def load_identity(context: "Any", certificate: bytes, key: bytes) -> None:
    """Raises ValueError. As DER a chain can't be given, nor a key of PKCS #8: mbedtls wants its exact length."""
    chain, der = credentials.certificates(certificate), credentials.private_key(key)
    try:
        context.load_cert_chain(certificate, key)
    except ValueError as error:
        if len(chain) > 1:
            raise error
        context.load_cert_chain(chain[0], der)


def refusal(error: Exception, endpoint: "Endpoint") -> str:
    """As tls_cpython.refusal."""
    return refusals.filled(_sentence(error), endpoint, str(error.args[-1] if error.args else error).strip())


def _sentence(error: Exception) -> str:
    if isinstance(error, ValueError):
        return _of_verification(str(error))
    number = error.args[0] if error.args and isinstance(error.args[0], int) else 0
    if number in _NUMBERS:
        return _NUMBERS[number]
    if number < _ERRNO_MIN:
        return refusals.NO_TLS
    return refusals.of_number(abs(number))


def _of_verification(said: str) -> str:
    for part, sentence in _VERIFICATION:
        if part in said:
            return sentence
    return refusals.UNTRUSTED
