import io
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt import runtime
from portvagt_sim import runtimes


@given(st.text("aæ", min_size=1, max_size=9), st.integers(0, 5000), st.integers(1, 9000))
def test_a_file_is_read_in_parts_up_to_a_limit(line, lines, count):
    text = line * lines
    assert runtime.read_at_most(io.StringIO(text), count) == text[:count]
    data = text.encode()
    assert runtime.read_at_most(io.BytesIO(data), count) == data[:count]


def test_no_more_is_asked_for_than_is_wanted():
    asked = []

    class File:
        def read(self, count):
            asked.append(count)
            return b"x" * count

    assert runtime.read_at_most(File(), 10000) == b"x" * 10000
    assert sum(asked) == 10000 and max(asked) <= 2048


SYNCED = """
import errno
from portvagt import runtime
runtime.write_private("{0}/file", [b"new"])
runtime.write_private("here", [b"new"])
try:
    runtime.sync_directory("{0}/missing")
except OSError as error:
    print(error.errno == errno.ENOENT)
"""


@pytest.mark.parametrize("name", ["cpython", "micropython"])
def test_a_directory_can_be_synced(tmp_path, name):
    chosen = runtimes.runtime(name)
    command = [*chosen.argv, "-c", SYNCED.format(tmp_path)]
    done = subprocess.run(
        command, env=dict(chosen.environment), cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert (tmp_path / "file").read_bytes() == (tmp_path / "here").read_bytes() == b"new"
