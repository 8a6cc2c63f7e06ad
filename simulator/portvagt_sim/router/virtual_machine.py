"""One QEMU process: its start, its monitor, its power, its network cables, and its state in a file."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from qemu.qmp import QMPError
from qemu.qmp.legacy import QEMUMonitorProtocol

from portvagt_sim.errors import SimulatorError
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

LIFE_SECONDS = 3600  # whatever happens: no machine outlives this
ANSWER_SECONDS = 10.0
STATE_SECONDS = 60.0
UNLIMITED = 1 << 40  # bytes a second; QEMU spreads a migration's writing over time otherwise
GONE = (OSError, EOFError, QMPError, asyncio.TimeoutError)


class VirtualMachine:
    """A running QEMU. `stop` ends it; the sandbox does, too, when all else fails."""

    def __init__(
        self,
        name: str,
        netns: str,
        argv: Sequence[str],
        serial: Path,
        incoming: Path | None = None,
        console: socket.socket | None = None,
    ) -> None:
        """Start `argv` in `netns`, its first serial line written to `serial`.

        incoming  a file of `save`: the machine goes on from there, paused, with a guest that knows no time since
        console   a connected socket that becomes the machine's end of the serial line
        """
        self.serial = serial
        ours, theirs = socket.socketpair()
        with contextlib.ExitStack() as passed:
            passed.enter_context(theirs)
            descriptors = [theirs.fileno()]
            line = f"file,id=serial,path={serial},append=on"
            if console:
                passed.enter_context(console)
                descriptors.append(console.fileno())
                line = f"socket,id=serial,fd={console.fileno()},logfile={serial},logappend=on"
            options = [
                *("-chardev", line, "-serial", "chardev:serial"),
                *("-chardev", f"socket,id=qmp,fd={theirs.fileno()}", "-mon", "chardev=qmp,mode=control"),
            ]
            if incoming:
                state = passed.enter_context(incoming.open("rb"))
                descriptors.append(state.fileno())
                options += ["-incoming", f"fd:{state.fileno()}"]
            self.program = Program(
                name,
                netns,
                ["timeout", "--foreground", "--kill-after=5", str(LIFE_SECONDS), *argv, *options],
                serial.with_suffix(".qemu.log"),
                descriptors=descriptors,
            )
        self._monitor = QEMUMonitorProtocol(ours)
        self._monitor.settimeout(ANSWER_SECONDS)
        try:
            self._monitor.connect()
            if incoming:
                wait_until(lambda: self.command("query-status")["status"] != "inmigrate", STATE_SECONDS, "it is loaded")
        except BaseException as error:
            self.stop()
            if isinstance(error, GONE):
                raise SimulatorError(f"{name} did not start\n{self.program.tail()}") from None
            raise

    def command(self, name: str, /, **arguments: Any) -> Any:
        """What the monitor answers to a command of QMP. Raises SimulatorError."""
        try:
            return self._monitor.cmd(name, **arguments)
        except GONE as error:
            raise SimulatorError(f"{self.program.name}: {name}: {error}\n{self.program.tail()}") from None

    def go_on(self) -> None:
        """Let a paused machine run."""
        self.command("cont")

    def save(self, target: Path) -> None:
        """Pause the machine and write all of its state, but for its disks, to a new file."""
        self.command("stop")
        self.command("migrate-set-parameters", **{"max-bandwidth": UNLIMITED})
        with target.open("wb") as file:
            self._monitor.send_fd_scm(file.fileno())
            self.command("getfd", fdname="state")
        self.command("migrate", uri="fd:state")
        wait_until(self._saved, STATE_SECONDS, f"the state of {self.program.name} is written")

    def _saved(self) -> bool:
        found = self.command("query-migrate")
        if found["status"] == "failed":
            raise SimulatorError(f"{self.program.name}: {found.get('error-desc', 'its state was not written')}")
        return bool(found["status"] == "completed")

    def set_link(self, interface: str, up: bool) -> None:
        """Plug a cable in or out; `interface` is the id of a -netdev."""
        self.command("set_link", name=interface, up=up)

    def blocks_written(self) -> int:
        """How many writes the machine's disks have completed since it was switched on."""
        return sum(disk["stats"]["wr_operations"] for disk in self.command("query-blockstats"))

    def cut_power(self) -> None:
        """End the machine between two instructions."""
        self.program.kill_session()
        self.stop()

    def stop(self) -> None:
        """End QEMU."""
        with contextlib.suppress(*GONE):
            self._monitor.close()
        self.program.send(signal.SIGTERM)
        self.program.stop()
