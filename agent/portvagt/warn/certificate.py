"""What `portvagt check` wants to know of a certificate: for which names and how long. Pure; X.509 in DER (RFC 5280).

Neither runtime tells it of a certificate that is not a peer's, so the few fields are looked for here. Nothing is
verified: that is for those who are shown the certificate.
"""

from portvagt import rfc3339

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_UTC_TIME, _DNS_NAME = 0x17, 0x82
_SUBJECT_ALT_NAME = b"\x55\x1d\x11"  # 2.5.29.17
_VALIDITY = 4  # behind version, serial number, algorithm and issuer


class Certificate:
    """`names`: of its subjectAltName, in lower case; `begins`, `ends`: Unix times."""

    def __init__(self, der: bytes) -> None:
        """Raises ValueError."""
        try:
            self._read(der)
        except IndexError:
            raise ValueError("it ends too early")

    def _read(self, der: bytes) -> None:
        fields = _items(_items(_items(der)[0][1])[0][1])
        if fields[0][0] != _VERSION:
            raise ValueError("it is older than X.509 version 3")
        self.begins, self.ends = [_time(tag, text) for tag, text in _items(fields[_VALIDITY][1])]
        self.names = [name for tag, content in fields if tag == _EXTENSIONS for name in _names(content)]

    def is_for(self, host: str) -> bool:
        """Whether `host`, in lower case, is one of its names; a wildcard stands for one label (RFC 6125, 6.4.3)."""
        return host in self.names or "*." + host.partition(".")[2] in self.names


def _items(content: bytes) -> "list[tuple[int, bytes]]":
    """(tag, content) of each value in a row. IndexError, ValueError: these are none."""
    found, at = [], 0
    while at < len(content):
        tag, length = content[at], content[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(content[at : at + size], "big")
            at += size
        if at + length > len(content):
            raise ValueError("it ends too early")
        found.append((tag, content[at : at + length]))
        at += length
    return found


def _time(tag: int, content: bytes) -> int:
    """UTCTime YYMMDDHHMMSSZ, of 1950 to 2049, or GeneralizedTime with four figures of the year (RFC 5280, 4.1.2.5)."""
    text = content.decode()
    if tag == _UTC_TIME:
        text = ("19" if text >= "50" else "20") + text
    date = "{}-{}-{}".format(text[:4], text[4:6], text[6:8])
    return rfc3339.unix_seconds("{}T{}:{}:{}".format(date, text[8:10], text[10:12], text[12:]))


def _names(content: bytes) -> "list[str]":
    for _, extension in _items(_items(content)[0][1]):
        parts = _items(extension)
        if parts[0][1] == _SUBJECT_ALT_NAME:
            names = _items(_items(parts[-1][1])[0][1])
            return [name.decode().lower() for tag, name in names if tag == _DNS_NAME]
    return []
