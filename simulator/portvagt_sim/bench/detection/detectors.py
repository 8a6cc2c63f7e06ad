"""Ours and the others. Each is fed the connections of one device in the order of time, and says once: stopped."""

from collections import OrderedDict, deque
from collections.abc import Callable
from typing import Protocol

from portvagt import config
from portvagt.judge import detector
from portvagt.judge.detector import Bank
from portvagt.judge.device import Device

OURS = "ours"
DEAF = "ours, deaf to answers"
DEFAULTS = config.parse("", "").judge
YEARS = DEFAULTS.false_alarm_years  # wanted, between false alarms of a home
SLOWEST_S = DEFAULTS.slowest_zombie_minutes * 60
BANK = detector.bank(YEARS, SLOWEST_S)
THRESHOLD = BANK.threshold
DEAF_BANK = BANK._replace(failed=0.0, answered=0.0)


class Detecting(Protocol):
    """What each detector is."""

    def feed(self, start: float, destination: bytes, port: int, failed: bool) -> bool:
        """Take in a connection at `start` (s) to `destination` (4 or 16 bytes); whether it stops the device."""

    def know(self, destination: bytes) -> None:
        """The device has been using this server for long."""


class Forgetful:
    """Known servers are nothing to it."""

    def know(self, _destination: bytes) -> None:
        """Nothing."""


class Ours:
    """The agent's own code."""

    def __init__(self, bank: Bank = BANK) -> None:
        self._bank = bank
        self._device = Device(0, bank)
        self._source_port = 0

    def feed(self, start: float, destination: bytes, port: int, failed: bool) -> bool:
        """As `Home.connection` and `Home.answered` do it."""
        self._source_port = (self._source_port + 1) % 65536
        flow = destination, port, self._source_port
        first = self._device.connection(start, flow, self._bank)
        if not failed:
            self._device.answered(flow)
        return first and self._device.score(start, self._bank) >= self._bank.threshold

    def know(self, destination: bytes) -> None:
        """As `Home.known` does it."""
        self._device.know(destination)


class TooMany(Forgetful):
    """10 connections in 60 s: the rule that mail administrators write first."""

    MOST, SECONDS = 10, 60.0

    def __init__(self) -> None:
        self._starts: deque[float] = deque(maxlen=self.MOST)

    def feed(self, start: float, _destination: bytes, _port: int, _failed: bool) -> bool:
        """Count connections."""
        self._starts.append(start)
        return len(self._starts) == self.MOST and start - self._starts[0] <= self.SECONDS


class TooWide(Forgetful):
    """20 distinct destinations in 10 minutes."""

    MOST, SECONDS = 20, 600.0

    def __init__(self) -> None:
        self._latest: OrderedDict[bytes, float] = OrderedDict()

    def feed(self, start: float, destination: bytes, _port: int, _failed: bool) -> bool:
        """Count destinations."""
        self._latest[destination] = start
        self._latest.move_to_end(destination)
        while start - next(iter(self._latest.values())) > self.SECONDS:
            self._latest.popitem(last=False)
        return len(self._latest) >= self.MOST


class RandomWalk:
    """Threshold Random Walk (Jung et al. 2004): whether first contacts fail as a scanner's do.

    A walk that ends at "benign" begins anew: a home is watched for years, not once.
    """

    SUCCESS_BENIGN, SUCCESS_SCANNER = 0.8, 0.2  # θ0, θ1
    FALSE_POSITIVE, DETECTION = 0.01, 0.99  # α, β
    SCANNER = DETECTION / FALSE_POSITIVE
    BENIGN = (1 - DETECTION) / (1 - FALSE_POSITIVE)

    def __init__(self) -> None:
        self._known: set[bytes] = set()
        self._ratio = 1.0

    def feed(self, _start: float, destination: bytes, _port: int, failed: bool) -> bool:
        """Weigh the outcome of a first contact."""
        if destination in self._known:
            return False
        self._known.add(destination)
        if failed:
            self._ratio *= (1 - self.SUCCESS_SCANNER) / (1 - self.SUCCESS_BENIGN)
        else:
            self._ratio *= self.SUCCESS_SCANNER / self.SUCCESS_BENIGN
        if self._ratio <= self.BENIGN:
            self._ratio = 1.0
        return self._ratio >= self.SCANNER

    def know(self, destination: bytes) -> None:
        """No first contact any more."""
        self._known.add(destination)


class FailureRatio:
    """Half of the last 20 first contacts failed."""

    LAST, SHARE = 20, 0.5

    def __init__(self) -> None:
        self._known: set[bytes] = set()
        self._failed: deque[bool] = deque(maxlen=self.LAST)

    def feed(self, _start: float, destination: bytes, _port: int, failed: bool) -> bool:
        """Count failures."""
        if destination in self._known:
            return False
        self._known.add(destination)
        self._failed.append(failed)
        return len(self._failed) == self.LAST and sum(self._failed) >= self.SHARE * self.LAST

    def know(self, destination: bytes) -> None:
        """No first contact any more."""
        self._known.add(destination)


DETECTORS: dict[str, Callable[[], Detecting]] = {
    OURS: Ours,
    "10 in 60 s": TooMany,
    "20 in 10 min": TooWide,
    "random walk": RandomWalk,
    "half failed": FailureRatio,
}
