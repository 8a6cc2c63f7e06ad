"""Our detector over millions of first contacts: numpy finds the stretches that can alarm, the real code judges them.

Page's sum S ← max(0, S - d·Δt) + g has a closed form: with W the running sum of g - d·Δt, S = W - min (W - g).
Where every score of the bank began from 0, nothing before matters, so a stretch between two such places stands alone.
Scores without resets are never below those with them: a stretch that never gets to the threshold has no alarm.
Nor are scores whose first contacts without an answer count at once, and those with one never.
"""

import numpy as np

from portvagt.judge.detector import Bank
from portvagt_sim.bench.detection.detectors import Ours

FLOORS = 1000.0  # a gap that costs this much score ends every stretch; more would cost the sum its precision


def alarms(gaps: "np.ndarray", failed: "np.ndarray", bank: Bank) -> int:
    """How often first contacts alarm, with a new device after each.

    `gaps`: s before each; inf begins a new device. `failed`: whether each has no answer.
    """
    if not len(gaps):
        return 0
    highest = np.zeros(len(gaps))
    begins = np.ones(len(gaps), dtype=bool)
    for number, (up, slope) in enumerate(zip(bank.gains, bank.drifts, strict=True)):
        score, from_zero = _scores(gaps, up + failed * (bank.failed if number else 0.0), slope)
        np.maximum(highest, score, out=highest)
        begins &= from_zero
    hot = np.flatnonzero(highest >= bank.threshold - 1e-3)
    starts = np.flatnonzero(begins)
    stretches = np.unique(np.searchsorted(starts, hot, side="right") - 1)
    ends = np.append(starts[1:], len(gaps))
    parts = [slice(starts[each], ends[each]) for each in stretches]
    return sum(alarms_of_real_code(gaps[part], failed[part], bank) for part in parts)


def _scores(gaps: "np.ndarray", up: "np.ndarray", slope: float) -> "tuple[np.ndarray, np.ndarray]":
    """(scores without resets, whether each began from 0)."""
    walk = np.cumsum(up - np.minimum(slope * gaps, FLOORS))
    before = walk - up
    lowest = np.minimum.accumulate(before)
    return walk - lowest, before == lowest


def alarms_of_real_code(gaps: "np.ndarray", failed: "np.ndarray", bank: Bank) -> int:
    """The same count by the agent's detector, one first contact after the other."""
    ours, now, found = Ours(bank), 0.0, 0
    for number, (gap, silent) in enumerate(zip(gaps.tolist(), failed.tolist(), strict=True)):
        if np.isinf(gap):
            ours, now = Ours(bank), 0.0
        else:
            now += gap
        if ours.feed(now, (number % 2**24).to_bytes(3, "big") + b"\x19", 25, silent):
            found += 1
            ours = Ours(bank)
    return found
