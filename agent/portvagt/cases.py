"""The guard's file of cases and of events that the reporter has not stored yet: what a restart must not forget.

Written on transitions only (flash wears out), atomically; a file that can't be read is set aside, never fatal.
"""

import json
import os

from portvagt import log, runtime
from portvagt.judge.case import Case
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

VERSION = 2


class CaseFile:
    """The file at `path`. `boot_id` tells whether monotonic times in it are still of this boot."""

    def __init__(self, path: str, boot_id: str) -> None:
        self._path = path
        self._boot_id = boot_id

    def save(self, now: float, cases: "list[tuple[bytes, Case]]", events: "Iterable[str]") -> None:
        """Replace the file; `events` are JSON texts. Trouble is logged: the kernel's rules hold without it."""
        try:
            runtime.write_private(self._path, self._lines(now, cases, events))
        except OSError as error:
            log.error("cases can't be saved, a restart would forget them", "{}: {}".format(self._path, error))

    def _lines(self, now: float, cases: "list[tuple[bytes, Case]]", events: "Iterable[str]") -> "Iterator[bytes]":
        """A JSON text a line, so that many cases need no more memory than one."""
        yield _line(json.dumps({"version": VERSION, "boot": self._boot_id}))
        for key, case in cases:
            yield _line(json.dumps(_to_json(now, key, case)))
        for event in events:
            yield _line(event)

    def load(self, now: float) -> "tuple[list[tuple[bytes, Case]], list[str]]":
        """([(device, case)], [JSON text of an event]); empty when there is no file, or none that can be read."""
        try:
            with open(self._path) as file:
                return self._read(now, file)
        except OSError:
            return [], []
        except (ValueError, KeyError, TypeError) as error:
            log.error("the file of cases is damaged, set aside as {}.bad".format(self._path), repr(error))
            os.rename(self._path, self._path + ".bad")
            return [], []

    def _read(self, now: float, file: "Iterable[str]") -> "tuple[list[tuple[bytes, Case]], list[str]]":
        cases: "list[tuple[bytes, Case]]" = []
        events: "list[str]" = []
        same_boot = None
        for line in file:
            item = json.loads(line)
            if same_boot is None:
                if item["version"] != VERSION:
                    raise ValueError("version {}".format(item["version"]))
                same_boot = item["boot"] == self._boot_id
            elif "specversion" in item:  # of CloudEvents
                events.append(line.rstrip())
            else:
                cases.append(_from_json(now, item, same_boot))
        if same_boot is None:
            raise ValueError("empty")
        return cases, events


def _line(text: str) -> bytes:
    return text.encode() + b"\n"


def _to_json(now: float, key: bytes, case: Case) -> "dict[str, Any]":
    return {
        "device": address.device_text(key),
        "state": case.state,
        "incident": case.incident,
        "token": case.token,
        "opened": case.opened,
        "opened_at": case.opened_at,
        "evidence": case.evidence,
        "acknowledged": case.acknowledged,
        "until": case.until,
        "remaining": None if case.until is None else case.until - now,
    }


def _from_json(now: float, item: "dict[str, Any]", same_boot: bool) -> "tuple[bytes, Case]":
    case = Case(str(item["state"]), str(item["incident"]), item["opened"] if same_boot else now, item["evidence"])
    case.token = str(item["token"])
    case.opened_at = item["opened_at"]
    case.acknowledged = bool(item["acknowledged"])
    if item["until"] is not None:
        case.until = float(item["until"]) if same_boot else now + float(item["remaining"])
    return address.device_bytes(item["device"]), case
