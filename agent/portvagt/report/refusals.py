"""Why there is no connection to the broker, in words that say what to do.

How an error is recognised differs: see tls_cpython.py and tls_micropython.py. The sentences are the same.
"""

import errno

from portvagt.report.link import ACCEPTANCE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.report.link import Endpoint

WRONG_CA = "the broker's certificate is not signed by the authority in {ca}; give the ISP's in 'option ca'"
WRONG_NAME = "the broker's certificate is not for '{broker}'; set 'option broker' to the name in its certificate"
EXPIRED = "the broker's certificate has expired; the ISP must renew it (or this router's clock is wrong)"
NOT_YET = "the broker's certificate is not valid yet; check this router's clock"
UNTRUSTED = "the broker's certificate can't be trusted: {detail}"
OUR_CERTIFICATE = "the broker refuses the certificate {certificate} ({detail}); ask the ISP for a new one"
ALERT = "the broker broke off TLS; its log says why, often it refuses {certificate}: ask the ISP for a new one"

NAME = "the name '{broker}' can't be resolved ({detail}); check 'option broker' and this router's DNS"
REFUSED = "nobody listens on {broker}:{port}; check 'option broker' and 'option port'"
SILENT = "{broker}:{port} does not answer; check 'option broker', 'option port' and the way to the ISP"
NO_TLS = "{broker}:{port} does not speak TLS as we do ({detail}); check 'option port'"
OLD_TLS = "{broker}:{port} speaks {detail} only, which is not safe; the ISP must allow TLS 1.2"
UNREACHABLE = "{broker}:{port} can't be reached ({detail}); check this router's connection"
CLOSED = "the broker closed the connection before it accepted us; its log says why, often it is our certificate"
NO_MQTT = "{broker}:{port} does not speak MQTT ({detail}); check 'option broker' and 'option port'"
NO_ANSWER = "{broker}:{port} gave no MQTT answer in {detail} s; check 'option port'"
BROKEN = "the connection broke; the broker was stopped, the line failed, or another router uses this cpe_id"

NO_RECEIPT = "does the broker let them through, does its collector run?"
NOT_HEARD = "no command and no policy comes; the ISP must let this router subscribe to {topics}"

# CONNACK return codes: of MQTT 3.1.1, and the MQTT 5 codes that paho 2 turns them into
_UNAVAILABLE = "the broker at {broker}:{port} is not available now; tried again later"
_NOT_AUTHORISED = "the broker does not authorise the name in {certificate}; the ISP must allow '{client_id}'"
_BAD_NAME = "the broker refuses the client id '{client_id}'; 'option cpe_id' must be the name in {certificate}"
NO_MQTT_5 = "the broker at {broker}:{port} does not speak MQTT 5; MQTT 3.1.1 is next"
_PROTOCOL = "the broker at {broker}:{port} does not speak MQTT 3.1.1; check 'option broker'"
_UNKNOWN = "the broker refuses us with code {detail}"
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

_EPIPE = 32  # include/uapi/asm-generic/errno-base.h; not in MicroPython's errno
_ERRNO = {
    errno.ECONNREFUSED: REFUSED,
    errno.ETIMEDOUT: SILENT,
    errno.ECONNRESET: CLOSED,
    errno.ECONNABORTED: CLOSED,
    _EPIPE: CLOSED,
}


# PUBACK reason codes of MQTT 5 (3.4.2.1)
_NO_RIGHT = "its access rules; the ISP must let '{client_id}' write below v1/cpe/{client_id}/up/"
_QUOTA = "a quota is used up; ask the ISP"
_NOT_TAKEN = "code {detail}; the broker's log says why"
_PUBLISHED = {135: _NO_RIGHT, 144: _NO_RIGHT, 151: _QUOTA}


class Unusable(Exception):
    """A certificate or key file that can't be used; the text names it and says what to do."""


def of_number(number: "int | None") -> str:
    """The sentence for an errno of the system."""
    return UNREACHABLE if number is None else _ERRNO.get(number, UNREACHABLE)


def of_code(code: int, endpoint: "Endpoint") -> str:
    """The words for the return code of a CONNACK that is not 0."""
    return filled(_ACCEPTANCE.get(code, _UNKNOWN), endpoint, str(code))


def of_message(code: int, endpoint: "Endpoint") -> str:
    """The words for the reason code of a PUBACK from 0x80 on."""
    return filled(_PUBLISHED.get(code, _NOT_TAKEN), endpoint, str(code))


def of_silence(endpoint: "Endpoint") -> str:
    """The words for a broker that takes our CONNECT and says nothing."""
    return filled(NO_ANSWER, endpoint, str(ACCEPTANCE_S))


def filled(sentence: str, endpoint: "Endpoint", detail: str = "") -> str:
    """A sentence with the names that it speaks of."""
    return sentence.format(
        broker=endpoint.broker,
        port=endpoint.port,
        ca=endpoint.ca,
        certificate=endpoint.certificate,
        client_id=endpoint.client_id,
        detail=detail,
    )
