"""A shell on a serial line: BusyBox's, on a terminal of its own, as OpenWrt has it."""

import contextlib
import os
import socket
import subprocess
import threading
from collections.abc import Iterator

import pytest

from portvagt_sim.errors import SimulatorError
from portvagt_sim.router.console import Console

SHELL = ["busybox", "sh", "-c", "echo 'Please press Enter'; read -r line; PS1='root@OpenWrt:/# ' exec busybox ash -i"]
LOGIN = ["busybox", "sh", "-c", "read -r line; printf 'OpenWrt login: '; read -r line"]


def carried(argv: list[str], line: socket.socket) -> "subprocess.Popen[bytes]":
    """A program on a terminal, whose other end is carried over `line`."""
    ours, theirs = os.openpty()
    program = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True)
    os.close(theirs)

    def there() -> None:
        with contextlib.suppress(ConnectionResetError):  # the console was closed with something unread
            while data := line.recv(4096):
                os.write(ours, data)

    def back() -> None:
        try:
            while data := os.read(ours, 4096):
                line.sendall(data)
        except OSError:  # EIO: nobody has the terminal open any more
            line.shutdown(socket.SHUT_RDWR)

    for carry in (there, back):
        threading.Thread(target=carry, daemon=True).start()
    return program


@pytest.fixture
def console(request: pytest.FixtureRequest) -> Iterator[Console]:
    """A console to SHELL, or to what the test names."""
    ours, theirs = socket.socketpair()
    program = carried(getattr(request, "param", SHELL), theirs)
    yield Console(ours)
    program.kill()
    program.wait()
    ours.close()


def test_it_presses_enter_and_runs_commands(console):
    console.log_in(20)
    assert "42\r\n" in console.run("echo $((6 * 7))")
    assert "second" in console.run("echo second")


def test_a_command_that_fails_is_an_error_with_its_words(console):
    console.log_in(20)
    with pytest.raises(SimulatorError, match=r"exit status 1: .*absent"):
        console.run("cat /absent 2>&1")


@pytest.mark.parametrize("console", [LOGIN], indirect=True)
def test_an_image_that_asks_for_a_password_is_refused(console):
    with pytest.raises(SimulatorError, match="asks for a password"):
        console.log_in(20)
