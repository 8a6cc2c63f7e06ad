"""Why there is no connection to the broker, in words that say what to do. For the links of CPython."""

import socket
import ssl

from portvagt.report.link import ACCEPTANCE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.report.link import Endpoint

_WRONG_CA = "the broker's certificate is not signed by the authority in {ca}; give the ISP's in 'option ca'"
_WRONG_NAME = "the broker's certificate is not for '{broker}'; set 'option broker' to the name in its certificate"
_EXPIRED = "the broker's certificate has expired; the ISP must renew it (or this router's clock is wrong)"
_NOT_YET = "the broker's certificate is not valid yet; check this router's clock"
_OUR_CERTIFICATE = "the broker refuses the certificate {certificate} ({detail}); ask the ISP for a new one"

# X509_V_ERR_* of OpenSSL's x509_vfy.h
_VERIFICATION = {
    9: _NOT_YET,
    10: _EXPIRED,
    18: _WRONG_CA,
    19: _WRONG_CA,
    20: _WRONG_CA,
    21: _WRONG_CA,
    62: _WRONG_NAME,
    64: _WRONG_NAME,
}

# CONNACK return codes: of MQTT 3.1.1, and the MQTT 5 codes that paho 2 turns them into
_UNAVAILABLE = "the broker at {broker}:{port} is not available now; tried again later"
_NOT_AUTHORISED = "the broker does not authorise the name in {certificate}; the ISP must allow '{client_id}'"
_BAD_NAME = "the broker refuses the client id '{client_id}'; 'option cpe_id' must be the name in {certificate}"
_PROTOCOL = "the broker at {broker}:{port} does not speak MQTT 3.1.1; check 'option broker'"
_ACCEPTANCE = {
    1: _PROTOCOL,
    2: _BAD_NAME,
    3: _UNAVAILABLE,
    4: _NOT_AUTHORISED,
    5: _NOT_AUTHORISED,
    132: _PROTOCOL,
    133: _BAD_NAME,
    134: _NOT_AUTHORISED,
    135: _NOT_AUTHORISED,
    136: _UNAVAILABLE,
}

_NAME = "the name '{broker}' can't be resolved ({detail}); check 'option broker' and this router's DNS"
_REFUSED = "nobody listens on {broker}:{port}; check 'option broker' and 'option port'"
_SILENT = "{broker}:{port} does not answer; check 'option broker', 'option port' and the way to the ISP"
_NO_TLS = "{broker}:{port} does not speak TLS as we do ({detail}); check 'option port'"
_UNREACHABLE = "{broker}:{port} can't be reached ({detail}); check this router's connection"
_CLOSED = "the broker closed the connection before it accepted us; its log says why, often it is our certificate"

BROKEN = "the connection broke; the broker was stopped, the line failed, or another router uses this cpe_id"


def of_error(error: Exception, endpoint: "Endpoint") -> str:
    """The sentence for an exception of connecting, reading or writing."""
    return _filled(_sentence(error), endpoint, getattr(error, "reason", None) or str(error))


def of_code(code: int, endpoint: "Endpoint") -> str:
    """The sentence for the return code of a CONNACK that is not 0."""
    return _filled(_ACCEPTANCE.get(code, "the broker refuses us with code {detail}"), endpoint, str(code))


def of_silence(endpoint: "Endpoint") -> str:
    """The sentence for a broker that takes our CONNECT and says nothing."""
    return _filled(
        "{broker}:{port} gave no MQTT answer in {detail} s; check 'option port'", endpoint, str(ACCEPTANCE_S)
    )


def of_closing(endpoint: "Endpoint") -> str:
    """The sentence for a connection that ended before CONNACK."""
    return _filled(_CLOSED, endpoint, "")


def _sentence(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return _VERIFICATION.get(error.verify_code, "the broker's certificate can't be trusted: {detail}")
    if isinstance(error, (ssl.SSLEOFError, ssl.SSLZeroReturnError)):
        return _CLOSED
    if isinstance(error, ssl.SSLError):
        return _OUR_CERTIFICATE if _is_about_our_certificate(error.reason or "") else _NO_TLS
    if isinstance(error, (socket.gaierror, UnicodeError)):
        return _NAME
    if isinstance(error, ConnectionRefusedError):
        return _REFUSED
    if isinstance(error, TimeoutError):
        return _SILENT
    return _CLOSED if isinstance(error, ConnectionError) else _UNREACHABLE


def _is_about_our_certificate(reason: str) -> bool:
    """RFC 8446, 6.2: alerts that a server sends about a client's certificate."""
    return "ALERT" in reason and ("CERTIFICATE" in reason or "UNKNOWN_CA" in reason or "ACCESS_DENIED" in reason)


def _filled(sentence: str, endpoint: "Endpoint", detail: str) -> str:
    return sentence.format(
        broker=endpoint.broker,
        port=endpoint.port,
        ca=endpoint.ca,
        certificate=endpoint.certificate,
        client_id=endpoint.client_id,
        detail=detail,
    )
