"""The guard's file of what the ISP ordered: the policy that holds, and the commands that must not be done again."""

from portvagt import json_lines, log

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Done = dict[str, int]  # id of a command: when it expires, Unix s

VERSION = 1


class OrderFile:
    """The file at `path`. `damaged`: how many files could not be read."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.damaged = 0

    def save(self, policy: "dict[str, Any] | None", done: "Done") -> None:
        """Replace the file; `policy`: the ISP's document. Trouble is logged: after a restart it could come again."""
        try:
            json_lines.write(self._path, _items(policy, done))
        except (OSError, MemoryError) as error:
            log.error("the ISP's orders can't be saved", "{}: {} (look with: df, mount)".format(self._path, error))

    def load(self) -> "tuple[dict[str, Any] | None, Done]":
        """(the policy's document, done commands); (None, {}) when there is no file, or none that can be read."""
        try:
            return json_lines.read(self._path, _read) or (None, {})
        except json_lines.Damaged:
            self.damaged += 1
            return None, {}


def _items(policy: "dict[str, Any] | None", done: "Done") -> "Iterator[Any]":
    yield {"version": VERSION, "policy": policy}
    for identity, expires in done.items():
        yield {"id": identity, "expires": expires}


def _read(items: "Iterator[Any]") -> "tuple[dict[str, Any] | None, Done]":
    first = json_lines.header(items, VERSION)
    policy = first["policy"]
    if policy is not None and not isinstance(policy, dict):
        raise ValueError("the policy is no object")
    return policy, {str(each["id"]): int(each["expires"]) for each in items}
