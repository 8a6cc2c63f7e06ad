"""The agent does without what the Nuitka build leaves out; told without a build."""

import subprocess
import sys

from portvagt_sim.build.nuitka_options import left_out
from portvagt_sim.micropython import AGENT

# encodings.idna is what every look-up of a broker's name loads
EVERYTHING = """
import fnmatch, sys
class LeftOut:
    def find_spec(self, name, *_):
        if any(fnmatch.fnmatchcase(name, pattern) for pattern in {patterns}):
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, LeftOut())
sys.path[:0] = sys.argv[1:]
import encodings.idna
for name in {modules}:
    __import__(name)
print(*sys.modules)
"""


def loaded(patterns: list[str]) -> "subprocess.CompletedProcess[str]":
    """Load the whole agent, paho-mqtt and psutil, without `site` and without modules of such names."""
    names = [".".join(path.relative_to(AGENT).with_suffix("").parts) for path in AGENT.rglob("*.py")]
    modules = sorted(name for name in names if not name.endswith("__main__") and "micropython" not in name)
    code = EVERYTHING.format(patterns=patterns, modules=modules)
    packages = [path for path in sys.path if path.endswith("site-packages")]
    argv = [sys.executable, "-I", "-S", "-c", code, str(AGENT), *packages]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def test_the_agent_loads_without_what_is_left_out() -> None:
    done = loaded(left_out())
    assert done.stderr == ""
    assert {"portvagt.guard", "paho.mqtt.client", "psutil", "ssl"} <= set(done.stdout.split())


def test_what_the_agent_needs_would_be_missed() -> None:
    assert "ModuleNotFoundError: ssl" in loaded([*left_out(), "ssl"]).stderr
