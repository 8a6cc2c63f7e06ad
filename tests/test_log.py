from portvagt import log, runtime


def test_a_flood_of_one_kind_is_cut_and_others_are_heard(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(runtime, "monotonic", lambda: now[0])
    for number in range(50):
        log.warning("a flood", str(number))
    log.error("another matter")
    said = capsys.readouterr().err.splitlines()
    assert len(said) == log.LINES_A_MINUTE + 1
    assert said[0] == "portvagt: warning: a flood: 0"
    assert said[-1] == "portvagt: error: another matter"
    now[0] += 60
    log.warning("a flood", "again")
    assert capsys.readouterr().err == "portvagt: warning: a flood: again\n"
