"""The power is cut, or SIGKILL comes, at each step of writing cases and outbox: a real process, killed for real.

What the kernel had not been told to put on the disk (fsync) may then be lost: that part is cut off the file.
"""

import builtins
import json
import os
import signal

import pytest
from tests.test_cases import LAPTOP, NAMELESS, a_case

from portvagt import runtime
from portvagt.cases import CaseFile
from portvagt.report.outbox import DELIVERED_BATCH, Outbox

OLD = [(LAPTOP, a_case())]
NEW = [(LAPTOP, a_case()), (NAMELESS, a_case())]
EVENT = json.dumps({"specversion": "1.0", "id": "a-1"})
STEPS_MAX = 100
OUTBOX_STEPS_MAX = 1000


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


open_file, rename, sync, sync_directory = builtins.open, os.rename, runtime.sync, runtime.sync_directory


def killed_at(last, work, on_synced=lambda file: None):
    """Whether a process that does `work()` was killed at its step `last`, or came to the end before."""
    child = os.fork()
    if not child:
        steps = Steps(last)
        builtins.open = lambda *arguments: SteppedFile(steps, *arguments)
        runtime.sync = lambda file: (steps.next(), sync(file), on_synced(file), steps.next())
        os.rename = lambda *names: (steps.next(), rename(*names), steps.next())
        runtime.sync_directory = lambda path: (steps.next(), sync_directory(path))
        work()
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL


def write_until(path, last):
    return killed_at(last, lambda: CaseFile(path, "boot").save(2.0, NEW, [EVENT]))


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
    assert seen.count(after) == 2  # killed right after the rename, and when the directory was to be synced


def test_the_new_file_is_on_the_disk_before_it_takes_the_place_of_the_old_and_then_its_name(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(runtime, "sync", lambda file: (sync(file), done.append(os.stat(file.fileno()).st_size)))
    monkeypatch.setattr(os, "rename", lambda *names: (rename(*names), done.append(os.stat(names[1]).st_size)))
    monkeypatch.setattr(runtime, "sync_directory", lambda path: (sync_directory(path), done.append(path)))
    CaseFile(str(tmp_path / "cases"), "boot").save(1.0, NEW, [EVENT])
    written, renamed, directory = done
    assert written == renamed
    assert directory == f"{tmp_path}/"


class Diary:
    """What a process did before it was killed, through a pipe: ("stored" | "delivered", id) or ("synced", bytes)."""

    def __init__(self):
        self._reader, self._writer = os.pipe()

    def note(self, *words):
        os.write(self._writer, json.dumps(words).encode() + b"\n")

    def read(self):
        os.close(self._writer)
        with os.fdopen(self._reader, "rb") as file:
            return [tuple(json.loads(line)) for line in file]


def life(path, diary):
    """Events come and go: the file is made, added to, written anew when it is empty and when it is full."""

    def work():
        box = Outbox(path, bytes_max=700)
        for number in range(DELIVERED_BATCH + 8):
            identity = f"e-{number}"
            if box.add({"id": identity, "padding": "x" * 40}):
                diary.note("stored", identity)
            if number % 7 != 3:
                gone = box.waiting()[0]
                diary.note("delivered", gone)  # the broker has it before we know
                box.done(gone)
        for gone in box.waiting():
            diary.note("delivered", gone)
            box.done(gone)

    return work


@pytest.mark.parametrize("power_cut", [False, True], ids=["killed", "power cut"])
def test_an_event_that_the_guard_may_forget_arrives_whatever_is_cut_when(tmp_path, power_cut):
    """The ISP drops repetitions by their id (docs/contract/README.md), so at least once is once."""
    seen = 0
    for step in range(OUTBOX_STEPS_MAX):
        path = tmp_path / f"outbox-{step}"
        diary = Diary()
        killed = killed_at(step, life(str(path), diary), lambda file, diary=diary: diary.note("synced", size(file)))
        notes = diary.read()
        if not killed:
            break
        if power_cut:
            lose_what_was_not_synced(path, notes)
        stored = {value for what, value in notes if what == "stored"}
        delivered = {value for what, value in notes if what == "delivered"}
        box = Outbox(str(path), bytes_max=700)
        assert stored - delivered <= set(box.waiting())
        assert box.damaged == 0
        assert box.add({"id": "next"})
        assert Outbox(str(path), bytes_max=700).waiting() == box.waiting()
        seen += 1
    assert 100 < seen < OUTBOX_STEPS_MAX
    assert delivered == stored


def size(file):
    return os.stat(file.fileno()).st_size


def lose_what_was_not_synced(path, notes):
    """What was added since the last fsync; of a file that was not yet renamed, all."""
    beside = path.with_name(path.name + ".new")
    synced = [value for what, value in notes if what == "synced"]
    if beside.exists():
        os.truncate(beside, 0)
    elif path.exists() and synced:
        os.truncate(path, min(path.stat().st_size, synced[-1]))
