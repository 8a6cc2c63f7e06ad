"""SIGTERM, as of an update or `service portvagt stop`: what the guard knows is on flash when it has ended."""

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from portvagt_sim import runtimes
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.lone_guard import LoneGuard

FIRST, SECOND = "02:00:5e:00:00:01", "02:00:5e:00:00:02"
END_SECONDS = 5.0  # procd waits as long, then it kills


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_the_guard_has_not_saved_yet_is_saved_at_its_end(sandbox, common_path, runtime, number):
    with lab() as netns:
        guard = LoneGuard(netns, common_path, runtime, "stop")
        guard.call("stop", device=FIRST)
        guard.call("stop", device=SECOND)  # within a minute of the first write, so it waits
        assert SECOND not in saved(common_path)
        guard.program.send(number)
        assert guard.program.wait(END_SECONDS) == 0
        assert saved(common_path) == {FIRST, SECOND}
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


def saved(directory: Path) -> set[str]:
    lines = (directory / "state" / "guard" / "cases.json").read_text().splitlines()
    return {item["device"] for item in map(json.loads, lines) if "device" in item}
