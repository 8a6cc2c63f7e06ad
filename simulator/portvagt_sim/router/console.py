"""A root shell on a machine's serial line, as OpenWrt opens it to whoever presses Enter there."""

import re
import secrets
import socket
import time

from portvagt_sim.errors import SimulatorError

PROMPT = "# "
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")  # ECMA-48, 5.4: colours, and ash's question for the cursor's place
LOGIN = ("login:", "Password:")
ENTER_SECONDS = 3.0  # between two presses, while nobody answers
COMMAND_SECONDS = 60.0
SHOWN = 800  # characters of the end of what was read, for an error message


class Console:
    """One end of the line, the other end of which is the machine's UART."""

    def __init__(self, line: socket.socket) -> None:
        self._line = line
        self._read = ""

    def log_in(self, timeout: float) -> None:
        """Press Enter until there is a prompt. Raises SimulatorError after `timeout` s, or when asked to log in."""
        deadline = time.monotonic() + timeout
        pressed = 0.0
        while not self._read.rstrip("\r\n").endswith(PROMPT):
            if any(word in self._read for word in LOGIN):
                raise SimulatorError("the serial line asks for a password: not an image as OpenWrt makes it")
            if time.monotonic() > deadline:
                raise SimulatorError(f"no prompt on the serial line within {timeout:g} s: {self._read[-SHOWN:]}")
            if time.monotonic() > pressed + ENTER_SECONDS:
                pressed = time.monotonic()
                self._line.sendall(b"\n")
            self._listen(ENTER_SECONDS)

    def run(self, command: str, timeout: float = COMMAND_SECONDS) -> str:
        """What a line of shell prints, beside what the kernel says. Raises SimulatorError when it fails."""
        mark = secrets.token_hex(8)
        self._read = ""
        # the echo of what is typed has the mark in two pieces
        self._line.sendall(f"{command}; echo {mark[:8]}''{mark[8:]} $?\n".encode())
        deadline = time.monotonic() + timeout
        while not (found := re.search(rf"{mark} (\d+)", self._read)):
            if time.monotonic() > deadline:
                raise SimulatorError(f"no end on the serial line within {timeout:g} s: {self._read[-SHOWN:]}")
            self._listen(1.0)
        output = self._read[: found.start()]
        if found[1] != "0":
            raise SimulatorError(f"on the serial line: {command}: exit status {found[1]}: {output[-SHOWN:]}")
        return output

    def close(self) -> None:
        """What the machine says from now on is in its log only."""
        self._line.close()

    def _listen(self, seconds: float) -> None:
        self._line.settimeout(seconds)
        try:
            data = self._line.recv(65536)
        except TimeoutError:
            return
        if not data:
            raise SimulatorError(f"the machine ended: {self._read[-SHOWN:]}")
        self._read = ESCAPES.sub("", self._read + data.decode(errors="replace"))
