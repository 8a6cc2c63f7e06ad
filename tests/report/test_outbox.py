import contextlib
import json
import resource
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portvagt import runtime
from portvagt.report import outbox as module
from portvagt.report.outbox import Outbox


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "outbox")


def event(number, padding=0):
    return {"id": f"e-{number}", "padding": "x" * padding}


def filled(path, count, **bounds):
    box = Outbox(path, **bounds)
    for number in range(count):
        assert box.add(event(number))
    return box


def test_events_wait_in_order_and_survive_a_restart(path):
    filled(path, 3).done("e-1")
    restored = Outbox(path)
    assert restored.damaged == 0
    # the delivery is noted lazily: the event may come again, but none is lost
    assert [each for each in restored.waiting() if each != "e-1"] == ["e-0", "e-2"]
    assert json.loads(restored.text("e-2")) == event(2)


def test_the_file_is_for_its_owner_only(path):
    filled(path, 1)
    assert Path(path).stat().st_mode & 0o777 == 0o600


def test_a_repetition_is_ignored_even_after_delivery_and_restart(path):
    box = filled(path, 2)
    assert box.add(event(1))
    assert box.waiting() == ["e-0", "e-1"]
    box.done("e-0")
    box.done("e-1")
    restored = Outbox(path)
    assert restored.add(event(1))
    assert restored.waiting() == []


def test_when_all_is_delivered_nothing_of_it_stays_on_the_disk(path):
    box = filled(path, 3)
    for identity in box.waiting():
        box.done(identity)
    assert "padding" not in Path(path).read_text()


def test_only_the_last_deliveries_are_remembered(path):
    box = Outbox(path)
    for number in range(module.DELIVERED_MAX + 10):
        box.add(event(number))
        box.done(f"e-{number}")
    remembered = json.loads(Path(path).read_text().split(" ", 1)[1])
    assert remembered == [f"e-{number}" for number in range(10, module.DELIVERED_MAX + 10)]


def test_deliveries_are_noted_in_batches(path, monkeypatch):
    box = filled(path, 100)
    writes = []
    monkeypatch.setattr(runtime, "sync", lambda file: writes.append(file.flush()))
    for identity in box.waiting():
        box.done(identity)
    assert len(writes) == 100 // module.DELIVERED_BATCH


def test_one_write_an_event(path, monkeypatch):
    box = filled(path, 1)
    writes = []
    monkeypatch.setattr(runtime, "sync", lambda file: writes.append(file.flush()))
    box.add(event(7))
    assert len(writes) == 1


def test_the_oldest_goes_when_there_are_too_many(path):
    box = filled(path, 5, count_max=3)
    assert box.waiting() == ["e-2", "e-3", "e-4"]
    assert box.dropped == 2
    assert Outbox(path).waiting() == ["e-2", "e-3", "e-4"]


def acted(identity, action):
    return {"id": identity, "data": {"action": action}}


def test_the_oldest_of_the_least_important_goes_first(path):
    box = Outbox(path, count_max=6)
    actions = ("stopped", "requested", "observed", "released", "confined")
    for action in actions:
        assert box.add(acted(action, action))
    assert box.add({"id": "ack-1", "result": "done"})
    assert box.add(acted("stopped again", "stopped"))
    assert box.waiting() == ["stopped", "observed", "released", "confined", "ack-1", "stopped again"]
    restored = Outbox(path, count_max=6)
    assert restored.add(acted("let out", "let_out"))
    assert restored.waiting() == ["stopped", "observed", "confined", "ack-1", "stopped again", "let out"]
    for number in range(2):
        assert restored.add(acted(f"new {number}", "observed"))
    assert restored.waiting() == ["observed", "confined", "ack-1", "stopped again", "new 0", "new 1"]


def test_no_important_event_goes_for_another(path, capsys):
    box = Outbox(path, count_max=2)
    for number in range(2):
        box.add(acted(f"stopped {number}", "stopped"))
    assert box.add(acted("words", "requested"))  # the guard need not keep it
    assert box.is_safe("words")
    assert box.waiting() == ["stopped 0", "stopped 1"]
    assert box.dropped == 1
    assert "the oldest of the least important events goes: no. 1" in capsys.readouterr().err
    assert box.add(acted("words", "requested"))
    assert box.dropped == 1


EVENTS = st.lists(
    st.tuples(st.sampled_from([*module.IMPORTANT, "requested", "released"]), st.integers(0, 200)), max_size=40
)


@settings(deadline=None, max_examples=60)
@given(EVENTS)
def test_what_is_left_is_the_newest_important_ones_and_the_bounds_hold(tmp_path_factory, events):
    box = Outbox(str(tmp_path_factory.mktemp("box") / "outbox"), count_max=8, bytes_max=1500)
    for number, (action, padding) in enumerate(events):
        box.add({"id": f"e-{number}", "data": {"action": action}, "padding": "x" * padding})
        left = box.waiting()
        assert len(left) <= 8
        assert sum(len(box.text(each)) for each in left) <= 1500
        assert box.dropped == number + 1 - len(left)
    gone = {f"e-{number}" for number in range(len(events))} - set(box.waiting())
    important = [number for number, (action, _) in enumerate(events) if action in module.IMPORTANT]
    lost = [number for number in important if f"e-{number}" in gone]
    assert lost == important[: len(lost)]
    assert all(json.loads(box.text(each))["id"] == each for each in box.waiting())


def test_the_oldest_goes_when_there_are_too_many_bytes(path):
    box = Outbox(path, bytes_max=1000)
    for number in range(5):
        box.add(event(number, 300))
    assert box.waiting() == ["e-3", "e-4"] or box.waiting() == ["e-2", "e-3", "e-4"]
    assert sum(len(box.text(each)) for each in box.waiting()) <= 1000


def test_the_file_stays_small_however_long_the_broker_is_away(path):
    filled(path, 400, count_max=10, bytes_max=2000)
    assert Path(path).stat().st_size < 3 * 2000 + module.DELIVERED_MAX * 12
    assert Outbox(path).waiting() == [f"e-{number}" for number in range(390, 400)]


@pytest.mark.parametrize("bad", [{}, {"id": 7}, {"id": ""}, {"id": "x" * 65}, event(1, 3000)])
def test_what_is_no_event_is_refused(path, bad):
    with pytest.raises(ValueError, match="needs an 'id'"):
        Outbox(path).add(bad)


def test_a_delivery_of_a_dropped_event_is_ignored(path):
    box = filled(path, 3, count_max=2)
    box.done("e-0")
    assert box.waiting() == ["e-1", "e-2"]


@contextlib.contextmanager
def disk_of(size):
    """Files of this process may not grow beyond `size`: a write stops there and fails, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_nothing_and_is_tried_again(path, capsys):
    box = filled(path, 3)
    with disk_of(Path(path).stat().st_size + 5):
        assert not box.add(event(3))
        assert not box.add(event(4))
    assert box.waiting() == [f"e-{number}" for number in range(5)]
    assert [box.is_safe(each) for each in box.waiting()] == [True, True, True, False, False]
    assert box.unsaved() == 2
    assert "can't be stored" in capsys.readouterr().err
    assert Outbox(path).waiting() == ["e-0", "e-1", "e-2"]
    assert box.save()
    assert box.unsaved() == 0
    assert Outbox(path).waiting() == box.waiting()


def test_events_are_delivered_while_the_disk_is_full(path, capsys):
    box = filled(path, 3)
    with disk_of(0):
        box.add(event(3))
        for identity in box.waiting():
            box.done(identity)
        assert box.waiting() == []
        assert box.is_safe("e-3")
    assert "can't be stored" in capsys.readouterr().err
    assert box.save()
    assert Outbox(path).waiting() == []


def test_a_place_that_can_not_be_written_is_no_end(tmp_path):
    box = Outbox(str(tmp_path / "none" / "outbox"))
    assert not box.add(event(1))
    assert box.waiting() == ["e-1"]


def test_a_damaged_file_is_set_aside_and_the_rest_is_kept(path, capsys):
    filled(path, 5)
    content = Path(path).read_bytes()
    Path(path).write_bytes(content.replace(b"e-2", b"e-9"))
    box = Outbox(path)
    assert box.waiting() == ["e-0", "e-1", "e-3", "e-4"]
    assert box.damaged == 1
    assert b"e-9" in Path(path + ".bad").read_bytes()
    assert capsys.readouterr().err.count("\n") == 1
    after = Outbox(path)
    assert after.waiting() == ["e-0", "e-1", "e-3", "e-4"]
    assert after.damaged == 0


def test_a_file_that_can_not_be_opened_counts_as_damaged(path):
    Path(path).mkdir()
    assert Outbox(path).damaged == 1


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_content_of_the_file_is_fatal(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("box") / "outbox"
    path.write_bytes(content)
    assert Outbox(str(path)).add(event(1))
    assert Outbox(str(path)).waiting() == ["e-1"]


@settings(deadline=None)
@given(st.data())
def test_one_flipped_byte_costs_two_events_at_most(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("box") / "outbox"
    filled(str(path), 6)
    content = bytearray(path.read_bytes())
    position = data.draw(st.integers(0, len(content) - 1))
    content[position] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert len(Outbox(str(path)).waiting()) >= 4


STEPS = st.lists(st.one_of(st.just("add"), st.integers(0, 5)), min_size=1, max_size=60)


@settings(deadline=None, max_examples=60)
@given(STEPS, st.data())
def test_any_prefix_of_the_file_restores_every_event_that_was_stored(tmp_path_factory, steps, data):
    """`steps`: add an event, or deliver the n-th that waits. The process dies while it writes: where, `data` says."""
    path = tmp_path_factory.mktemp("box") / "outbox"
    box = Outbox(str(path), count_max=20)
    history = [(b"", set())]  # content of the file, events that must survive
    for number, step in enumerate(steps):
        waiting = box.waiting()
        if step == "add":
            assert box.add(event(number))
        elif step < len(waiting):
            box.done(waiting[step])
        content = path.read_bytes() if path.exists() else b""
        history.append((content, set(box.waiting())))
    last = data.draw(st.integers(1, len(history) - 1))
    (before, stored_before), (after, stored_after) = history[last - 1 : last + 1]
    # a file that was written anew replaces the old one in one step: there is nothing between
    cut = data.draw(st.integers(len(before), len(after))) if after.startswith(before) else len(after)
    path.write_bytes(after[:cut])
    restored = Outbox(str(path), count_max=20)
    must = stored_after if cut == len(after) else stored_before & stored_after
    assert must <= set(restored.waiting())
    assert restored.add(event("new"))
    again = Outbox(str(path), count_max=20)
    assert again.waiting() == restored.waiting()
    assert not Path(str(path) + ".bad").exists()


def test_what_a_killed_rewrite_leaves_behind_is_ignored(path):
    box = filled(path, 3)
    Path(path + ".new").write_bytes(b"half a li")
    assert Outbox(path).waiting() == box.waiting()
