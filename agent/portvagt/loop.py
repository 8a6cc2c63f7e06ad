"""One poll(2) loop with timers, as each of the three processes runs it."""

import select
import time

from portvagt import log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

READ = select.POLLIN
WRITE = select.POLLOUT
RESERVE_BYTES = 2048
NO_MEMORY_PAUSE_S = 0.05


class Timer:
    """A callback that is due at `due` (seconds, monotonic); `callback` is None once it ran or was cancelled."""

    __slots__ = ("due", "callback")

    def __init__(self, due: float, callback: "Callable[[], None]") -> None:
        self.due = due
        self.callback: "Callable[[], None] | None" = callback

    def cancel(self) -> None:
        """The callback will not run."""
        self.callback = None


class Loop:
    """Calls `callback(events)` for each ready socket and due timers; a failing callback is logged, not fatal."""

    def __init__(self) -> None:
        self._poll = select.poll()
        self._callbacks: "dict[int, Callable[[int], None]]" = {}
        self._timers: "list[Timer]" = []
        self._running = False
        # given up for a timer: pauses and retries that are never due would be worse than what was left undone
        self._reserve: "bytearray | None" = bytearray(RESERVE_BYTES)

    def watch(self, sock: "Any", callback: "Callable[[int], None]", events: int = READ) -> None:
        """Call `callback(events)` whenever `sock` is ready for `events`, has an error or was hung up.

        `sock`: a socket, or a runtime.Child.
        """
        self._callbacks[sock.fileno()] = callback
        self._poll.register(runtime.pollable(sock), events)

    def change(self, sock: "Any", events: int) -> None:
        """Wait for other events on a watched socket."""
        self._poll.register(sock, events)

    def forget(self, sock: "Any") -> None:
        """Stop watching; call it before the socket is closed."""
        if self._callbacks.pop(sock.fileno(), None) is not None:
            self._poll.unregister(runtime.pollable(sock))

    def after(self, seconds: float, callback: "Callable[[], None]") -> Timer:
        """Run `callback` once, in `seconds`."""
        try:
            return self._add(seconds, callback)
        except MemoryError:
            self._reserve = None
            return self._add(seconds, callback)

    def _add(self, seconds: float, callback: "Callable[[], None]") -> Timer:
        timer = Timer(runtime.monotonic() + seconds, callback)
        index = len(self._timers)
        while index and self._timers[index - 1].due > timer.due:
            index -= 1
        self._timers.insert(index, timer)
        return timer

    def run(self) -> None:
        """Until stop() is called, or KeyboardInterrupt comes."""
        self._running = True
        try:
            while self._running:
                self._careful_step()
        except KeyboardInterrupt:
            pass

    def _careful_step(self) -> None:
        try:
            self.step(None)
            if self._reserve is None:
                self._reserve = bytearray(RESERVE_BYTES)
        except MemoryError as error:
            log.failure(error)
            time.sleep(NO_MEMORY_PAUSE_S)

    def stop(self) -> None:
        """End run() after the callbacks of this turn."""
        self._running = False

    def step(self, longest_s: "float | None") -> None:
        """One turn: wait for a socket or a timer (at most `longest_s`), then call what is due."""
        for ready, events in self._poll.poll(self._wait_ms(longest_s)):
            callback = self._callbacks.get(ready if isinstance(ready, int) else ready.fileno())
            if callback is not None:  # an earlier callback of this turn may have forgotten it
                _guarded(callback, events)
        self._run_due_timers()

    def _wait_ms(self, longest_s: "float | None") -> int:
        while self._timers and self._timers[0].callback is None:
            self._timers.pop(0)
        wait = longest_s
        if self._timers:
            until_due = max(0.0, self._timers[0].due - runtime.monotonic())
            wait = until_due if wait is None else min(wait, until_due)
        return -1 if wait is None else int(wait * 1000) + 1

    def _run_due_timers(self) -> None:
        now = runtime.monotonic()
        while self._timers and self._timers[0].due <= now:
            callback = self._timers.pop(0).callback
            if callback is not None:
                _guarded(callback)


def _guarded(callback: "Callable[..., None]", *arguments: int) -> None:
    try:
        callback(*arguments)
    except Exception as error:  # one broken packet or client must not end the watch over the others
        log.failure(error)
