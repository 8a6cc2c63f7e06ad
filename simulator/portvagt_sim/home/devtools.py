"""A client of the DevTools protocol, by which Chromium is driven, over its pipes instead of a WebSocket.

--remote-debugging-pipe: Chromium reads commands at descriptor 3 and writes answers and events to 4, each JSON with a
NUL behind it (content/browser/devtools/devtools_pipe_handler.cc).
"""

import json
import os
import select
import time
from pathlib import Path
from typing import Any

from portvagt_sim.errors import SimulatorError

OPTION = "--remote-debugging-pipe"
SECONDS = 10.0
# fifos, because a program of the world inherits no descriptors
WITH_PIPES = 'exec "$@" 3<"$COMMANDS" 4>"$ANSWERS"'


class DevTools:
    """Two named pipes in a directory, and what is said through them."""

    def __init__(self, directory: Path) -> None:
        names = {"COMMANDS": directory / "commands", "ANSWERS": directory / "answers"}
        for path in names.values():
            os.mkfifo(path)
        # fifo(7): opened for both, neither end waits for the other
        self._commands, self._answers = (os.open(path, os.O_RDWR) for path in names.values())
        self.environment = {name: str(path) for name, path in names.items()}
        self._received = b""
        self._last = 0

    def command(self, *argv: str) -> list[str]:
        """The command line that runs a browser at the other end; it needs `environment` in its own."""
        return ["sh", "-c", WITH_PIPES, "sh", *argv]

    def call(self, method: str, session: str | None = None, **parameters: Any) -> Any:
        """The result of a command, in a tab's session where that is given. Raises SimulatorError on a no or silence."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(self._commands, json.dumps(message).encode() + b"\0")
        answer = self._answer(method)
        if "error" in answer:
            raise SimulatorError(f"Chromium: {method}: {answer['error']['message']}")
        return answer["result"]

    def close(self) -> None:
        """Close both pipes."""
        os.close(self._commands)
        os.close(self._answers)

    def _answer(self, method: str) -> dict[str, Any]:
        """What has the last command's number; events, and answers that came too late, are passed over."""
        deadline = time.monotonic() + SECONDS
        while True:
            message, end, rest = self._received.partition(b"\0")
            if end:
                self._received = rest
                answer: dict[str, Any] = json.loads(message)
                if answer.get("id") == self._last:
                    return answer
            elif select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))[0]:
                self._received += os.read(self._answers, 65536)
            else:
                raise SimulatorError(f"Chromium: no answer to {method} within {SECONDS:g} s")
