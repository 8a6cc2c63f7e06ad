"""Page's CUSUM on first contacts: whether a device opens mail connections to ever new networks.

A person's mail program keeps to few servers; a spam zombie delivers to the servers of its victims, so that almost
each connection goes to a network that the device never contacted. First contacts of a person are taken as a Poisson
process of rate λ0, those of a zombie of rate λ1. For each λ1 of a small bank, the score is the log-likelihood ratio,
floored at 0: a first contact adds log(λ1/λ0), time subtracts (λ1-λ0)·Δt (E. S. Page, Biometrika 41, 1954, 100-115;
for Poisson processes: the continuous-time form). The device is a zombie once a score reaches the threshold.
Whether a first contact is answered is evidence too, for all scores but the fastest: each outcome adds the log of how
much likelier it is with a zombie, so that the scores stay log-likelihood ratios.
"""

import array
import math
from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    # Of each score, when it will have fallen to 0, s: all there is to know, and time passes at no cost.
    Ends = array.array[float]

USUAL_INTERVAL_S = 6 * 3600  # 1/λ0: a person's device meets a new mail network every six hours, on a busy day
USUAL_PER_DAY = 86400 // USUAL_INTERVAL_S
FASTEST_INTERVAL_S = 30  # 1/λ1 of the first score, which catches all faster ones too
STEP = 10  # how far two neighbours of the bank are apart, at most
DEVICES_AT_HOME = 10
# People's first contacts come in clusters, which a Poisson process doesn't know: a new account adds two at one sitting.
CLUSTER = 2
# The shares of first contacts that have no answer. A zombie's is low, so that one that never fails gains little by it.
USUAL_FAILED = 1 / 33
ZOMBIE_FAILED = 0.15
_SECONDS_A_YEAR = 365.25 * 86400

# threshold: the score that means zombie; gains: what a first contact adds to each; drifts: what a second subtracts;
# lasts: in how many seconds that takes a gain away; failed, answered: what these outcomes add
Bank = namedtuple("Bank", ("threshold", "gains", "drifts", "lasts", "failed", "answered"))


def intervals(slowest_s: float) -> "list[float]":
    """1/λ1 of each score of the bank, s: even in the logarithm, from the fastest to `slowest_s` (30 or more)."""
    times = slowest_s / FASTEST_INTERVAL_S
    steps = math.ceil(math.log(times) / math.log(STEP))
    return [FASTEST_INTERVAL_S * times ** (step / steps) for step in range(steps)] + [slowest_s]


def bank(false_alarm_years: float, slowest_s: float) -> Bank:
    """The scores for a wanted mean time between false alarms of one home, and for the slowest zombie to be caught.

    Under λ0 the mean number of first contacts between false alarms is at least exp(h) for each score (Lorden 1971,
    Ann. Math. Statist. 42, theorem 2), so h = log of the first contacts that a home makes in that time, times the
    scores in the bank; to that comes the cluster allowance.
    """
    every = intervals(slowest_s)
    gains = tuple([math.log(USUAL_INTERVAL_S / each) for each in every])
    drifts = tuple([1 / each - 1 / USUAL_INTERVAL_S for each in every])
    contacts = false_alarm_years * _SECONDS_A_YEAR / USUAL_INTERVAL_S * DEVICES_AT_HOME
    threshold = math.log(contacts * len(every)) + CLUSTER * gains[0]
    lasts = tuple([gain / drift for gain, drift in zip(gains, drifts)])
    failed, answered = math.log(ZOMBIE_FAILED / USUAL_FAILED), math.log((1 - ZOMBIE_FAILED) / (1 - USUAL_FAILED))
    return Bank(threshold, gains, drifts, lasts, failed, answered)


def network(destination: bytes) -> bytes:
    """What counts as one place to mail to: an IPv4 /24 (3 bytes) or an IPv6 /48 (6 bytes), the least that is routed."""
    return destination[:3] if len(destination) == 4 else destination[:6]


def at_zero(bank: Bank) -> "Ends":
    """Of a device that did nothing."""
    return array.array("d", [0.0] * len(bank.gains))


def first_contact(ends: "Ends", bank: Bank, now: float) -> None:
    """A connection to a network that the device did not know, at `now` (s)."""
    for number, lasts in enumerate(bank.lasts):
        ends[number] = max(ends[number], now) + lasts


def outcomes(ends: "Ends", bank: Bank, now: float, failed: int, answered: int) -> None:
    """How many of the first contacts until `now` (s) had no answer, and how many had one.

    The fastest score takes no account of it: who opens three new accounts while the internet is down is no zombie.
    """
    weight = failed * bank.failed + answered * bank.answered
    for number in range(1, len(ends)):
        ends[number] = max(ends[number], now) + weight / bank.drifts[number]


def score(ends: "Ends", bank: Bank, now: float) -> float:
    """The highest of the scores at `now`."""
    return max(0.0, float(max([(end - now) * drift for end, drift in zip(ends, bank.drifts)])))
