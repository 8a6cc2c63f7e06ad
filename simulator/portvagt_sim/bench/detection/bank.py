"""Our detector over millions of first contacts: numpy finds the stretches that can alarm, the real code judges them.

Page's sum S ← max(0, S - d·Δt) + g has a closed form: with W the running sum of g - d·Δt, S = W - min (W - g).
Where every score of the bank began from 0, nothing before matters, so a stretch between two such places stands alone.
Scores without resets are never below those with them: a stretch that never gets to the threshold has no alarm.
"""

import math

import numpy as np

from portvagt.judge import detector
from portvagt_sim.bench.detection.detectors import BANK as OURS
from portvagt_sim.bench.detection.detectors import THRESHOLD
from portvagt_sim.bench.detection.theory import BANK, drift, gain

FLOORS = 1000.0  # a gap that costs this much score ends every stretch; more would cost the sum its precision


def alarms(gaps: "np.ndarray", threshold: float = THRESHOLD) -> int:
    """How often first contacts alarm, with a reset after each. `gaps`: s before each; inf begins a new device."""
    if not len(gaps):
        return 0
    highest = np.zeros(len(gaps))
    begins = np.ones(len(gaps), dtype=bool)
    for interval in BANK:
        score, from_zero = _scores(gaps, gain(interval), drift(interval))
        np.maximum(highest, score, out=highest)
        begins &= from_zero
    hot = np.flatnonzero(highest >= threshold - 1e-3)
    starts = np.flatnonzero(begins)
    stretches = np.unique(np.searchsorted(starts, hot, side="right") - 1)
    ends = np.append(starts[1:], len(gaps))
    return sum(alarms_of_real_code(gaps[starts[each] : ends[each]], threshold) for each in stretches)


def _scores(gaps: "np.ndarray", step_up: float, slope: float) -> "tuple[np.ndarray, np.ndarray]":
    """(scores without resets, whether each began from 0)."""
    walk = np.cumsum(step_up - np.minimum(slope * gaps, FLOORS))
    before = walk - step_up
    lowest = np.minimum.accumulate(before)
    return walk - lowest, before == lowest


def alarms_of_real_code(gaps: "np.ndarray", threshold: float = THRESHOLD) -> int:
    """The same count by the agent's detector, one first contact after the other."""
    ends, now, found = detector.at_zero(OURS), 0.0, 0
    for gap in gaps.tolist():
        if math.isinf(gap):
            ends, now = detector.at_zero(OURS), 0.0
        else:
            now += gap
        detector.first_contact(ends, OURS, now)
        if detector.score(ends, OURS, now) >= threshold:
            found += 1
            ends = detector.at_zero(OURS)
    return found
