"""What a router says of itself while it is measured: its memory, its processor's time, its own programs' words."""

import re
from itertools import pairwise
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError


class Processor(NamedTuple):
    """Ticks since the boot: in which the processor had something to do, and all."""

    busy: int
    whole: int

    def share_since(self, earlier: "Processor") -> float | None:
        """How much of the time since then it was busy, 0 … 1; None when no tick has passed."""
        passed = self.whole - earlier.whole
        return (self.busy - earlier.busy) / passed if passed else None


def processor(stat: str) -> Processor:
    """Of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal (proc(5)); then guests, counted in user."""
    ticks = [int(word) for word in _line(stat, "cpu ").split()[:8]]
    return Processor(sum(ticks) - ticks[3] - ticks[4], sum(ticks))


def memory(meminfo: str) -> dict[str, int]:
    """Of /proc/meminfo, KiB: total, free, and what programs could still get."""
    names = {"total": "MemTotal:", "free": "MemFree:", "available": "MemAvailable:"}
    return {key: int(_line(meminfo, name).split()[0]) for key, name in names.items()}


def counted(listed: str) -> int:
    """The packets of the one counter that nft listed."""
    found = re.findall(r"\bpackets (\d+) bytes \d+", listed)
    if len(found) != 1:
        raise SimulatorError(f"not one counter: {listed[:200]!r}")
    return int(found[0])


def mac(shown: str) -> str:
    """The MAC address of the one interface that ip(8) showed."""
    found = re.findall(r"link/ether ([0-9a-f:]{17})\b", shown)
    if len(found) != 1:
        raise SimulatorError(f"not one interface: {shown[:200]!r}")
    return str(found[0])


def seconds_between(uptimes: str) -> list[float]:
    """The pauses between readings of /proc/uptime, a number a word."""
    times = [float(word) for word in uptimes.split()]
    if len(times) < 2 or times != sorted(times):
        raise SimulatorError(f"not times in a row: {uptimes[:200]!r}")
    return [round(later - earlier, 2) for earlier, later in pairwise(times)]


def _line(text: str, name: str) -> str:
    """What is behind the name on its line."""
    for line in text.splitlines():
        if line.startswith(name):
            return line[len(name) :]
    raise SimulatorError(f"no {name.strip()} in {text[:200]!r}")
