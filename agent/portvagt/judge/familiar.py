"""The servers that people's mail programs use: networks that a device came back to a day later, on ports 465 and 587.

After a verdict they stay open to it. A zombie that wants one has to come back too, and there are few.
All of a home's are in two bytes objects: 16 bytes each on any runtime.
"""

import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PORTS = (465, 587)
DAY_S = 86400
REMEMBERED_S = 90 * DAY_S
OLD_S = 3 * DAY_S  # from then on, another may have its place
HOME_MAX = 128  # of each kind
DEVICE_MAX = 16  # of each kind
_FRESH_S = 3600  # a use is written down once an hour: each is a copy of the whole
_RECORD = "6s6si"  # MAC, network (an IPv4 /24 behind three zeros), s: first use when new, else last use
_SIZE = 16
_NAME = 12


class Familiar:
    """Of all devices. `unsaved`: a network became familiar. Times are s of one monotonic clock, keys 6 bytes."""

    def __init__(self) -> None:
        self.unsaved = False
        self._new = b""
        self._familiar = b""

    def used(self, now: float, key: bytes, network: bytes) -> None:
        """A device opened a connection to `network` (3 or 6 bytes) on one of PORTS."""
        name = key + _padded(network)
        at = _find(self._familiar, name)
        if at >= 0:
            if now - _time(self._familiar, at) >= _FRESH_S:
                self._familiar = _without(self._familiar, at) + _record(name, now)
            return
        at = _find(self._new, name)
        if at < 0:
            self._new = _with(self._new, name, now, now)
        elif now - _time(self._new, at) >= DAY_S:
            self._new = _without(self._new, at)
            self._familiar = _with(self._familiar, name, now, now)
            self.unsaved = True

    def networks(self, key: bytes) -> "list[bytes]":
        """The familiar networks of a device: 3 or 6 bytes each."""
        return [_plain(name[6:]) for name, _ in _records(self._familiar) if name[:6] == key]

    def records(self, now: float) -> "Iterator[tuple[bytes, bytes, float, bool]]":
        """(device, network, s since its first or last use, is familiar): what a restart must not forget."""
        for records, is_familiar in ((self._familiar, True), (self._new, False)):
            for name, time in _records(records):
                if now - time < REMEMBERED_S:
                    yield name[:6], _plain(name[6:]), now - time, is_familiar

    def restore(self, now: float, key: bytes, network: bytes, age_s: float, is_familiar: bool) -> None:
        """Take in one of records(). The time while the router was off counts as none."""
        name = key + _padded(network)
        if is_familiar:
            self._familiar = _with(self._familiar, name, now - age_s, now)
        else:
            self._new = _with(self._new, name, now - age_s, now)


def _padded(network: bytes) -> bytes:
    return network if len(network) == 6 else b"\0\0\0" + network


def _plain(padded: bytes) -> bytes:
    return padded if padded[:3] != b"\0\0\0" else padded[3:]  # ::/24 is nobody's (RFC 4291, section 2.5)


def _record(name: bytes, time: float) -> bytes:
    return struct.pack(_RECORD, name[:6], name[6:], int(time))


def _time(records: bytes, at: int) -> int:
    return int(struct.unpack_from("i", records, at + _NAME)[0])


def _records(records: bytes) -> "Iterator[tuple[bytes, int]]":
    for at in range(0, len(records), _SIZE):
        yield records[at : at + _NAME], _time(records, at)


def _find(records: bytes, part: bytes) -> int:
    """Where the first record is that begins with `part`; -1: there is none."""
    at = records.find(part)
    while at % _SIZE and at >= 0:
        at = records.find(part, at + 1)
    return at


def _without(records: bytes, at: int) -> bytes:
    return records[:at] + records[at + _SIZE :]


def _with(records: bytes, name: bytes, time: float, now: float) -> bytes:
    """With one more as the latest, if there is room: who has enough waits until its least recent one is old."""
    is_full = len(records) >= HOME_MAX * _SIZE
    if is_full and now - _time(records, 0) < OLD_S:
        return records  # the first is the least recent of all
    at = 0 if is_full else -1
    if records.count(name[:6]) >= DEVICE_MAX:
        at = max(0, _find(records, name[:6]))
    if at >= 0:
        if now - _time(records, at) < OLD_S:
            return records
        records = _without(records, at)
    return records + _record(name, time)
