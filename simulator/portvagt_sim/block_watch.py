"""When the kernel's table got a stopped device, as `nft monitor` sees it: not the agent's own word for it."""

import threading
import time
from collections import deque
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.router.router import Router
from portvagt_sim.waiting import wait_until

STARTED_SECONDS = 5.0
LINES_SHOWN = 20
NETLINK_NETFILTER = "12"  # <linux/netlink.h>
NFNLGRP_NFTABLES = 7  # <linux/netfilter/nfnetlink.h>


class Stopped(NamedTuple):
    """A device was added to a set of stopped devices; `at` in CLOCK_MONOTONIC seconds, `device` as nft writes it."""

    at: float
    device: str


class BlockWatch:
    """Use it as a context manager; `wait_for(device)` tells when that device was stopped."""

    def __init__(self, router: Router) -> None:
        self._changed = threading.Condition()
        self._seen: list[Stopped] = []
        self._said: deque[str] = deque(maxlen=LINES_SHOWN)
        before = _listeners(router)
        self._process = router.follow("nft", "monitor", "new", "elements")
        try:
            wait_until(lambda: _listeners(router) > before, STARTED_SECONDS, "nft listens")
        except BaseException:
            self._process.kill()
            raise
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
            self._said.append(line)
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
            raise SimulatorError(f"{device} was not stopped within {timeout:g} s; nft says:\n{''.join(self._said)}")
        return found


def _listeners(router: Router) -> int:
    """How many sockets on the router hear of changes of the ruleset; /proc/net/netlink has sk, Eth, Pid, Groups."""
    lines = [line.split() for line in router.run("cat", "/proc/self/net/netlink").splitlines()[1:]]
    group = 1 << NFNLGRP_NFTABLES - 1
    return sum(fields[1] == NETLINK_NETFILTER and int(fields[3], 16) & group != 0 for fields in lines)
