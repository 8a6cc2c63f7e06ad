"""The guard's file of familiar servers. Written once a day, where something changed, and when the guard ends."""

from portvagt import json_lines, log
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from portvagt.judge.familiar import Familiar
    from portvagt.judge.home import Home

VERSION = 2
SAVE_S = 86400
AGAIN_S = 3600  # after the disk refused


class FamiliarFile:
    """The file at `path`. `damaged`: how many files could not be read."""

    def __init__(self, path: str, now: float) -> None:
        self._path = path
        self._saved = now
        self.damaged = 0

    def save(self, now: float, familiar: "Familiar") -> None:
        """Replace the file. Trouble is logged: a person would find fewer of the usual servers open after a verdict."""
        try:
            json_lines.write(self._path, _items(now, familiar))
            self._saved, familiar.unsaved = now, False
        except (OSError, MemoryError) as error:
            self._saved, familiar.unsaved = now - SAVE_S + AGAIN_S, True
            log.error("familiar servers can't be saved", "{}: {} (look with: df, mount)".format(self._path, error))

    def save_if_due(self, now: float, familiar: "Familiar") -> None:
        """The same, where something changed and the last time was a day ago."""
        if familiar.unsaved and now - self._saved >= SAVE_S:
            self.save(now, familiar)

    def load(self, now: float, home: "Home") -> None:
        """Tell the judge what was saved, if anything: a familiar server is no first contact after a restart."""
        for key, network, age_s, is_familiar in self._records():
            home.familiar.restore(now, key, network, age_s, is_familiar)
            if is_familiar:
                home.known(now, key, address.first_of(network))

    def _records(self) -> "list[tuple[bytes, bytes, float, bool]]":
        try:
            return json_lines.read(self._path, _read) or []
        except json_lines.Damaged:
            self.damaged += 1
            return []


def _items(now: float, familiar: "Familiar") -> "Iterator[Any]":
    yield {"version": VERSION}
    for key, network, age_s, is_familiar in familiar.records(now):
        yield {
            "device": address.device_text(key),
            "network": address.network_text(network),
            "age_s": int(age_s),
            "familiar": is_familiar,
        }


def _read(items: "Iterator[Any]") -> "list[tuple[bytes, bytes, float, bool]]":
    json_lines.header(items, VERSION)
    return [
        (
            address.mac_bytes(each["device"]),
            address.network_bytes(each["network"]),
            max(0.0, float(each["age_s"])),
            bool(each["familiar"]),
        )
        for each in items
    ]
