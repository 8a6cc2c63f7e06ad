"""The guard's file of cases and of events that the reporter has not stored yet: what a restart must not forget.

Flash wears out: the guard writes it on transitions, at most once a minute, once an hour while a device is refused, and
when it ends (docs/reliability.md says what that costs).
"""

import json

from portvagt import json_lines, log
from portvagt.judge.case import STALE_S, Case
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

VERSION = 5
_OLDER = 4  # without what is in _SINCE_5
_PLAIN = ("state", "incident", "token", "opened_at", "evidence", "acknowledged", "stops", "requested")
_TIMES = ("opened", "since", "until", "last_attempt", "acknowledged_at")
_SINCE_5 = ("claimed", "disowned")


class CaseFile:
    """The file at `path`. `boot_id` tells whether monotonic times in it are still of this boot.

    `damaged`: how many files could not be read.
    """

    def __init__(self, path: str, boot_id: str) -> None:
        self._path = path
        self._boot_id = boot_id
        self.damaged = 0

    def save(self, now: float, cases: "list[tuple[bytes, Case]]", events: "Iterable[str]") -> bool:
        """Replace the file; `events` are JSON texts. False: the disk refused, which is logged; the old file stays."""
        try:
            json_lines.write(self._path, self._items(now, cases, events))
        except (OSError, MemoryError) as error:
            log.error(
                "cases can't be saved, a restart would forget them",
                "{}: {} (look with: df, mount)".format(self._path, error),
            )
            return False
        return True

    def load(self, now: float) -> "tuple[list[tuple[bytes, Case]], list[str]]":
        """([(device, case)], [JSON text of an event]); empty when there is no file, or none that can be read."""
        try:
            return json_lines.read(self._path, lambda items: self._read(now, items)) or ([], [])
        except json_lines.Damaged:
            self.damaged += 1
            return [], []

    def _items(self, now: float, cases: "list[tuple[bytes, Case]]", events: "Iterable[str]") -> "Iterator[Any]":
        yield {"version": VERSION, "boot": self._boot_id, "now": now}
        for key, case in cases:
            yield _to_json(key, case)
        for event in events:
            yield json.loads(event)

    def _read(self, now: float, items: "Iterator[Any]") -> "tuple[list[tuple[bytes, Case]], list[str]]":
        header = json_lines.header(items, VERSION, _OLDER)
        # After a reboot the clock began anew, and nobody watched meanwhile: that time counts as none.
        rebooted = header["boot"] != self._boot_id
        shift = now - float(header["now"]) if rebooted else 0.0
        cases: "list[tuple[bytes, Case]]" = []
        events: "list[str]" = []
        for item in items:
            if "specversion" in item:  # of CloudEvents
                events.append(json.dumps(item))
            else:
                cases.append(_from_json(item, shift))
                if rebooted:
                    _assume_an_attempt(now, cases[-1][1])
        return cases, events


def _assume_an_attempt(now: float, case: Case) -> None:
    """Of a device that was not silent for long when this was written: who knows what it did until the power was cut."""
    if now - case.last_attempt < STALE_S:
        case.last_attempt = now


def _to_json(key: bytes, case: Case) -> "dict[str, Any]":
    item = {name: getattr(case, name) for name in _PLAIN + _SINCE_5 + _TIMES + ("token_made",)}
    item["device"] = address.device_text(key)
    item["familiar"] = [address.network_text(network) for network in case.familiar]
    return item


def _from_json(item: "dict[str, Any]", shift: float) -> "tuple[bytes, Case]":
    case = Case(str(item["state"]), str(item["incident"]), 0.0, item["evidence"])
    for name in _PLAIN:
        setattr(case, name, item[name])
    for name in _SINCE_5:
        setattr(case, name, item.get(name, False))
    for name in _TIMES:
        setattr(case, name, None if item.get(name) is None else float(item[name]) + shift)
    case.requested = int(case.requested)  # yes or no before version 5
    case.token_made = float(item.get("token_made", item["opened"])) + shift
    case.familiar = [address.network_bytes(text) for text in item["familiar"]]
    return address.device_bytes(item["device"]), case
