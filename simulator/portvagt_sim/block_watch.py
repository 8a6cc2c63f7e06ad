"""When the kernel's table got a stopped device, as `nft monitor` sees it: not the agent's own word for it."""

import threading
import time
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.router.router import Router

STARTED_SECONDS = 5.0


class Stopped(NamedTuple):
    """A device was added to a set of stopped devices; `at` in CLOCK_MONOTONIC seconds, `device` as nft writes it."""

    at: float
    device: str


class BlockWatch:
    """Use it as a context manager; `wait_for(device)` tells when that device was stopped."""

    def __init__(self, router: Router) -> None:
        self._changed = threading.Condition()
        self._seen: list[Stopped] = []
        self._process = router.follow("nft", "monitor", "new", "elements")
        self._thread = threading.Thread(target=self._read, name="block watch", daemon=True)

    def __enter__(self) -> "BlockWatch":
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._process.kill()
        self._process.wait()
        self._thread.join()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith("add element inet portvagt stopped_"):
                device = line.split("{")[1].split()[0]
                with self._changed:
                    self._seen.append(Stopped(time.monotonic(), device))
                    self._changed.notify_all()

    def wait_for(self, device: str, since: float, timeout: float) -> Stopped:
        """The first time after `since` that the device was stopped; raises SimulatorError after `timeout` s."""

        def first() -> Stopped | None:
            return next((each for each in self._seen if each.device == device and each.at >= since), None)

        with self._changed:
            found = self._changed.wait_for(first, timeout)
        if found is None:
            raise SimulatorError(f"{device} was not stopped within {timeout:g} s")
        return found
