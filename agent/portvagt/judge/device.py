"""One device as the judge sees it: its scores, the networks that it knows, and what it did since its score left zero.

One flat object: what fewer objects save in MicroPython's heap is a third of a device (docs/measurements/footprint.md).
"""

from portvagt.judge import case as life
from portvagt.judge import detector, recent

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.judge.case import Case
    from portvagt.judge.detector import Bank

    Flow = tuple[bytes, int, int]  # destination address, destination port, source port

ROUTER = bytes(6)  # the key of the router itself, whose own mail is watched too; no interface has this MAC
NETWORKS_MAX = 60  # remembered; the least recently used is forgotten
UNANSWERED_MAX = 10  # connections whose answer is waited for; who has had none when ten more were made gets none
PATIENCE_S = 10  # a server that has not answered for so long will not


class Device:
    """Times are s of one monotonic clock. `last`: of the last connection; `case`: None while it is clear."""

    __slots__ = (
        "last",
        "case",
        "suspected",
        "connections",
        "_ends",
        "_known",
        "_started",
        "_networks",
        "_ports",
        "_waiting",
        "_unanswered",
        "_undecided",
    )

    def __init__(self, now: float, bank: "Bank") -> None:
        self.last = now
        self.case: "Case | None" = None
        self.suspected = False
        self._ends = detector.at_zero(bank)
        self._known = b""
        self._waiting = b""
        self.forget_episode()

    @property
    def state(self) -> str:
        """One of the states of judge.case."""
        if self.case is not None:
            return self.case.state
        return life.SUSPECTED if self.suspected else life.CLEAR

    def score(self, now: float, bank: "Bank") -> float:
        """The highest score of the bank at `now`."""
        return detector.score(self._ends, bank, max(now, self.last))

    def connection(self, now: float, flow: "Flow", bank: "Bank") -> bool:
        """Take in a new connection; whether it is the first contact with its network, so that the score grew."""
        if now < self.last:
            now = self.last  # a clock that stepped back counts as no time
        elif self._undecided and now - self.last >= PATIENCE_S:
            self._decide(bank)
        self.last = now
        if not self.connections or max(self._ends) <= now:
            self.forget_episode()
        first = self.know(flow[0])
        if first:
            self._networks += 1
            self._undecided += 1
            detector.first_contact(self._ends, bank, now)
        self.connections += 1
        if flow[1] not in self._ports:
            self._ports += (flow[1],)
        self._wait_for_answer(flow, first)
        return first

    def know(self, destination: bytes) -> bool:
        """Remember the network of `destination` (4 or 16 bytes); whether it was unknown."""
        known, print_ = self._known, recent.fingerprint(detector.network(destination))
        at = recent.find(known, print_)
        if at < 0:
            self._known = recent.add(known, print_, NETWORKS_MAX)
            return True
        if 2 * at < len(known):  # only from the older half: each move is a copy
            self._known = recent.add(recent.without(known, at), print_, NETWORKS_MAX)
        return False

    def answered(self, flow: "Flow") -> None:
        """The other end of a connection has replied (told once or more)."""
        for first in (False, True):
            at = recent.find(self._waiting, _print(flow, first))
            if at >= 0:
                self._waiting = recent.without(self._waiting, at)

    def take_over(self, other: "Device", now: "float | None") -> None:
        """Begin with the scores of another device as they are; with `now`, as they were when it last did something."""
        self._ends = other._ends
        if now is not None:
            for number, end in enumerate(self._ends):
                self._ends[number] = end + max(0.0, now - other.last)

    def forget_episode(self) -> None:
        """Nothing has been counted."""
        self.connections = 0
        self._started = self.last
        self._networks = 0
        self._ports: "tuple[int, ...]" = ()
        self._waiting = b""
        self._unanswered = 0
        self._undecided = 0  # first contacts of which is not known yet how they ended

    def start_again(self, bank: "Bank") -> None:
        """Scores at 0, as after a release; known networks stay known."""
        self._ends = detector.at_zero(bank)
        self.suspected = False
        self.forget_episode()

    def evidence(self) -> "dict[str, Any] | None":
        """Facts for a person to check, None when there are none.

        connections, networks: counts; seconds: float; unanswered: count so far; ports; usual_per_day: new networks
        that a person's device meets in a day, at most.
        """
        if not self.connections:
            return None
        return {
            "connections": self.connections,
            "networks": self._networks,
            "seconds": round(self.last - self._started, 2),
            "unanswered": len(self._waiting) // recent.PRINT + self._unanswered,
            "ports": sorted(self._ports),
            "usual_per_day": detector.USUAL_PER_DAY,
        }

    def _wait_for_answer(self, flow: "Flow", first: bool) -> None:
        if len(self._waiting) == UNANSWERED_MAX * recent.PRINT:
            self._unanswered += 1
            self._undecided -= self._waiting[0]
        self._waiting = recent.add(self._waiting, _print(flow, first), UNANSWERED_MAX)

    def _decide(self, bank: "Bank") -> None:
        """Which of the first contacts until now were answered is known: who has not answered will not."""
        silent = sum([self._waiting[at] for at in range(0, len(self._waiting), recent.PRINT)])
        detector.outcomes(self._ends, bank, self.last, silent, self._undecided - silent)
        self._undecided = 0
        self._waiting = bytes([each if at % recent.PRINT else 0 for at, each in enumerate(self._waiting)])


def _print(flow: "Flow", first: bool) -> bytes:
    """The source port alone tells the few connections apart that a device is opening at a time.

    Before it, 1 means a first contact whose outcome has not been weighed.
    """
    return (first << 16 | flow[2]).to_bytes(recent.PRINT, "big")
