"""A program that the world started: its log, its life and its end."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import exec_in
from portvagt_sim.waiting import PAUSE, wait_until

TAIL_LINES = 12
STOP_SECONDS = 3.0


class Program:
    """One running program in a network namespace, its output in a log file."""

    def __init__(
        self,
        name: str,
        netns: str,
        argv: Sequence[str],
        log: Path,
        environment: Mapping[str, str] | None = None,
        descriptors: Sequence[int] = (),
    ) -> None:
        """Start `argv` in `netns`; standard output and error are appended to `log`. `descriptors` are handed on."""
        self.name = name
        self.log_path = log
        with log.open("ab") as output:
            # a session of its own: the terminal's Ctrl-C reaches the world, which ends its programs in order
            self._process = subprocess.Popen(
                exec_in(netns, argv),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=environment,
                start_new_session=True,
                pass_fds=descriptors,
            )

    @property
    def pid(self) -> int:
        """The process id inside the sandbox."""
        return self._process.pid

    def alive(self) -> bool:
        """Whether the program still runs."""
        return self._process.poll() is None

    def send(self, number: int) -> None:
        """Send a signal to the program, not to its children; nothing happens when it has ended."""
        self._process.send_signal(number)

    def wait(self, timeout: float) -> int:
        """The exit status (negative: the signal) when it ends; raises SimulatorError after `timeout` s."""
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise SimulatorError(f"{self.name} still runs after {timeout:g} s") from None

    def stop(self) -> None:
        """End the program and its children: politely, then by force."""
        self.send(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_SECONDS)
        self.kill_session()
        self._process.wait()

    def kill_session(self) -> None:
        """End the program and its children by force."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)

    def log(self) -> str:
        """All that the program said so far."""
        return self.log_path.read_text(errors="replace")

    def tail(self) -> str:
        """The end of its log, for an error message."""
        return "\n".join(self.log().splitlines()[-TAIL_LINES:])

    def wait_until(self, probe: Callable[[], bool], timeout: float, what: str, pause: float = PAUSE) -> None:
        """Wait for `probe`, `pause` s between two calls.

        Raises SimulatorError with the log's end if the program ends or time is up.
        """
        try:
            wait_until(lambda: probe() or not self.alive(), timeout, what, pause)
        except SimulatorError as error:
            raise SimulatorError(f"{self.name}: {error}\n{self.tail()}") from None
        if not self.alive():
            raise SimulatorError(f"{self.name} ended at once (status {self._process.returncode})\n{self.tail()}")
