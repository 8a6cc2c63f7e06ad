"""A client of the guard's admin socket: JSON-RPC 2.0, one object a line."""

import json
import socket
from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from portvagt_sim.errors import SimulatorError

PATH = "admin/admin.sock"  # below run_dir
MAX_LINE = 1 << 20
TIMEOUT = 10.0


Connect = Callable[[], socket.socket]


def call(connect: Connect, method: str, **parameters: Any) -> Any:
    """The result of one call. Raises OSError when nobody answers, SimulatorError when the guard says no."""
    with connect() as connection:
        connection.settimeout(TIMEOUT)
        connection.sendall(request(method, parameters))
        with connection.makefile("rb") as lines:
            return result(lines.readline(MAX_LINE), method)


def answers(ask: Callable[[str], Any]) -> bool:
    """Whether the guard says what its state is; `ask`: the `call` of a router."""
    try:
        ask("status")
    except (OSError, ValueError):
        return False
    return True


def request(method: str, parameters: dict[str, Any]) -> bytes:
    """The line that asks."""
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}).encode() + b"\n"


def result(line: bytes, method: str) -> Any:
    """What the line that answers says. Raises as `call`."""
    if not line.endswith(b"\n"):
        raise ConnectionError("the guard hung up")
    answer = json.loads(line)
    if "error" in answer:
        raise SimulatorError(f"guard: {method}: {answer['error'].get('message')}")
    return answer["result"]


def at(path: PurePath) -> socket.socket:
    """A connection to the socket in this machine's own files. Raises OSError."""
    connection = socket.socket(socket.AF_UNIX)
    try:
        connection.connect(str(path))
    except OSError:
        connection.close()
        raise
    return connection
