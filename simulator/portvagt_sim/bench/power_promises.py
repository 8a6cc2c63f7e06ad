"""What a router must not forget when its power is cut, as its own files and its guard say a moment before."""

import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, NamedTuple

REFUSED = ("stopped", "garden")
MARK = "-- next --"
# First the file, then an answer of the guard, which says nothing while it writes: what stood in the file is on the
# flash, and so is the file's name. Last, as a reporter, what nobody has stored yet: the guard hands that over to each
# that connects.
LOOK = """
cat {state_dir}/guard/cases.json 2>/dev/null
echo; echo '{mark}'
echo '{{"jsonrpc":"2.0","id":1,"method":"events"}}' | nc.openbsd -N -U {run_dir}/admin/admin.sock
echo '{mark}'
echo '{{"jsonrpc":"2.0","id":1,"method":"state"}}' | nc.openbsd -N -U {run_dir}/reporter/reporter.sock
true
"""


class Promises(NamedTuple):
    """Refused devices whose case is on flash, {device: incident}, and ids of events that are.

    `events`: those that the guard has handed over and the reporter has acknowledged as stored, and those that the
    guard's own file has.
    """

    cases: dict[str, str]
    events: frozenset[str]


def read(said: str) -> Promises:
    """What LOOK printed; nothing is promised by a guard that does not answer."""
    file, asked, handed = (objects(part) for part in said.split(MARK))
    answers = [each["result"]["events"] for each in asked if "result" in each]
    if not answers:
        return Promises({}, frozenset())
    cases = {each["device"]: each["incident"] for each in file if each.get("state") in REFUSED}
    saved = {each["id"] for each in file if "specversion" in each}
    return Promises(cases, frozenset(saved | _stored({each["id"] for each in answers[0]}, handed)))


def _stored(told: set[str], handed: list[dict[str, Any]]) -> set[str]:
    if not any("result" in each for each in handed):  # the list is not whole
        return set()
    return told - {each["params"]["id"] for each in handed if each.get("method") == "event"}


def objects(text: str) -> list[dict[str, Any]]:
    """The JSON objects among lines of text, but for one that is cut off."""
    return list(_parsed(text))


def _parsed(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            with suppress(ValueError):
                yield json.loads(line)
