"""A root shell on a machine: one TCP connection in the management network is one shell."""

import secrets
import shlex
import socket
import subprocess
from collections.abc import Sequence
from pathlib import PurePath
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import entered, exec_in

ADDRESS, HOST_ADDRESS = "10.255.255.2", "10.255.255.1"
SHELL_PORT, ADMIN_PORT = 2300, 2301
CONNECT_SECONDS = 15.0

# standard output as it comes, then a line that ends it, the exit status, and standard error
FRAME = """\
(
{script}
) </dev/null 2>/tmp/.{mark}
status=$?
echo
echo {mark} $status
cat /tmp/.{mark}
rm /tmp/.{mark}
"""


class Done(NamedTuple):
    """How a program ended: its exit status and what it wrote."""

    status: int
    output: str
    errors: str


def run(netns: str, argv: Sequence[str], text: str = "", timeout: float = 30.0) -> Done:
    """Run a program, fed with lines of `text`, on the machine whose management network `netns` has.

    Raises OSError when nobody answers, SimulatorError when the connection ends too soon or time is up.
    """
    mark = f"end-{secrets.token_hex(8)}"
    return run_script(netns, _fed(shlex.join(argv), text, mark), mark, timeout)


def _fed(line: str, text: str, mark: str) -> str:
    """A here-document ends every line: so must `text`."""
    ended = text if text.endswith("\n") else text + "\n"
    return f"{line} <<'{mark}'\n{ended}{mark}" if text else line


def writing(path: PurePath, text: str) -> str:
    """Lines of shell that write a file of whole lines, which everybody may read."""
    place = shlex.quote(str(path))
    return f"{_fed(f'cat >{place}', text, f'end-{secrets.token_hex(8)}')}\nchmod 644 {place}"


def run_script(netns: str, script: str, mark: str, timeout: float) -> Done:
    """Run lines of shell; `mark` is a word that nobody else writes."""
    answer = _exchange(netns, FRAME.format(script=script, mark=mark), timeout)
    output, found, rest = answer.partition(f"\n{mark} ")
    if not found:
        raise SimulatorError(f"the router's shell hung up at: {script[:200]}")
    status, _, errors = rest.partition("\n")
    return Done(int(status), output, errors)


def _exchange(netns: str, question: str, timeout: float) -> str:
    with connect(netns, SHELL_PORT) as connection:
        connection.settimeout(timeout)
        connection.sendall(question.encode())
        connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        try:
            while data := connection.recv(65536):
                received += data
        except TimeoutError:
            raise SimulatorError(f"the router did not end within {timeout:g} s: {question[:200]}") from None
    return received.decode(errors="replace")


def connect(netns: str, port: int) -> socket.socket:
    """A TCP connection to the machine. Raises OSError."""
    with entered(netns):
        return socket.create_connection((ADDRESS, port), CONNECT_SECONDS)


def follow(netns: str, argv: Sequence[str]) -> "subprocess.Popen[str]":
    """A program on the machine whose output the caller reads, until it kills this end of the connection."""
    client = exec_in(netns, ["busybox", "nc", ADDRESS, str(SHELL_PORT)])
    following = subprocess.Popen(
        client, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert following.stdin is not None
    following.stdin.write(f"exec {shlex.join(argv)} 2>/dev/null\n")
    following.stdin.flush()
    return following
