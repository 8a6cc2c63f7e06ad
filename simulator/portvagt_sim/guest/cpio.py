"""The archive that the kernel unpacks as its first root: cpio's "newc" (Documentation/driver-api/early-userspace).

Owner, times and inode numbers depend on nothing but the entries, so the same entries are the same bytes.
"""

import stat
from collections.abc import Iterator, Mapping
from typing import NamedTuple

_MAGIC = b"070701"
_TRAILER = "TRAILER!!!"
_ALIGNMENT = 4


class Entry(NamedTuple):
    """A file of root's: its mode with the type (stat(2)), its content or the target of a link, a device's numbers."""

    mode: int
    content: bytes = b""
    device: tuple[int, int] = (0, 0)


def file(content: bytes, mode: int = 0o644) -> Entry:
    """A regular file."""
    return Entry(stat.S_IFREG | mode, content)


def link(target: str) -> Entry:
    """A symbolic link."""
    return Entry(stat.S_IFLNK | 0o777, target.encode())


def directory(mode: int = 0o755) -> Entry:
    """An empty directory."""
    return Entry(stat.S_IFDIR | mode)


def archive(entries: Mapping[str, Entry]) -> bytes:
    """The archive of {path without a slash at either end: entry}; directories that are missing are made."""
    whole = {folder: directory() for folder in _folders(entries)} | dict(entries)
    members = [_member(number, path, whole[path]) for number, path in enumerate(sorted(whole), start=1)]
    return b"".join([*members, _member(0, _TRAILER, Entry(0))])


def _folders(paths: Mapping[str, Entry]) -> Iterator[str]:
    for path in paths:
        parts = path.split("/")[:-1]
        yield from ("/".join(parts[:count]) for count in range(1, len(parts) + 1))


def _member(inode: int, path: str, entry: Entry) -> bytes:
    name = path.encode() + b"\0"
    links = 2 if stat.S_ISDIR(entry.mode) else 1
    # inode, mode, uid, gid, nlink, mtime, size, device of the file system, device, length of the name, checksum
    numbers = (inode, entry.mode, 0, 0, links, 0, len(entry.content), 0, 0, *entry.device, len(name), 0)
    head = _MAGIC + b"".join(b"%08X" % number for number in numbers) + name
    return _padded(head) + _padded(entry.content)


def _padded(content: bytes) -> bytes:
    return content + bytes(-len(content) % _ALIGNMENT)
