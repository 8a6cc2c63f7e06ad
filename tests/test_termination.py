"""SIGTERM, as of an update or `service portvagt stop`: what the guard knows is on flash when it has ended."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from portvagt_sim import runtimes
from portvagt_sim.bench.lab import lab, mac, source
from portvagt_sim.bench.lone_guard import LoneGuard
from portvagt_sim.router import admin_socket

END_SECONDS = 5.0  # procd waits as long, then it kills


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_the_guard_has_not_saved_yet_is_saved_at_its_end(sandbox, common_path, runtime, number):
    with lab() as netns:
        guard = LoneGuard(netns, common_path, runtime, "stop")
        guard.call("stop", device=mac(0))
        read_the_page(common_path)  # within a minute of the first write, so it waits
        assert saved(common_path) == {mac(0): False}
        guard.program.send(number)
        assert guard.program.wait(END_SECONDS) == 0
        assert saved(common_path) == {mac(0): True}
        assert "Traceback" not in guard.program.log()


WAITING = """
from portvagt import runtime
from portvagt.loop import Loop
loop = Loop()
runtime.stop_when_told(loop)
print("waiting")
loop.run()
"""


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
def test_in_a_jail_a_process_ends_when_what_made_the_jail_is_killed(sandbox, tmp_path, runtime):
    chosen = runtimes.runtime(runtime)
    script = tmp_path / "waiting.py"
    script.write_text(WAITING)
    jailed = ["unshare", "--pid", "--fork", *chosen._replace(module=(str(script),)).command(512)]
    environment = {**os.environ, **chosen.environment, "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(jailed, env=environment, stdout=subprocess.PIPE) as jail:
        assert jail.stdout.readline() == b"waiting\n"
        jail.kill()
        assert jail.communicate(timeout=10)[0] == b""  # the end of what the process inside holds open


def read_the_page(directory: Path) -> None:
    def ask(method: str, **parameters: str) -> dict:
        socket = directory / "run" / "portal" / "portal.sock"
        return admin_socket.call(lambda: admin_socket.at(socket), method, address=source(0), **parameters)

    page = ask("case")
    ask("acknowledge", incident=page["incident"], token=page["token"])


def saved(directory: Path) -> dict[str, bool]:
    """{device: whether somebody has read its page}."""
    lines = (directory / "state" / "guard" / "cases.json").read_text().splitlines()
    return {item["device"]: item["acknowledged"] for item in map(json.loads, lines) if "device" in item}
