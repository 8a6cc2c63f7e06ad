"""Waiting by probing: nothing in the simulator sleeps for a fixed time and hopes."""

import time
from collections.abc import Callable
from typing import TypeVar

from portvagt_sim.errors import SimulatorError

T = TypeVar("T")

PAUSE = 0.005  # s between two probes


def wait_until(probe: Callable[[], T], timeout: float, what: str, pause: float = PAUSE) -> T:
    """Call `probe` until it answers something true, and return that.

    Raises SimulatorError with `what`, in words such as "the router's DNS answers", after `timeout` seconds.
    """
    deadline = time.monotonic() + timeout
    while not (answer := probe()):
        if time.monotonic() > deadline:
            raise SimulatorError(f"waited {timeout:g} s in vain until {what}")
        time.sleep(pause)
    return answer
