import binascii
import json
import stat
import tracemalloc

import pytest

from portvagt import json_lines, log
from portvagt.cases import VERSION, CaseFile
from portvagt.judge.case import EXEMPT, STALE_S, STOPPED, Case

LAPTOP, NAMELESS = b"\x02\x00\x00\x00\x00\x01", b"\xc0\xa8\x01\x14"
EVIDENCE = {"connections": 5, "networks": 5, "seconds": 0.1, "unanswered": 1, "ports": [25], "usual_per_day": 4}


def a_case(state=STOPPED, until=None):
    case = Case(state, "incident", 100.0, EVIDENCE)
    case.token, case.opened_at, case.acknowledged, case.until = "token", 1.7e9, True, until
    case.stops, case.last_attempt, case.requested = 2, 120.0, 2
    case.claimed, case.disowned, case.token_made = True, True, 110.0
    case.familiar = [bytes([192, 0, 2]), bytes([0x20, 1, 0xD, 0xB8, 0, 1])]
    return case


def fields(case):
    return {name: getattr(case, name) for name in Case.__slots__}


def test_what_was_saved_comes_back(tmp_path):
    path = str(tmp_path / "cases")
    events = ['{"specversion": "1.0", "id": "a-1"}']
    CaseFile(path, "boot").save(150.0, [(LAPTOP, a_case()), (NAMELESS, a_case(EXEMPT, 500.0))], events)
    cases, unstored = CaseFile(path, "boot").load(160.0)
    assert [key for key, _ in cases] == [LAPTOP, NAMELESS]
    assert fields(cases[0][1]) == fields(a_case())
    assert cases[1][1].until == 500.0
    assert unstored == events


def test_a_file_of_the_last_version_is_read(tmp_path):
    path = tmp_path / "cases"
    file = CaseFile(str(path), "boot")
    file.save(150.0, [(LAPTOP, a_case())], [])
    header, item, _ = [json.loads(line) for line in path.read_text().splitlines()]
    for name in ("claimed", "disowned", "token_made"):
        del item[name]
    json_lines.write(str(path), [{**header, "version": VERSION - 1}, {**item, "requested": True}])
    [(_, case)], _ = file.load(160.0)
    assert (case.requested, case.claimed, case.disowned, case.token_made) == (1, False, False, 100.0)
    assert case.familiar == a_case().familiar


def test_after_a_reboot_the_time_off_counts_as_none(tmp_path):
    path = str(tmp_path / "cases")
    CaseFile(path, "boot").save(150.0, [(LAPTOP, a_case(EXEMPT, 500.0))], [])
    [(_, case)], _ = CaseFile(path, "another boot").load(7.0)
    assert (case.opened, case.until, case.last_attempt) == (-43.0, 357.0, 7.0)


@pytest.mark.parametrize("silence, kept", [(STALE_S - 1, 0), (STALE_S, STALE_S)])
def test_after_a_power_cut_a_short_silence_begins_anew(tmp_path, silence, kept):
    path, case = str(tmp_path / "cases"), a_case()
    CaseFile(path, "boot").save(case.last_attempt + silence, [(LAPTOP, case)], [])
    [(_, found)], _ = CaseFile(path, "another boot").load(7.0)
    assert found.last_attempt == 7.0 - kept


def test_only_the_guard_may_read_it(tmp_path):
    path = tmp_path / "cases"
    CaseFile(str(path), "boot").save(0.0, [(LAPTOP, a_case())], [])
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def written(tmp_path):
    """A whole file of two devices and an event, and its bytes."""
    path = tmp_path / "cases"
    events = ['{"specversion": "1.0", "id": "a-1"}']
    CaseFile(str(path), "b").save(150.0, [(LAPTOP, a_case()), (NAMELESS, a_case(EXEMPT, 500.0))], events)
    return path, path.read_bytes()


def of_version(version):
    lines = [json.dumps({"version": version, "boot": "b", "now": 0}).encode() + b"\n"]
    crc = {"crc32": binascii.crc32(lines[0])}
    return b"".join([*lines, json.dumps(crc).encode() + b"\n"])


DAMAGES = {
    "empty": b"",
    "zeros": bytes(4096),
    "binary": bytes(range(256)) * 64,
    "nested": b"[" * 7000 + b"\n",
    "no case": b"{}\n",
    "too old a version": of_version(VERSION - 2),
    "a future version": of_version(VERSION + 1),
    "of no version": b'{"crc32": 0}\n',
    "huge": b"1\n" * 1_000_000,
    "a huge line": b"1" * 50_000_000,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_set_aside_counted_and_never_fatal(tmp_path, capsys, monkeypatch, damage):
    monkeypatch.setattr(log, "_windows", {})
    path = tmp_path / "cases"
    path.write_bytes(DAMAGES[damage])
    file = CaseFile(str(path), "b")
    tracemalloc.start()
    assert file.load(0.0) == ([], [])
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert file.damaged == 1
    assert (tmp_path / "cases.bad").read_bytes() == DAMAGES[damage]
    assert not path.exists()
    assert "damaged" in capsys.readouterr().err
    assert file.load(0.0) == ([], [])
    assert file.damaged == 1


def test_a_file_that_was_cut_anywhere_is_never_taken_for_a_whole_one(tmp_path):
    path, whole = written(tmp_path)
    for length in range(len(whole)):
        path.write_bytes(whole[:length])
        file = CaseFile(str(path), "b")
        assert file.load(0.0) == ([], [])
        assert file.damaged == 1


def test_a_flipped_bit_anywhere_is_noticed(tmp_path):
    path, whole = written(tmp_path)
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << at % 8]) + whole[at + 1 :])
        assert CaseFile(str(path), "b").load(0.0) == ([], [])


def test_of_several_damaged_files_the_first_and_the_last_are_kept(tmp_path):
    path = tmp_path / "cases"
    for text in ("first", "second", "third"):
        path.write_text(text)
        CaseFile(str(path), "b").load(0.0)
    assert {each.name: each.read_text() for each in tmp_path.iterdir()} == {"cases.bad": "first", "cases.bad2": "third"}


def test_without_a_file_there_are_no_cases(tmp_path):
    assert CaseFile(str(tmp_path / "none"), "boot").load(0.0) == ([], [])


def test_a_full_disk_is_said_and_the_old_file_stays(tmp_path, capsys):
    path = tmp_path / "cases"
    file = CaseFile(str(path), "boot")
    file.save(0.0, [(LAPTOP, a_case())], [])
    (tmp_path / "cases.new").mkdir()  # stands in for a disk that takes no new file
    assert not file.save(0.0, [], [])
    assert len(path.read_text().splitlines()) == 3
    assert "a restart would forget them" in capsys.readouterr().err
