"""A client of Marionette, by which Firefox is driven: each message is `LENGTH:JSON` over TCP.

A command is [0, id, name, parameters], its answer [1, id, error, result]
(firefox-source-docs.mozilla.org/testing/marionette/Protocol.html).
"""

import json
import socket
from typing import Any

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import entered

PORT = 2828
SECONDS = 30.0  # Firefox says that it has a session when it has a window


class Marionette:
    """A connection to the Firefox in a network namespace. Raises OSError while there is none."""

    def __init__(self, netns: str) -> None:
        with entered(netns):
            self._socket = socket.create_connection(("127.0.0.1", PORT), SECONDS)
        self._stream = self._socket.makefile("rwb")
        self._last = 0
        self._receive()  # its greeting

    def call(self, command: str, **parameters: Any) -> Any:
        """The result of a command. Raises SimulatorError when Firefox says no."""
        self._last += 1
        message = json.dumps([0, self._last, command, parameters]).encode()
        self._stream.write(b"%d:%s" % (len(message), message))
        self._stream.flush()
        _kind, _id, error, result = self._receive()
        if error:
            raise SimulatorError(f"Firefox: {command}: {error['error']}: {error['message']}")
        return result

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._socket.close()

    def _receive(self) -> Any:
        length = b""
        while (digit := self._stream.read(1)) != b":":
            if not digit:
                raise ConnectionError("Firefox hung up")
            length += digit
        return json.loads(self._stream.read(int(length)))
