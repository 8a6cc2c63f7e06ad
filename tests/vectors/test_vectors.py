"""The same vectors on each runtime: what pytest sees on CPython is what a router gets."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from tests.vectors import runner

from portvagt_sim import runtimes

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.json"))
HEAP_KB = 1024


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_vectors_hold_on_cpython(path):
    assert runner.failures(path) == []


def test_vectors_hold_on_micropython():
    chosen = runtimes.runtime("micropython")
    command = [*chosen._replace(module=()).command(HEAP_KB), str(HERE / "runner.py"), *map(str, FILES)]
    environment = {**os.environ, **chosen.environment}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, f"{len(FILES)} files\n"), done.stdout + done.stderr


def test_a_vector_that_does_not_hold_is_found(tmp_path):
    wrong = tmp_path / "wrong.json"
    wrong.write_text(json.dumps({"kind": "duration", "vectors": [["30d", 1]]}))
    assert len(runner.failures(wrong)) == 1


def test_every_kind_has_vectors():
    assert {json.loads(path.read_text())["kind"] for path in FILES} == set(runner.KINDS)
