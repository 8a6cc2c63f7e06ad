"""Small state files: a JSON text a line, so that many items need no more memory than one, and last the CRC-32 of all.

Replaced atomically; one that can't be read is set aside, never fatal.
"""

import binascii
import errno
import json

from portvagt import aside, log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    Result = TypeVar("Result")

LINE_MAX = 8 * 1024
FILE_MAX = 512 * 1024  # a file larger than any that we write
_END = "crc32"  # the one field of the last line: a file that was cut between two lines must not pass for a whole one


class Damaged(Exception):
    """The file is not what was written, or not of this version; it was set aside."""


def write(path: str, items: "Iterable[Any]") -> None:
    """Replace the file; only its owner may read it. Raises OSError: then the old one is still there."""
    runtime.write_private(path, _lines(items))


def _lines(items: "Iterable[Any]") -> "Iterator[bytes]":
    crc = 0
    for item in items:
        line = json.dumps(item).encode() + b"\n"
        crc = binascii.crc32(line, crc)
        yield line
    yield json.dumps({_END: crc}).encode() + b"\n"


def read(path: str, convert: "Callable[[Iterator[Any]], Result]") -> "Result | None":
    """What `convert` makes of all the items; None when there is no file. Raises Damaged."""
    try:
        with open(path, "rb") as file:
            return convert(_items(file))
    except Exception as error:  # whatever is in a file, the guard must start
        if isinstance(error, OSError) and error.errno == errno.ENOENT:
            return None
        _set_aside(path, repr(error))
        raise Damaged(path)


def _set_aside(path: str, why: str) -> None:
    try:
        log.error("a file is damaged, set aside", "{}: {}".format(aside.set_aside(path), why))
    except OSError as error:  # such as of a read-only file system
        log.error("a file is damaged and can't be set aside", "{}: {} ({})".format(path, why, error))


def _items(file: "Any") -> "Iterator[Any]":
    """The items of a file opened as binary. Raises ValueError unless it ends as it was written."""
    crc = size = 0
    while True:
        line = file.readline(LINE_MAX)
        size += len(line)
        if line[-1:] != b"\n" or size > FILE_MAX:
            raise ValueError("it ends too early, or is too large")
        item = json.loads(line)
        if isinstance(item, dict) and _END in item:
            if item[_END] != crc or file.read(1):
                raise ValueError("the checksum is wrong")
            return
        crc = binascii.crc32(line, crc)
        yield item


def header(items: "Iterator[Any]", *versions: int) -> "Any":
    """The first item, which must have one of these `versions`. Raises ValueError, KeyError, TypeError."""
    for first in items:
        if first["version"] not in versions:
            raise ValueError("version {}".format(first["version"]))
        return first
    raise ValueError("empty")
