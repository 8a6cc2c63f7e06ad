"""What the theory says: Lorden's bound, what stays below our thresholds, and Garwood's interval."""

import math
from collections.abc import Callable

from portvagt.judge import detector
from portvagt_sim.bench.detection.detectors import SLOWEST_S, THRESHOLD, YEARS

DAY_S = 86400
USUAL_S = detector.USUAL_INTERVAL_S
BANK = detector.intervals(SLOWEST_S)


def gain(interval_s: float) -> float:
    """What a first contact adds, in the test for one each `interval_s`: log(λ1/λ0)."""
    return math.log(USUAL_S / interval_s)


def drift(interval_s: float) -> float:
    """What a second takes off: λ1 - λ0."""
    return 1 / interval_s - 1 / USUAL_S


def information(interval_s: float) -> float:
    """Kullback-Leibler divergence λ1·log(λ1/λ0) - (λ1-λ0) of the two Poisson processes, per second."""
    return gain(interval_s) / interval_s - drift(interval_s)


# γ, the mean first contacts of a device between false alarms, on two readings
GAMMAS = {
    # what the owner asked for: those of 10 devices in 10 years, as detector.bank() counts them
    "wanted": YEARS * 365.25 * DAY_S / USUAL_S * detector.DEVICES_AT_HOME,
    # what the threshold gives on Poisson first contacts: exp(h), shared by the scores of the bank
    "own": math.exp(THRESHOLD) / len(BANK),
}


def bound_contacts(gamma: float, interval_s: float) -> float:
    """Lorden's bound on the mean delay, log(γ) over the information a second, in contacts of a zombie of that rate."""
    return math.log(gamma) / information(interval_s) / interval_s


def contacts_needed(threshold: float, interval_s: float) -> int:
    """First contacts, one each `interval_s`, until the test for the fastest zombies alarms."""
    lost = drift(BANK[0]) * interval_s
    return math.ceil((threshold - lost) / (gain(BANK[0]) - lost))


def sustainable_interval_s(outcome: float = 0.0) -> float:
    """The shortest even interval of first contacts at which no score of the bank grows: max of (g + outcome)/d.

    `outcome`: what it adds to the slow scores, on average, that first contacts are answered or not.
    """
    return max(gain(BANK[0]) / drift(BANK[0]), *[(gain(each) + outcome) / drift(each) for each in BANK[1:]])


def poisson_interval(count: int) -> tuple[float, float]:
    """Garwood's exact 95 % interval for the mean of a Poisson count."""
    low = _solved(lambda mean: 1 - _at_most(count - 1, mean), 0.025) if count else 0.0
    return low, _solved(lambda mean: 1 - _at_most(count, mean), 0.975)


def _at_most(count: int, mean: float) -> float:
    """P(X ≤ count)."""
    if mean == 0:
        return 1.0
    return min(1.0, math.fsum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)))


def _solved(rising: Callable[[float], float], wanted: float) -> float:
    """Where a rising function of a mean gets to `wanted`."""
    low, high = 0.0, 1.0
    while rising(high) < wanted:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < wanted else (low, middle)
    return high
