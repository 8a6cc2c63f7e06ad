"""What the agent can run on, and how each is started."""

import sys
from collections.abc import Callable, Mapping
from typing import NamedTuple

from portvagt_sim import micropython
from portvagt_sim.build import nuitka
from portvagt_sim.errors import SimulatorError
from portvagt_sim.micropython import AGENT


def _nothing() -> None:
    pass


class Runtime(NamedTuple):
    """How the agent is run. `heap_option`: what sets the heap's size in KiB, where it must be set."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]
    heap_option: tuple[str, ...] = ()
    module: tuple[str, ...] = ("-m", "portvagt")
    prepare: Callable[[], None] = _nothing

    def command(self, heap_kb: int) -> list[str]:
        """The command line before the agent's own words."""
        return [*self.argv, *(word.format(heap_kb) for word in self.heap_option), *self.module]


def _cpython() -> Runtime:
    return Runtime((sys.executable,), {"PYTHONPATH": str(AGENT), "PYTHONDONTWRITEBYTECODE": "1"})


def _micropython() -> Runtime:
    return Runtime(
        (str(micropython.program()),),
        {"MICROPYPATH": f"{micropython.COMPILED}:.frozen"},
        heap_option=("-X", "heapsize={}k"),
        prepare=micropython.prepare,
    )


def _nuitka() -> Runtime:
    return Runtime((str(nuitka.PROGRAM),), {}, module=(), prepare=nuitka.prepare)


RUNTIMES: dict[str, Callable[[], Runtime]] = {"cpython": _cpython, "micropython": _micropython, "nuitka": _nuitka}


def runtime(name: str) -> Runtime:
    """The runtime of that name; raises SimulatorError for an unknown one."""
    if name not in RUNTIMES:
        raise SimulatorError(f"no agent runtime {name!r}; there are: {', '.join(RUNTIMES)}")
    return RUNTIMES[name]()


def at_hand() -> list[str]:
    """All runtimes, but for the one that takes minutes to build while it is not built."""
    return [name for name in RUNTIMES if name != "nuitka" or nuitka.is_current()]
