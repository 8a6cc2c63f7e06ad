"""When a table that somebody changed is loaded again: at once, unless somebody goes on changing it. Pure.

Two programs that each insist on their own ruleset would fight for ever, at the price of the router's processor.
"""

from collections import namedtuple

FREE = 30  # repairs in WINDOW_S that are made at once: a router whose interfaces flap restarts its firewall often
WINDOW_S = 600
PAUSE_FIRST_S, PAUSE_LONGEST_S = 2, 600  # from one repair to the next; each is twice the last
QUIET_S = 3600  # without a repair, and all is forgotten

# A fight that goes on. times: repairs since it began; seconds: since then; pause_s: until the next repair, at least
Fight = namedtuple("Fight", ("times", "seconds", "pause_s"))


class Repairs:
    """Of one table. `now`: s, monotonic."""

    def __init__(self) -> None:
        self._recent: "list[float]" = []  # before a fight, no older than WINDOW_S; then when it began
        self._last = 0.0
        self._times = 0
        self._pause_s = 0

    def due(self, now: float) -> float:
        """When the table, if somebody changed it by now, is to be loaded again."""
        return now if self.fight(now) is None else max(now, self._last + self._pause_s)

    def done(self, now: float) -> bool:
        """It was loaded again; whether that is one time too many, so that from now on there are pauses."""
        fighting = self.fight(now) is not None
        self._last = now
        if fighting:
            self._times += 1
            self._pause_s = min(2 * self._pause_s, PAUSE_LONGEST_S)
            return False
        self._recent = [each for each in self._recent if now - each < WINDOW_S] + [now]
        self._times = len(self._recent)
        self._pause_s = PAUSE_FIRST_S if self._times >= FREE else 0
        return self._pause_s > 0

    def fight(self, now: float) -> "Fight | None":
        """That goes on now; None: there is none, or it ended QUIET_S ago."""
        if not self._pause_s or now - self._last >= QUIET_S:
            return None
        return Fight(self._times, now - self._recent[0], self._pause_s)
