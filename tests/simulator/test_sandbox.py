"""The sandbox: status and signals pass through, the machine stays as it is, and nothing outlives it."""

import os
import pty
import signal
import subprocess
import sys
import uuid
from pathlib import Path

import pytest

from portvagt_sim import sandbox
from portvagt_sim.errors import SimulatorError
from portvagt_sim.waiting import wait_until

SECONDS = 20.0
MARK = "PORTVAGT_TEST_MARK"
ENTER = [sys.executable, "-m", "portvagt_sim", "enter", "--"]
WORLD = """
import time
from portvagt_sim.world import World
try:
    with World(agent=False) as world:
        world.home.laptop.start_zombie(rate=5, count=1000)
        print("ready", flush=True)
        time.sleep(60)
finally:
    print("closed", flush=True)
"""
INTERRUPTS = """
import signal, time
caught = []
signal.signal(signal.SIGINT, lambda number, frame: caught.append(number))
print("ready", flush=True)
while not caught:
    time.sleep(0.05)
time.sleep(0.5)
print(f"caught {len(caught)}", flush=True)
"""


def outside(mark: str = "") -> dict[str, str]:
    """The environment of a process that is in no sandbox."""
    return {name: value for name, value in os.environ.items() if name != sandbox.INSIDE} | {MARK: mark}


def marked(mark: str) -> list[str]:
    """The processes with that mark in their environment, wherever in our sight they are."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"{MARK}={mark}".encode() in (process / "environ").read_bytes():
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
    return found


def enter(*program: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*ENTER, *program], env=outside(), capture_output=True, text=True, timeout=SECONDS, check=False
    )


@pytest.mark.parametrize(
    ("script", "status"), [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("kill -15 $$", 143)]
)
def test_status_passes_through(script: str, status: int) -> None:
    assert enter("sh", "-c", script).returncode == status


def test_unknown_program(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/usr/bin:/bin")  # a directory that we may not search would be the reason instead
    done = enter("no-such-program")
    assert (done.returncode, done.stderr) == (127, "no-such-program: No such file or directory\n")


def test_no_program() -> None:
    done = enter()
    assert done.returncode == 1
    assert done.stderr.startswith("dev: enter: nothing to run; type:")


def test_machine_stays_as_it_is() -> None:
    mark = uuid.uuid4().hex[:8]
    done = enter(
        "sh",
        "-ec",
        f"touch /etc/x{mark} /run/x{mark}; ip link add x{mark} type bridge; ip netns add x{mark}; ip link",
    )
    assert f"x{mark}" in done.stdout
    assert done.returncode == 0, done.stderr
    assert not [path for path in (Path("/etc"), Path("/run"), Path("/run/netns")) if (path / f"x{mark}").exists()]
    assert not Path(f"/sys/class/net/x{mark}").exists()


def test_sandboxes_do_not_nest_needlessly() -> None:
    done = enter(*ENTER, "sh", "-c", "readlink /proc/$PPID/ns/net /proc/self/ns/net")
    parent, own = done.stdout.split()
    assert parent == own


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_signal_to_the_outer_process_ends_everything(number: signal.Signals) -> None:
    mark = uuid.uuid4().hex
    with subprocess.Popen([*ENTER, sys.executable, "-c", WORLD], env=outside(mark), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as outer:  # fmt: skip
        assert outer.stdout is not None
        assert outer.stdout.readline() == "ready\n"
        assert any("mosquitto" in process for process in marked(mark))
        outer.send_signal(number)
        outer.wait(SECONDS)
        wait_until(lambda: not marked(mark), SECONDS, "every process is gone")
        said = outer.stdout.read()
    # Ctrl-C lets the world close in order; the others end it as they would any program
    assert said == ("closed\n" if number == signal.SIGINT else "")


def test_end_of_the_program_ends_what_it_left_behind() -> None:
    mark = uuid.uuid4().hex
    done = subprocess.run(
        [*ENTER, "sh", "-c", "setsid sleep 60 & exit 3"], env=outside(mark), timeout=SECONDS, check=False
    )
    assert done.returncode == 3
    wait_until(lambda: not marked(mark), SECONDS, "every process is gone")


def test_ctrl_c_of_a_terminal_arrives_once() -> None:
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [*ENTER, sys.executable, "-c", INTERRUPTS], outside())
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 1024)
    os.write(terminal, b"\x03")
    while b"caught" not in said:
        said += os.read(terminal, 1024)
    _, status = os.waitpid(pid, 0)
    os.close(terminal)
    assert b"caught 1" in said
    assert os.waitstatus_to_exitcode(status) == 0


def test_closed_terminal_ends_everything() -> None:
    mark = uuid.uuid4().hex
    pid, terminal = pty.fork()
    if pid == 0:
        os.execve(sys.executable, [*ENTER, "sh", "-c", "echo ready; exec sleep 60"], outside(mark))
    said = b""
    while b"ready" not in said:
        said += os.read(terminal, 1024)
    os.close(terminal)
    wait_until(lambda: os.waitpid(pid, os.WNOHANG)[0], SECONDS, "the outer process has ended")
    wait_until(lambda: not marked(mark), SECONDS, "every process is gone")


def test_diagnosis_names_the_sysctl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    switch = tmp_path / "restrict"
    switch.write_text("1\n")
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(sandbox, "OBSTACLES", [(str(switch), "1", "sudo sysctl -w restrict=0")])
    monkeypatch.setattr(sandbox, "_trial", lambda _options, _environment: "unshare: Operation not permitted")
    with pytest.raises(
        SimulatorError,
        match=r"^user namespaces are forbidden by .*restrict; type: sudo sysctl -w restrict=0$",
    ):
        sandbox._user_options({})
    switch.write_text("0\n")
    with pytest.raises(
        SimulatorError,
        match=r"no user namespaces here \(unshare: Operation not permitted\); run .* with sudo",
    ):
        sandbox._user_options({})


def test_no_unshare() -> None:
    assert "sudo apt install util-linux" in sandbox._trial([], {"PATH": "/nonexistent"})
