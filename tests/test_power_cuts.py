"""The power is cut, or SIGKILL comes, at each step of writing the file of cases: a real process, killed for real.

What the kernel had not been told to put on the disk (fsync) may then be lost: that part is cut off the new file.
"""

import builtins
import json
import os
import signal

import pytest
from tests.test_cases import LAPTOP, NAMELESS, a_case

from portvagt import runtime
from portvagt.cases import CaseFile

OLD = [(LAPTOP, a_case())]
NEW = [(LAPTOP, a_case()), (NAMELESS, a_case())]
EVENT = json.dumps({"specversion": "1.0", "id": "a-1"})
STEPS_MAX = 100


class Steps:
    """Kills this process at step `last`; a write that it comes to is half done."""

    def __init__(self, last):
        self.last = last

    def next(self, half=lambda: None):
        self.last -= 1
        if self.last < 0:
            half()
            os.kill(os.getpid(), signal.SIGKILL)


class SteppedFile:
    """An open file without a buffer of Python's."""

    def __init__(self, steps, *arguments):
        steps.next()
        self._steps, self._file = steps, open_file(*arguments, buffering=0)
        self.flush, self.fileno = self._file.flush, self._file.fileno

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._steps.next()
        self._file.close()

    def write(self, data):
        self._steps.next(lambda: self._file.write(data[: len(data) // 2]))
        self._file.write(data)


open_file, rename, sync = builtins.open, os.rename, runtime.sync


def write_until(path, last):
    """Write NEW in a process that is killed at step `last`; whether it came so far."""
    child = os.fork()
    if not child:
        steps = Steps(last)
        builtins.open = lambda *arguments: SteppedFile(steps, *arguments)
        runtime.sync = lambda file: (steps.next(), sync(file), steps.next())
        os.rename = lambda *names: (steps.next(), rename(*names), steps.next())
        CaseFile(path, "boot").save(2.0, NEW, [EVENT])
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


@pytest.mark.parametrize("kept", [None, 0, 100], ids=["killed", "nothing unsynced kept", "some bytes kept"])
def test_the_old_or_the_new_file_is_read_whatever_is_cut_when(tmp_path, kept):
    path = str(tmp_path / "cases")
    seen = []
    for step in range(STEPS_MAX):
        CaseFile(path, "boot").save(1.0, OLD, [])
        if not write_until(path, step):
            break
        new = tmp_path / "cases.new"
        if new.exists() and kept is not None:
            os.truncate(new, min(kept, new.stat().st_size))
        file = CaseFile(path, "boot")
        cases, events = file.load(3.0)
        assert file.damaged == 0
        seen.append(([key for key, _ in cases], events))
    assert step > 10
    before, after = ([LAPTOP], []), ([LAPTOP, NAMELESS], [EVENT])
    assert seen == [before] * seen.count(before) + [after] * seen.count(after)
    assert seen.count(after) == 1  # killed right after the rename


def test_the_new_file_is_on_the_disk_before_it_takes_the_place_of_the_old(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(runtime, "sync", lambda file: (sync(file), done.append(os.stat(file.fileno()).st_size)))
    monkeypatch.setattr(os, "rename", lambda *names: (rename(*names), done.append(os.stat(names[1]).st_size)))
    CaseFile(str(tmp_path / "cases"), "boot").save(1.0, NEW, [EVENT])
    assert len(done) == 2
    assert done[0] == done[1]
