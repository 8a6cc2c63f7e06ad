"""The last few of many things, remembered by 3-byte fingerprints in one bytes object: 3 bytes each, on any runtime.

A set of bytes costs MicroPython 50 bytes an entry, an object that holds the bytes 64 more: 64 devices with 60 networks
each would not fit its heap.
"""

import binascii

PRINT = 3  # bytes


def fingerprint(thing: bytes) -> bytes:
    """3 bytes that stand for `thing`; 3 bytes, such as an IPv4 /24, stand for themselves."""
    return thing if len(thing) == PRINT else (binascii.crc32(thing) & 0xFFFFFF).to_bytes(PRINT, "big")


def find(prints: bytes, print_: bytes) -> int:
    """Where `print_` is among `prints`; -1: it is not."""
    at = prints.find(print_)
    while at % PRINT and at >= 0:  # a match across two fingerprints
        at = prints.find(print_, at + 1)
    return at


def add(prints: bytes, print_: bytes, capacity: int) -> bytes:
    """`prints` with a new one as the latest; the first, least recent one is left out when there are `capacity`."""
    return prints[-PRINT * (capacity - 1) :] + print_


def without(prints: bytes, at: int) -> bytes:
    """`prints` without the one that find() found."""
    return prints[:at] + prints[at + PRINT :]
