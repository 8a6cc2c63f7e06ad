"""Which device opened which mail connection, for some hours: what an abuse report is traced back with.

Records lie packed in chunks of bytes: 19 bytes each for a device with a MAC, where MicroPython takes 200 for a tuple.
A record: second (4 bytes), fingerprint of the destination (4), source port, destination port, length of the key, key.
"""

import binascii
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

CHUNK = 1024  # bytes at most
CHUNKS_MAX = 79  # 78 full ones hold 4134 connections: more than the kernel's caps let a zombie open in a day
SECOND_MAX = 256  # connections: in a flood the rest is left out, for it would push out everybody else's within 0.1 s
_PRINT, _SOURCE_PORT, _PORT, _LENGTH, _KEY = 4, 8, 10, 12, 13  # where they begin in a record
_FULL = CHUNK - _KEY - 16  # a record of an IPv6 address must still fit
_LENGTHS = tuple([bytes((length,)) for length in range(17)])
_SEARCHED = 4  # chunks, newest first: all would make the reading of the kernel's table after a loss too slow

# connections: {device: how many of its connections match}; ports: set of their destination ports;
# complete_since: s, monotonic; of what happened earlier something may be missing.
Found = namedtuple("Found", ("connections", "ports", "complete_since"))


class Outbound:
    """The mail connections of the last `keep_s` seconds, or as many as fit; none when it is 0.

    `started`: since when they are told, s of the monotonic clock that every `now` is of; `chunks_max`: 2 or more.
    """

    def __init__(self, started: float, keep_s: float, chunks_max: int = CHUNKS_MAX) -> None:
        self._keep_s = keep_s
        self._chunks_max = chunks_max
        self._complete_since = started
        self._chunks = [bytearray()]  # oldest first
        self._start = 0  # of the oldest chunk: what was before is erased
        self._second = -1
        self._room = 0  # in that second
        self._time = b""  # the same as in a record

    def has_room(self, now: float) -> bool:
        """Whether add() keeps anything now: in a flood it is dear to read from an event what is then left out."""
        return self._keep_s > 0 and (self._room > 0 or int(now) != self._second)

    def add(self, now: float, key: bytes, destination: bytes, port: int, source_port: int) -> None:
        """A device (MAC, or its address where that is unknown) opened a connection; ports as the internet sees them."""
        if not self.has_room(now):
            return
        second = int(now)
        if second != self._second:
            self._time = second.to_bytes(4, "big")
            self._second, self._room = second, SECOND_MAX
        self._room -= 1
        if not self._room:
            self._complete_since = max(self._complete_since, second + 1)
        ports = (source_port << 16 | port).to_bytes(4, "big")
        chunk = self._chunks[-1]
        # at once, so that no memory error leaves half a record; joined, for sums are garbage on MicroPython's heap
        chunk += b"".join((self._time, _print(destination), ports, _LENGTHS[len(key)], key))
        if len(chunk) > _FULL:
            self._extend()

    def add_missed(self, now: float, key: bytes, destination: bytes, port: int, source_port: int) -> None:
        """A connection from the kernel's table, unless it is among the last 200 that were added."""
        ports = (source_port << 16 | port).to_bytes(4, "big")
        record = _print(destination) + ports + _LENGTHS[len(key)] + key  # but for the time, which may differ
        if not any(record in chunk for chunk in self._chunks[-_SEARCHED:]):
            self.add(now, key, destination, port, source_port)

    def _extend(self) -> None:
        self._chunks.append(bytearray())
        if len(self._chunks) > self._chunks_max:
            self._drop_oldest()
            # of the second in which the next chunk begins, a part is gone
            self._complete_since = max(self._complete_since, _second(self._chunks[0], 0) + 1)

    def _drop_oldest(self) -> None:
        self._chunks.pop(0)
        self._start = 0

    def forget(self, now: float) -> None:
        """Erase what is older than it may be."""
        while True:
            chunk, start = self._chunks[0], self._start
            while start < len(chunk) and _second(chunk, start) + 1 <= now - self._keep_s:
                start = _next(chunk, start)
            chunk[self._start : start] = bytes(start - self._start)
            self._start = start
            if start < len(chunk) or len(self._chunks) == 1:
                return
            self._drop_oldest()

    def devices(self) -> "set[bytes]":
        """The devices of all connections that are kept."""
        return {_device(chunk, start) for chunk, start in self._records()}

    def find(
        self, now: float, at: float, tolerance_s: float, destination: bytes, source_port: "int | None" = None
    ) -> Found:
        """The devices that opened a connection to a destination in a second of at - tolerance_s … at + tolerance_s.

        `source_port` None: from whatever port.
        """
        self.forget(now)
        connections: "dict[bytes, int]" = {}
        ports = set()
        for chunk, start in self._to(_print(destination)):
            is_near = at - tolerance_s - 1 < _second(chunk, start) <= at + tolerance_s
            if is_near and source_port in (None, _number(chunk, start + _SOURCE_PORT, 2)):
                key = _device(chunk, start)
                connections[key] = connections.get(key, 0) + 1
                ports.add(_number(chunk, start + _PORT, 2))
        return Found(connections, ports, max(self._complete_since, now - self._keep_s))

    def _to(self, print_: bytes) -> "Iterator[tuple[bytearray, int]]":
        """(chunk, start in it) of each record with that destination."""
        for chunk, start in self._records(print_):
            if chunk[start + _PRINT : start + _SOURCE_PORT] == print_:
                yield chunk, start

    def _records(self, having: bytes = b"") -> "Iterator[tuple[bytearray, int]]":
        """(chunk, start in it) of each record of the chunks that have these bytes somewhere."""
        for number, chunk in enumerate(self._chunks):
            if having not in chunk:
                continue
            start = 0 if number else self._start
            while start < len(chunk):
                yield chunk, start
                start = _next(chunk, start)


def _print(destination: bytes) -> bytes:
    """CRC-32 tells all IPv4 addresses apart."""
    return binascii.crc32(destination).to_bytes(4, "big")


def _next(chunk: bytearray, start: int) -> int:
    return start + _KEY + chunk[start + _LENGTH]


def _device(chunk: bytearray, start: int) -> bytes:
    return bytes(chunk[start + _KEY : _next(chunk, start)])


def _second(chunk: bytearray, start: int) -> int:
    return _number(chunk, start, _PRINT)


def _number(chunk: bytearray, start: int, width: int) -> int:
    return int.from_bytes(chunk[start : start + width], "big")
