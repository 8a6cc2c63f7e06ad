"""Which events of the outbox are under way on this connection. Pure; `now`: seconds of any steady clock.

An event that the broker refused, or whose receipt does not come, keeps its place among the few that may be under way:
so however many wait, few of them are tried in vain.
"""

from collections import OrderedDict

from portvagt.report.link import INFLIGHT_MAX

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

RECEIPT_S = 300  # from the broker's confirmation of an event to the receipt of the ISP's collector
AGAIN_S = 3600  # until an event without a receipt is sent again on the same connection


class Flight:
    """`receipts`: whether an event is delivered only when the ISP's collector says so."""

    def __init__(self, receipts: bool) -> None:
        self._receipts = receipts
        self._sent: "dict[int, str]" = {}  # number of the publication: id of the event
        self._confirmed: "OrderedDict[str, float]" = OrderedDict()  # by the broker, when; a receipt is awaited
        self._refused: "dict[str, bool]" = {}  # as a set

    def end(self) -> None:
        """The connection is over: nothing is under way."""
        self._sent.clear()
        self._refused.clear()
        self._confirmed.clear()

    def is_unanswered(self) -> bool:
        """Whether the broker has not answered to some event yet."""
        return bool(self._sent)

    def startable(self, waiting: "list[str]") -> "list[str]":
        """The first of the outbox's ids that are not under way, as many as may be; what left it is forgotten."""
        if self._confirmed or self._refused:
            self._keep_only(waiting)
        busy = set(self._sent.values())
        free = INFLIGHT_MAX - len(busy) - len(self._confirmed) - len(self._refused)
        found: "list[str]" = []
        for identity in waiting:
            if len(found) >= free:
                break
            if not (identity in busy or identity in self._confirmed or identity in self._refused):
                found.append(identity)
        return found

    def _keep_only(self, waiting: "Iterable[str]") -> None:
        left = set(waiting)
        for under_way in (self._confirmed, self._refused):
            for identity in [each for each in under_way if each not in left]:
                del under_way[identity]

    def sent(self, number: int, identity: str) -> None:
        """An event was published."""
        self._sent[number] = identity

    def confirmed(self, number: int, now: float) -> "str | None":
        """The broker has taken a publication; the id, if with that the event is delivered."""
        identity = self._sent.pop(number, None)
        if identity is None or not self._receipts:
            return identity
        self._confirmed[identity] = now
        return None

    def received(self, identity: str) -> None:
        """The ISP's collector has this event."""
        self._confirmed.pop(identity, None)

    def refused(self, number: int) -> None:
        """The broker has refused a publication."""
        identity = self._sent.pop(number, None)
        if identity is not None:
            self._refused[identity] = True

    def has_refused(self) -> bool:
        """Whether the broker refused events that still wait."""
        return bool(self._refused)

    def forgive(self) -> None:
        """What the broker refused may be tried again."""
        self._refused.clear()

    def overdue(self, now: float) -> int:
        """How many events have waited too long for their receipt; those that waited much longer may be sent again."""
        count = len([since for since in self._confirmed.values() if now - since >= RECEIPT_S])
        for identity in [each for each, since in self._confirmed.items() if now - since >= AGAIN_S]:
            del self._confirmed[identity]
        return count
