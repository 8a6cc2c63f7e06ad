"""Long walks through the kernel's tables, in slices between which the loop does its other work.

A table may have hundreds of thousands of entries, as in a flood: walks take a share of the process' time at most.
"""

from portvagt import log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from portvagt.loop import Loop

SLICE_S = 0.1
SHARE = 0.2  # of the time, in the long run
SAVED_MAX_S = 0.5  # of that share, after a time without walks
_CHECKED_EACH = 32  # steps between two looks at the clock


class Slices:
    """Walks one after the other. `next_walk()`: an iterator, or None when there is no more.

    `failed`: a sentence for the log when a walk raises OSError or ValueError, which ends it.
    """

    def __init__(self, loop: "Loop", next_walk: "Callable[[], Iterator[Any] | None]", failed: str) -> None:
        self._loop = loop
        self._next_walk = next_walk
        self._failed = failed
        self._walk: "Iterator[Any] | None" = None
        self._waiting = False
        self._saved_s = SAVED_MAX_S
        self._counted = runtime.monotonic()

    def go_on(self) -> None:
        """There is something to walk. A short one is done when this returns."""
        if self._waiting:
            return
        began = runtime.monotonic()
        self._saved_s = min(SAVED_MAX_S, self._saved_s + SHARE * (began - self._counted))
        self._counted = began
        is_more = self._saved_s < 0 or self._more(began + SLICE_S)
        self._saved_s -= runtime.monotonic() - began
        if is_more:
            self._waiting = True
            self._loop.after(max(0.0, -self._saved_s / SHARE), self._after_pause)

    def is_idle(self) -> bool:
        """Whether no walk is in the middle."""
        return self._walk is None

    def _after_pause(self) -> None:
        self._waiting = False
        self.go_on()

    def _more(self, until: float) -> bool:
        """Walk until then; whether there is more."""
        while runtime.monotonic() < until:
            self._walk = self._walk or self._next_walk()
            if self._walk is None:
                return False
            self._step(self._walk)
        return True

    def _step(self, walk: "Iterator[Any]") -> None:
        try:
            for _ in range(_CHECKED_EACH):
                next(walk)
        except StopIteration:
            self._walk = None
        except (OSError, ValueError) as error:
            self._walk = None
            log.error(self._failed, str(error))
