"""Content codings (RFC 9110, 8.4): gzip for browsers that ask for it, put together from parts that were made before.

A body is stored as it is, but for the parts that never change: these were compressed at the start. So a page costs a
checksum, and MicroPython, which has no compressor, sends it too.
"""

import binascii
import struct

from portvagt.warn.deflate import deflated
from portvagt.warn.quality import thousandths

# RFC 1952, 2.3: deflate, no flags, no time, no hint, unknown system
_HEAD = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_LAST = b"\x03\x00"  # RFC 1951: the last block, fixed codes, nothing in it
_STORED_MAX = 0xFFFF
_CODINGS_MAX = 32


def accepts_gzip(header: str) -> bool:
    """Whether Accept-Encoding `header` lets gzip in and likes it no less than what is not coded (RFC 9110, 12.5.3)."""
    qualities = {}
    for part in header.lower().split(",")[:_CODINGS_MAX]:
        name, _, parameters = part.partition(";")
        qualities[name.strip()] = thousandths(parameters) or 0
    wanted = qualities.get("gzip", qualities.get("x-gzip", qualities.get("*", 0)))
    return wanted > 0 and wanted >= qualities.get("identity", 0)


class Gzip:
    """Knows the parts of bodies that never change."""

    def __init__(self, parts: "list[str]") -> None:
        """`parts`: in the order in which they stand in a body; each is missing or there once. < 32 KiB each."""
        self._parts = [(part.encode(), deflated(part.encode())) for part in parts if part]

    def encode(self, body: bytes) -> bytes:
        """`body` as a gzip file, or as it is where that is shorter."""
        coded = [_HEAD]
        done = 0
        for part, compressed in self._parts:
            at = body.find(part, done)
            if at >= 0:
                coded += [_stored(body[done:at]), compressed]
                done = at + len(part)
        coded += [_stored(body[done:]), _LAST, struct.pack("<II", binascii.crc32(body), len(body))]
        result = b"".join(coded)
        return result if len(result) < len(body) else body


def _stored(data: bytes) -> bytes:
    """RFC 1951, 3.2.4: blocks that are not the last."""
    pieces = [data[start : start + _STORED_MAX] for start in range(0, len(data), _STORED_MAX)]
    return b"".join([struct.pack("<BHH", 0, len(piece), len(piece) ^ 0xFFFF) + piece for piece in pieces])
