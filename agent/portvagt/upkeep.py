"""Keeps our table in the kernel as we loaded it: notices within a moment that somebody changed it, loads it again."""

from portvagt import log, runtime
from portvagt.block import ruleset
from portvagt.block.repairs import Repairs
from portvagt.watch.sources import TableEvents

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.loop import Loop, Timer

SETTLE_S = 0.05  # whoever edits may be about to edit more: one repair for all; meanwhile a zombie gets out
RETRY_S = 2


class Upkeep:
    """Of one table. `load` raises TableError, OSError; `load_beside(done)` lets the loop go on, then `done(error)`.

    `is_whole`: a cheap look; `own_port`: of the socket of our changes; `reloads`: how often it was loaded again;
    `is_loading`: just now.
    """

    def __init__(
        self,
        loop: "Loop",
        load: "Callable[[], None]",
        load_beside: "Callable[[Callable[[Exception | None], None]], None]",
        is_whole: "Callable[[], bool]",
        own_port: "Callable[[], int]",
    ) -> None:
        self.repairs = Repairs()
        self.reloads = 0
        self._loop = loop
        self._load, self._load_beside = load, load_beside
        self._is_whole, self._own_port = is_whole, own_port
        self.is_loading = self._again = self._lost = False
        self._changers: "set[int]" = set()  # while it is loaded
        self._timer: "Timer | None" = None
        self._events = TableEvents(loop, ruleset.TABLE, self._on_change, self._on_loss)

    def load(self) -> None:
        """Load the table; what others change meanwhile is repaired later. Raises TableError, OSError."""
        self._begin()
        try:
            self._load()
        finally:
            self._end()

    def _begin(self) -> None:
        self.is_loading, self._again = True, False
        self._events.drain()  # this load is the answer to it
        self._changers = set()

    def _end(self) -> None:
        self._events.drain()
        self.is_loading = self._lost = False
        if len(self._changers) > 1:  # nft's process is one
            self._repair_soon()

    def load_again(self) -> None:
        """After an error of our own. If somebody changed the table that is why, and its repair is what helps."""
        self._events.drain()
        if self._timer is None:
            self._try_to_load()

    def look(self) -> None:
        """The second line, for what no notification told."""
        if self._timer is not None or self.is_loading:
            return
        if not self._is_whole():
            self._repair_soon()
        elif self._lost:
            self._try_to_load()

    def _on_change(self, port: int) -> None:
        if port == self._own_port():
            return
        if self.is_loading:
            self._changers.add(port)
        else:
            self._repair_soon()

    def _on_loss(self) -> None:
        self._lost = True

    def _repair_soon(self) -> None:
        if self._timer is None:
            now = runtime.monotonic()
            self._timer = self._loop.after(max(SETTLE_S, self.repairs.due(now) - now), self._repair)

    def _repair(self) -> None:
        self._timer = None
        now = runtime.monotonic()
        is_too_much, fight = self.repairs.done(now), self.repairs.fight(now)
        if fight is None:
            log.warning("somebody changed our table in the kernel, it is loaded again")
        elif is_too_much:
            text = "{} times in {} s; from now on it is loaded again more and more rarely"
            log.error("somebody goes on changing our table", text.format(fight.times, int(fight.seconds)))
        self._try_to_load()

    def _try_to_load(self) -> None:
        self._timer = None
        if self.is_loading:
            self._again = True
            return
        self._begin()
        self._load_beside(self._on_loaded)

    def _on_loaded(self, error: "Exception | None") -> None:
        self._end()
        self.reloads += error is None
        if self._timer is not None:  # somebody changed it in the middle of that
            return
        if error is not None:
            log.error("the table can't be loaded, tried again soon", str(error))
            self._timer = self._loop.after(RETRY_S, self._try_to_load)
        elif self._again:
            self._try_to_load()
