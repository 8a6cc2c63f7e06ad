"""Notices that files were replaced, such as by a renewed certificate."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

_INODE, _SIZE, _CTIME = 1, 6, 9  # of what os.stat() gives, on both runtimes


def of(paths: "Sequence[str]") -> "list[Any]":
    """Changes when a file is another, or who may read it; None for one that is not there.

    Not seen: what is written in place within the same second, as long as before.
    """
    return [_of(path) for path in paths]


def _of(path: str) -> "Any":
    try:
        status = os.stat(path)
    except OSError:
        return None
    return int(status[_INODE]), int(status[_SIZE]), int(status[_CTIME])
