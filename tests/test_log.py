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


def test_what_is_well_is_no_error_in_syslog(capsys):
    log.info("the guard watches", "policy stop")
    log.warning("something is worse")
    said = capsys.readouterr()
    assert said.out == "portvagt: info: the guard watches: policy stop\n"
    assert said.err == "portvagt: warning: something is worse\n"


def test_all_kinds_together_are_bounded(capsys):
    for number in range(3 * log.ALL_LINES_A_MINUTE):
        log.warning(f"kind {number}")
    assert len(capsys.readouterr().err.splitlines()) == log.ALL_LINES_A_MINUTE


def test_a_failure_says_where_once_a_minute(capsys, monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(runtime, "monotonic", lambda: now[0])

    def fail():
        try:
            raise KeyError("broken")
        except KeyError as error:
            log.failure(error)
        return capsys.readouterr().err

    assert "internal error: KeyError('broken')" in (first := fail()) and "Traceback" in first
    assert "internal error" in (second := fail()) and "Traceback" not in second
    now[0] += 60
    assert "Traceback" in fail()
