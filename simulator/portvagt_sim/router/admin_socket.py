"""A client of the guard's admin socket: JSON-RPC 2.0, one object a line."""

import json
import socket
from pathlib import Path
from typing import Any

from portvagt_sim.errors import SimulatorError

MAX_LINE = 1 << 20
TIMEOUT = 10.0


def call(path: Path, method: str, **parameters: Any) -> Any:
    """The result of one call. Raises OSError when nobody answers, SimulatorError when the guard says no."""
    request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": parameters}
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(TIMEOUT)
        connection.connect(str(path))
        connection.sendall(json.dumps(request).encode() + b"\n")
        with connection.makefile("rb") as lines:
            line = lines.readline(MAX_LINE)
    if not line.endswith(b"\n"):
        raise ConnectionError("the guard hung up")
    return _result(json.loads(line), method)


def _result(answer: dict[str, Any], method: str) -> Any:
    if "error" in answer:
        raise SimulatorError(f"guard: {method}: {answer['error'].get('message')}")
    return answer["result"]
