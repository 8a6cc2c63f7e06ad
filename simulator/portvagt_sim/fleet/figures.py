"""What the records of a run amount to. Pure."""

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from portvagt_sim.fleet.store_watch import Stored


def percentile(values: Iterable[float], share: float) -> float | None:
    """The smallest value that at least `share` (0 to 1) of all do not exceed; None of none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else None


def until_stored_s(identities: Collection[str], stored: Iterable[Stored], since: float) -> float:
    """Seconds from `since` until the last of those events could be read."""
    wanted = set(identities)
    return round(max((each.readable for each in stored if each.identity in wanted), default=since) - since, 2)


def lost(accepted: Collection[str], stored: Iterable[Stored]) -> int:
    """How many events an outbox took and no store has."""
    return len(set(accepted) - {each.identity for each in stored})


def peak_per_second(stored: Sequence[Stored], begin: float) -> int:
    """Events of the best second."""
    return max(Counter(int(each.readable - begin) for each in stored).values(), default=0)


def latencies_ms(stored: Iterable[Stored], since: float, until: float) -> dict[str, float | None]:
    """p50 and p99 from the event to the store, of what happened from `since` to `until`."""
    waits = [each.readable - each.happened for each in stored if since <= each.happened < until]
    return {"p50": _ms(percentile(waits, 0.5)), "p99": _ms(percentile(waits, 0.99))}


def _ms(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds * 1000, 1)
