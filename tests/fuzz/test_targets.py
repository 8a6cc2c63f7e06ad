"""A short run of each target, from examples; long ones are for people: see targets.py."""

import subprocess
import sys

import pytest
from tests.warn.client_hellos import client_hello, records
from tests.warn.test_http import GET, POST

SECONDS = 6
EXAMPLES = {
    "request": [b"\5" + GET, b"\x40" + POST, b"\0GET http://h/ HTTP/1.0\nAccept-Encoding: gzip;q=0.1, *\n\n"],
    "hello": [b"\x09" + client_hello(), b"\2" + records(client_hello(), 100)],
}


@pytest.mark.parametrize("target", EXAMPLES)
def test_no_bytes_are_found_that_surprise_it(target, tmp_path):
    for number, example in enumerate(EXAMPLES[target]):
        (tmp_path / str(number)).write_bytes(example)
    options = [f"-max_total_time={SECONDS}", "-max_len=9000", f"-artifact_prefix={tmp_path}/", str(tmp_path)]
    command = [sys.executable, "-m", "tests.fuzz.targets", target, *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.iterdir())) > 2 * len(EXAMPLES[target])  # it found new ways through the code
