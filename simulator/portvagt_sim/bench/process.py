"""What a process costs, from /proc."""

import os
from pathlib import Path

TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """User and system time so far (proc(5), /proc/pid/stat fields 14 and 15)."""
    return processor(Path(f"/proc/{pid}/stat").read_text(), TICKS_A_SECOND)


def processor(stat: str, ticks_a_second: int) -> float:
    """The same of a /proc/pid/stat that was read."""
    fields = stat.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / ticks_a_second


def memory_kb(pid: int) -> dict[str, int]:
    """rss, pss, private (anonymous) in KiB: proc(5), /proc/pid/smaps_rollup."""
    return memory(Path(f"/proc/{pid}/smaps_rollup").read_text())


def memory(smaps_rollup: str) -> dict[str, int]:
    """The same of a /proc/pid/smaps_rollup that was read."""
    lines = smaps_rollup.splitlines()[1:]
    values = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {"rss": values["Rss"], "pss": values["Pss"], "private": values["Anonymous"]}


def wakeups(pid: int) -> int:
    """How often its threads went to sleep and were woken: their voluntary context switches (proc(5))."""
    lines = [line for status in Path(f"/proc/{pid}/task").glob("*/status") for line in status.read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt_switches"))
