"""What processes cost in memory, from /proc/PID/smaps. All in KiB."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_HEADER = re.compile(r"[0-9a-f]+-[0-9a-f]+ \S+ \S+ \S+ \d+ *(.*)")


class Mapping(NamedTuple):
    """All mappings of one file in one process; `file` is empty for memory that belongs to none."""

    file: str
    rss: int
    pss: int
    anonymous: int


def of_process(pid: int) -> list[Mapping]:
    """What a process has in memory, file by file."""
    sums: dict[str, dict[str, int]] = {}
    for file, field, kilobytes in _fields(Path(f"/proc/{pid}/smaps").read_text()):
        of_file = sums.setdefault(file, {})
        of_file[field] = of_file.get(field, 0) + kilobytes
    return [Mapping(file, each["Rss"], each["Pss"], each["Anonymous"]) for file, each in sums.items()]


def _fields(smaps: str) -> Iterator[tuple[str, str, int]]:
    file = ""
    for line in smaps.splitlines():
        if header := _HEADER.match(line):
            file = header[1] if header[1].startswith("/") else ""
        elif line.endswith(" kB"):
            field, value, _unit = line.split()
            yield file, field.rstrip(":"), int(value)


def together(processes: Iterable[list[Mapping]]) -> int:
    """What processes cost that share their files: what is each one's own, and every file's pages once.

    The sum of PSS would say less wherever somebody else on the machine uses the same files.
    """
    own, shared = 0, dict[str, int]()
    for each in processes:
        for mapping in each:
            own += mapping.anonymous
            shared[mapping.file] = max(shared.get(mapping.file, 0), mapping.rss - mapping.anonymous)
    return own + sum(shared.values())
