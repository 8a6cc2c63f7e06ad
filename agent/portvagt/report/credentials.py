"""The files of a link: the authority's certificates, ours and its key, as PEM (RFC 7468)."""

import binascii

from portvagt import runtime
from portvagt.report.refusals import Unusable

FILE_MAX = 64 * 1024
_BEGIN, _END, _TAIL = b"-----BEGIN ", b"-----END ", b"-----"
_CERTIFICATE = b"CERTIFICATE"
_KEYS = (b"PRIVATE KEY", b"EC PRIVATE KEY", b"RSA PRIVATE KEY")  # PKCS #8, SEC 1, PKCS #1


def content(option: str, path: str) -> bytes:
    """What is in a file. Raises Unusable."""
    try:
        with open(path, "rb") as file:
            return bytes(runtime.read_at_most(file, FILE_MAX))
    except OSError as error:
        reason = getattr(error, "strerror", None) or error
        raise Unusable("{}: can't be read ({}); see 'option {}'".format(path, reason, option))


def certificates(pem: bytes) -> "list[bytes]":
    """DER of each certificate. ValueError: there is none, or one is damaged."""
    found = [der for label, der in _blocks(pem) if label == _CERTIFICATE]
    if not found:
        raise ValueError("it has no certificate")
    return found


def private_key(pem: bytes) -> bytes:
    """DER of the private key. ValueError: there is none, or it has a password."""
    for label, der in _blocks(pem):
        if label in _KEYS:
            return der
    raise ValueError("it has no private key without password")


def _blocks(pem: bytes) -> "list[tuple[bytes, bytes]]":
    """(label, DER) of each block. ValueError: one is damaged, or encrypted (RFC 1421's headers)."""
    found = []
    label = b""
    lines: "list[bytes]" = []
    for line in pem.split(b"\n"):
        line = line.strip()
        if line.startswith(_BEGIN) and line.endswith(_TAIL):
            label, lines = line[len(_BEGIN) : -len(_TAIL)], []
        elif label and line == _END + label + _TAIL:
            found.append((label, _der(b"".join(lines))))
            label = b""
        elif label:
            lines.append(line)
    return found


def _der(base64: bytes) -> bytes:
    """ValueError: it has other letters than base64 has, such as the headers of an encrypted key."""
    if b":" in base64:
        raise ValueError("it is encrypted")
    der = binascii.a2b_base64(base64)
    if not der:
        raise ValueError("it is empty")
    return der
