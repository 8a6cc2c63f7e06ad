"""Small state files: a JSON text a line, so that many items need no more memory than one.

Replaced atomically; one that can't be read is set aside, never fatal.
"""

import json
import os

from portvagt import log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any, TypeVar

    Result = TypeVar("Result")


def write(path: str, items: "Iterable[Any]") -> None:
    """Replace the file; only its owner may read it. Raises OSError."""
    runtime.write_private(path, _lines(items))


def _lines(items: "Iterable[Any]") -> "Iterator[bytes]":
    for item in items:
        yield json.dumps(item).encode() + b"\n"


def read(path: str, convert: "Callable[[Iterator[Any]], Result]") -> "Result | None":
    """What `convert` makes of the items; None when there is no file, or none that can be read.

    `convert` raises ValueError, KeyError or TypeError for items that are none of its own.
    """
    try:
        with open(path) as file:
            return convert(_items(file))
    except OSError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        log.error("a file is damaged, set aside as {}.bad".format(path), repr(error))
        os.rename(path, path + ".bad")
        return None


def _items(lines: "Iterable[str]") -> "Iterator[Any]":
    for line in lines:
        yield json.loads(line)


def header(items: "Iterator[Any]", version: int) -> "Any":
    """The first item, which must have this `version`. Raises ValueError, KeyError, TypeError."""
    for first in items:
        if first["version"] != version:
            raise ValueError("version {}".format(first["version"]))
        return first
    raise ValueError("empty")
