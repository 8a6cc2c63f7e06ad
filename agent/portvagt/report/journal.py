"""The lines of the outbox's file: a CRC-32, a blank, one JSON text. A line that a power cut tore is known as torn."""

import binascii

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

LINE_MAX = 16 * 1024
READ_MAX = 2 * 1024 * 1024  # a file larger than any that we write


def line(text: bytes) -> bytes:
    """The journal line of a JSON text."""
    return "{:08x} ".format(binascii.crc32(text)).encode() + text + b"\n"


def text_of(one_line: bytes) -> bytes:
    """The JSON text of a complete line. ValueError: it is damaged."""
    text = one_line[9:-1]
    if line(text) != one_line:
        raise ValueError("damaged line")
    return text


def read(file: "Any") -> "tuple[list[bytes], bool, bool]":
    """(JSON texts, whether a line was damaged, whether the last one was torn off) of a file opened as binary."""
    texts: "list[bytes]" = []
    damaged, torn, size = False, False, 0
    while size < READ_MAX:
        part = file.readline(LINE_MAX)
        if not part:
            return texts, damaged, torn
        size += len(part)
        torn = not part.endswith(b"\n")
        if not torn:
            try:
                texts.append(text_of(part))
            except ValueError:
                damaged = True
    return texts, True, torn
