"""Whatever is written, made, renamed, removed or changed below a directory, as inotify(7) tells."""

import ctypes
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# include/uapi/linux/inotify.h: IN_MODIFY, IN_ATTRIB, IN_MOVED_FROM, IN_MOVED_TO, IN_CREATE, IN_DELETE
CHANGES = 0x002 | 0x004 | 0x040 | 0x080 | 0x100 | 0x200
_EVENT = struct.Struct("iIII")
_READ_BYTES = 65536
_libc = ctypes.CDLL(None, use_errno=True)


class WriteWatch:
    """Of a directory and all below it that are there at the start."""

    def __init__(self, directory: Path) -> None:
        self._number = _checked(_libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._places: dict[int, Path] = {}
        for path in (directory, *(each for each in directory.rglob("*") if each.is_dir())):
            self._places[_checked(_libc.inotify_add_watch(self._number, os.fsencode(path), CHANGES))] = path

    def changes(self) -> list[Path]:
        """The file of each change since the last call, the oldest first."""
        found = []
        while told := self._read():
            place = 0
            while place < len(told):
                watch, _, _, length = _EVENT.unpack_from(told, place)
                place += _EVENT.size
                found.append(self._places[watch] / told[place : place + length].rstrip(b"\0").decode())
                place += length
        return found

    def _read(self) -> bytes:
        try:
            return os.read(self._number, _READ_BYTES)
        except BlockingIOError:
            return b""

    def close(self) -> None:
        """Watch no longer."""
        os.close(self._number)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result


@contextmanager
def write_watch(directory: Path) -> Iterator[WriteWatch]:
    """A WriteWatch that ends."""
    watch = WriteWatch(directory)
    try:
        yield watch
    finally:
        watch.close()
