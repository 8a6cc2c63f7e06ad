"""Page's CUSUM on first contacts: whether a device opens mail connections to ever new networks.

A person's mail program keeps to few servers; a spam zombie delivers to the servers of its victims, so that almost
each connection goes to a network that the device never contacted. First contacts of a person are taken as a Poisson
process of rate λ0, those of a zombie of rate λ1. For each λ1 of a small bank, the score is the log-likelihood ratio,
floored at 0: a first contact adds log(λ1/λ0), time subtracts (λ1-λ0)·Δt (E. S. Page, Biometrika 41, 1954, 100-115;
for Poisson processes: the continuous-time form). The device is a zombie once a score reaches the threshold.
"""

import math

from portvagt.judge.recent import Recent, fingerprint

USUAL_INTERVAL_S = 6 * 3600  # 1/λ0: a person's device meets a new mail network every six hours, on a busy day
ZOMBIE_INTERVALS_S = (30, 300, 1800)  # 1/λ1 of the bank: the first catches all faster ones too
NETWORKS_MAX = 128  # remembered per device; the least recently used is forgotten
DEVICES_AT_HOME = 10
# People's first contacts come in clusters, which a Poisson process doesn't know: a new account adds two at one sitting.
CLUSTER = 2
_SECONDS_A_YEAR = 365.25 * 86400


def threshold(false_alarm_years: float) -> float:
    """The score that means zombie, for a wanted mean time between false alarms of one home.

    Under λ0 the mean number of first contacts between false alarms is at least exp(h) for each score (Lorden 1971,
    Ann. Math. Statist. 42, theorem 2), so h = log of the first contacts that a home makes in that time, times the
    scores in the bank; to that comes the cluster allowance.
    """
    contacts = false_alarm_years * _SECONDS_A_YEAR / USUAL_INTERVAL_S * DEVICES_AT_HOME
    return math.log(contacts * len(ZOMBIE_INTERVALS_S)) + CLUSTER * _gain(ZOMBIE_INTERVALS_S[0])


def _gain(interval_s: float) -> float:
    return math.log(USUAL_INTERVAL_S / interval_s)


_BANK = [(_gain(interval), 1 / interval - 1 / USUAL_INTERVAL_S) for interval in ZOMBIE_INTERVALS_S]


def network(destination: bytes) -> bytes:
    """What counts as one place to mail to: an IPv4 /24 (3 bytes) or an IPv6 /48 (6 bytes), the least that is routed."""
    return destination[:3] if len(destination) == 4 else destination[:6]


class Detector:
    """The scores of one device. `now` is in seconds of a monotonic clock; a step back counts as no time."""

    __slots__ = ("_scores", "_updated", "_networks")

    def __init__(self) -> None:
        self._scores = [0.0] * len(_BANK)
        self._updated = 0.0
        self._networks = Recent(NETWORKS_MAX)

    def score(self, now: float) -> float:
        """The highest score of the bank at `now`."""
        self._decay(now)
        return max(self._scores)

    def observe(self, now: float, destination: bytes) -> bool:
        """Take in a connection to `destination` (4 or 16 bytes); whether it is the first contact with its network."""
        self._decay(now)
        first = self.remember(destination)
        if first:
            self._scores = [score + gain for score, (gain, _) in zip(self._scores, _BANK)]
        return first

    def remember(self, destination: bytes) -> bool:
        """Know a network without judging (connections made before we watched); whether it is new."""
        return self._networks.add(fingerprint(network(destination)))

    def reset(self) -> None:
        """Start again at 0, as after a release; known networks stay known."""
        self._scores = [0.0] * len(_BANK)

    def _decay(self, now: float) -> None:
        elapsed = max(0.0, now - self._updated)
        self._updated = now
        self._scores = [max(0.0, score - drift * elapsed) for score, (_, drift) in zip(self._scores, _BANK)]
