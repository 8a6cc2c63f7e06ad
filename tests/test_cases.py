import json
import stat

import pytest

from portvagt.cases import VERSION, CaseFile
from portvagt.judge.case import EXEMPT, STALE_S, STOPPED, Case

LAPTOP, NAMELESS = b"\x02\x00\x00\x00\x00\x01", b"\xc0\xa8\x01\x14"
EVIDENCE = {"connections": 5, "networks": 5, "seconds": 0.1, "unanswered": 1, "ports": [25], "usual_per_day": 4}


def a_case(state=STOPPED, until=None):
    case = Case(state, "incident", 100.0, EVIDENCE)
    case.token, case.opened_at, case.acknowledged, case.until = "token", 1.7e9, True, until
    case.stops, case.last_attempt, case.requested = 2, 120.0, True
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


def test_a_damaged_file_is_set_aside_and_never_fatal(tmp_path, capsys):
    path = tmp_path / "cases"
    header = json.dumps({"version": VERSION, "boot": "b", "now": 0})
    for damage in ("", "{", "[]", "{}", '{"version": 99}', header + "\n{}", header + '\n{"device"', header + "\n[]"):
        path.write_text(damage)
        assert CaseFile(str(path), "b").load(0.0) == ([], [])
        assert (tmp_path / "cases.bad").read_text() == damage
        assert not path.exists()
    assert "damaged" in capsys.readouterr().err


def test_without_a_file_there_are_no_cases(tmp_path):
    assert CaseFile(str(tmp_path / "none"), "boot").load(0.0) == ([], [])


def test_a_full_disk_is_said_and_the_old_file_stays(tmp_path, capsys):
    path = tmp_path / "cases"
    file = CaseFile(str(path), "boot")
    file.save(0.0, [(LAPTOP, a_case())], [])
    (tmp_path / "cases.new").mkdir()  # stands in for a disk that takes no new file
    file.save(0.0, [], [])
    assert len(path.read_text().splitlines()) == 2
    assert "a restart would forget them" in capsys.readouterr().err
