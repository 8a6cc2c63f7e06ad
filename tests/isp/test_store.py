import sqlite3
import subprocess
import sys

import pytest

from portvagt_isp import store


def test_a_new_file_has_every_table(tmp_path):
    connection = store.connect(tmp_path / "isp.db")
    tables = {row["name"] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert tables >= {"events", "states", "acks", "commands", "policies", "quarantine", "meta"}
    assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"


def test_it_is_opened_again_as_it_was(tmp_path):
    first = store.connect(tmp_path / "isp.db")
    first.execute("INSERT INTO states VALUES ('cpe', 1.5, 1, NULL, NULL, NULL, NULL, NULL, '{}')")
    assert store.connect(tmp_path / "isp.db").execute("SELECT received FROM states").fetchone()[0] == 1.5


def test_another_version_is_refused(tmp_path):
    store.connect(tmp_path / "isp.db").execute("UPDATE meta SET value = '2' WHERE key = 'version'")
    with pytest.raises(store.UnknownStore, match=r"version 2.*version 1"):
        store.connect(tmp_path / "isp.db")


def test_somebody_elses_file_is_left_alone(tmp_path):
    theirs = sqlite3.connect(tmp_path / "theirs.db")
    theirs.execute("CREATE TABLE photographs (name TEXT)")
    with pytest.raises(store.UnknownStore, match="no store"):
        store.connect(tmp_path / "theirs.db")
    assert [row[0] for row in theirs.execute("SELECT name FROM sqlite_master")] == ["photographs"]


def test_two_that_start_at_once_make_it_once(tmp_path):
    program = "import sys; from portvagt_isp import store; store.connect(sys.argv[1])"
    started = [
        subprocess.Popen([sys.executable, "-c", program, tmp_path / "isp.db"], stderr=subprocess.PIPE) for _ in range(4)
    ]
    assert [(process.wait(30), process.stderr.read()) for process in started] == [(0, b"")] * 4
