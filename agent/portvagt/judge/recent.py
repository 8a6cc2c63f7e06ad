"""The last few of many things, remembered by 4-byte fingerprints in one bytes object: 4 bytes each, on any runtime.

A set of bytes costs MicroPython 50 bytes an entry, and 64 devices with 128 networks each would not fit its heap.
"""

import binascii

PRINT = 4  # bytes


def fingerprint(thing: bytes) -> bytes:
    """4 bytes that stand for `thing`. CRC-32 tells all things of up to 4 bytes apart."""
    return binascii.crc32(thing).to_bytes(PRINT, "big")


class Recent:
    """At most `capacity` fingerprints, the least recently added first."""

    __slots__ = ("_capacity", "_prints")

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._prints = b""

    def __len__(self) -> int:
        return len(self._prints) // PRINT

    def add(self, print_: bytes) -> bool:
        """Remember it as the latest; whether it was new. The least recent is forgotten for it."""
        is_new = not self.remove(print_)
        self._prints = self._prints[-PRINT * (self._capacity - 1) :] + print_
        return is_new

    def remove(self, print_: bytes) -> bool:
        """Forget it; whether it was there."""
        at = self._find(print_)
        if at < 0:
            return False
        self._prints = self._prints[:at] + self._prints[at + PRINT :]
        return True

    def _find(self, print_: bytes) -> int:
        at = self._prints.find(print_)
        while at % PRINT and at >= 0:  # a match across two fingerprints
            at = self._prints.find(print_, at + 1)
        return at
