"""The guard alone, under policy observe: nothing is stopped, so that it hears every connection of a flood."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portvagt_sim import runtimes
from portvagt_sim.errors import SimulatorError
from portvagt_sim.program import Program
from portvagt_sim.router import admin_socket, agent, uci

READY_SECONDS = 10.0


class LoneGuard:
    """A guard in a network namespace, with its files in `directory`."""

    def __init__(self, netns: str, directory: Path, runtime: str, policy: str = "observe", heap_kb: int | None = None):
        self._run_dir, state_dir = directory / "run", directory / "state"
        for path in (self._run_dir, state_dir):
            path.mkdir(parents=True)
        agent.prepare_directories(self._run_dir, state_dir)
        main: uci.Settings = {
            "main": {"policy": policy, "lan": ["br-lan"], "run_dir": str(self._run_dir), "state_dir": str(state_dir)}
        }
        configuration = directory / "portvagt.conf"
        configuration.write_text(uci.rendered(main))
        began = time.monotonic()
        log = directory / "guard.log"
        self.program: Program = agent.start("guard", netns, runtimes.runtime(runtime), configuration, log, heap_kb)
        self.program.wait_until(lambda: admin_socket.answers(self.call), READY_SECONDS, "it answers")
        self.seconds_to_answer = time.monotonic() - began

    def status(self) -> dict[str, Any]:
        """What it says of itself. Raises SimulatorError, with its log, when it says nothing."""
        try:
            answer: dict[str, Any] = self.call("status")
        except OSError as error:
            raise SimulatorError(f"the guard: {error}\n{self.program.tail()}") from None
        return answer

    def call(self, method: str, **parameters: Any) -> Any:
        """As NetnsRouter.call()."""
        return admin_socket.call(lambda: admin_socket.at(self._run_dir / admin_socket.PATH), method, **parameters)


@contextmanager
def lone_guard(netns: str, directory: Path, runtime: str) -> Iterator[LoneGuard]:
    """A LoneGuard that is stopped at the end."""
    guard = LoneGuard(netns, directory, runtime)
    try:
        yield guard
    finally:
        guard.program.stop()
