"""The binary object tree of apk-tools 3, "ADB" (its manual: apk-v3(5), and src/adb.h).

A value is a 32-bit word: a type in the upper four bits, below it a small number, or the place of the rest in the data.
"""

import struct
from collections.abc import Iterable, Mapping, Sequence

NULL = 0
_INT, _INT_32 = 0x10000000, 0x20000000
_BLOB_8, _BLOB_16, _BLOB_32 = 0x80000000, 0x90000000, 0xA0000000
_ARRAY, _OBJECT = 0xD0000000, 0xE0000000
_PLACE_MAX = 0x0FFFFFFF
_HEADER = struct.Struct("<BBHI")  # compatible version, version, reserved, root value
_BLOCK_ALIGNMENT = 8
BLOCK_ADB, BLOCK_DATA = 0, 2


class Database:
    """A tree that is written from its leaves; equal values are stored once."""

    def __init__(self) -> None:
        self._data = bytearray(_HEADER.size)
        self._places: dict[tuple[bytes, int], int] = {}

    def number(self, value: int) -> int:
        """The value of an unsigned number below 2**32."""
        if value < _INT:
            return _INT | value
        return _INT_32 | self._place(struct.pack("<I", value), 4)

    def blob(self, content: bytes) -> int:
        """The value of a byte string; an empty one is NULL."""
        if not content:
            return NULL
        for kind, form, align in ((_BLOB_8, "<B", 1), (_BLOB_16, "<H", 2), (_BLOB_32, "<I", 4)):
            if len(content) < 1 << 8 * align:
                return kind | self._place(struct.pack(form, len(content)) + content, align)
        raise ValueError("longer than 4 GB")

    def text(self, content: str) -> int:
        """The value of a UTF-8 text."""
        return self.blob(content.encode())

    def reserved(self, length: int) -> tuple[int, int]:
        """The value of a blob of zeros that is its own, to be filled later, and where its content begins."""
        place = self._append(bytes([length]) + bytes(length), 1)
        return _BLOB_8 | place, place + 1

    def fill(self, place: int, content: bytes) -> None:
        """Overwrite what was reserved."""
        self._data[place : place + len(content)] = content

    def object(self, fields: Mapping[int, int]) -> int:
        """The value of an object from {number of the field, from 1: value}."""
        return self._slots(_OBJECT, [fields.get(index, NULL) for index in range(1, max(fields, default=0) + 1)])

    def array(self, items: Iterable[int]) -> int:
        """The value of an array; whoever reads a sorted one expects that it is sorted."""
        return self._slots(_ARRAY, list(items))

    def finish(self, root: int) -> None:
        """Say which value is the root."""
        _HEADER.pack_into(self._data, 0, 0, 0, 0, root)

    def content(self) -> bytes:
        """The whole tree as bytes."""
        return bytes(self._data)

    def _slots(self, kind: int, values: Sequence[int]) -> int:
        while values and values[-1] == NULL:
            values = values[:-1]
        if not values:
            return NULL
        return kind | self._place(struct.pack(f"<{len(values) + 1}I", len(values) + 1, *values), 4)

    def _place(self, content: bytes, alignment: int) -> int:
        known = (content, alignment)
        if known not in self._places:
            self._places[known] = self._append(content, alignment)
        return self._places[known]

    def _append(self, content: bytes, alignment: int) -> int:
        self._data += bytes(-len(self._data) % alignment)
        place = len(self._data)
        if place > _PLACE_MAX:
            raise ValueError("the tree is larger than 256 MB")
        self._data += content
        return place


def file_header(schema: bytes) -> bytes:
    """What a file begins with, uncompressed; `schema`: four letters."""
    return b"ADB." + schema


def block(kind: int, content: bytes) -> bytes:
    """One block of a file: its type and length, and padding that the length leaves out."""
    size = 4 + len(content)
    return struct.pack("<I", kind << 30 | size) + content + bytes(-size % _BLOCK_ALIGNMENT)
