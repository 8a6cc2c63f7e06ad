"""Recorded traffic, in each format, through the real command; what a person's mistake looks like."""

import gzip
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

TRACES = Path(__file__).parents[3] / "shared" / "traces"
HEADER = "start,dur,src,sport,dst,dport,state,origin\n"


def replay(*arguments):
    argv = [sys.executable, "-m", "portvagt_sim", "replay", *map(str, arguments)]
    return subprocess.run(argv, env=dict(os.environ), capture_output=True, text=True, timeout=60, check=False)


def rows(*arguments):
    done = replay("--json", *arguments)
    assert (done.returncode, done.stderr) == (0, "")
    return [json.loads(line) for line in done.stdout.splitlines()]


def csv_row(start, dst, dport=25, src="10.0.0.5", state="SF"):
    return f"{start},0.5,{src},{40000 + int(start) % 20000},{dst},{dport},{state},home\n"


def burst(first=1_700_000_000.0, count=40, **options):
    """A zombie: ten a second, each to a network of its own."""
    return [csv_row(first + number / 10, f"198.18.{number}.25", **options) for number in range(count)]


def week_of_a_family(seed=1):
    """Three devices on two providers behind rotating addresses, for a week."""
    chance = random.Random(seed)
    found = []
    for device in range(3):
        for _ in range(7 * 30):
            network = chance.choice(["203.0.113", "203.0.112", "192.0.2"])
            start = 1_700_000_000 + chance.random() * 7 * 86400
            found.append(csv_row(start, f"{network}.{chance.randrange(1, 200)}", 587, f"10.0.0.{device}"))
    return found


@pytest.fixture
def write(tmp_path):
    def written(name, text):
        path = tmp_path / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    return written


@pytest.mark.parametrize("name", ["trace.csv", "trace.csv.gz"])
def test_a_zombie_in_a_csv_is_stopped_within_six_connections(write, name):
    [row] = rows(write(name, HEADER + "".join(burst())))
    assert row["verdict"] == "zombie"
    assert row["connections"] == row["first_contacts"] <= 6
    assert (row["origin"], row["src"]) == ("home", "10.0.0.5")
    assert row["score"] >= row["threshold"]
    assert "networks never contacted before" in row["reasons"]


def test_a_family_is_clear(write):
    found = rows(write("week.csv", HEADER + "".join(week_of_a_family())))
    assert [row["verdict"] for row in found] == ["clear"] * 3
    assert all(row["connections"] == 210 for row in found)


def test_rows_need_no_order(write):
    shuffled = burst()
    random.Random(2).shuffle(shuffled)
    assert rows(write("a.csv", HEADER + "".join(shuffled))) == rows(write("b.csv", HEADER + "".join(burst())))


def test_failures_are_no_requirement_and_are_counted(write):
    for state, unanswered in (("SF", 0), ("S0", 4)):
        [row] = rows(write(f"{state}.csv", HEADER + "".join(burst(state=state))))
        assert row["verdict"] == "zombie"
        assert row["connections"] <= 6
        assert f"{max(unanswered, 1)} unanswered" in row["reasons"]  # the deciding one has no answer yet


def test_only_the_chosen_ports_count(write):
    path = write("trace.csv", HEADER + "".join(burst(dport=587)))
    assert rows(path, "--ports", "587")[0]["verdict"] == "zombie"
    done = replay(path, "--ports", "25")
    assert done.stdout == ""
    assert "no connection to the ports 25" in done.stderr


def test_conntrack_events(write):
    lines = [
        f"[{1700000000 + number / 10:.6f}]\t    [NEW] tcp      6 120 SYN_SENT src=192.168.1.20 dst=198.18.{number}.25 "
        f"sport={40000 + number} dport=25 [UNREPLIED] src=198.18.{number}.25 dst=192.168.1.20 sport=25 dport=4\n"
        f"[{1700000000 + number / 10:.6f}]\t [UPDATE] tcp      6 60 SYN_RECV src=192.168.1.20 dst=1.2.3.4 sport=1\n"
        for number in range(20)
    ]
    [row] = rows(write("events", "".join(lines)))
    assert (row["verdict"], row["src"]) == ("zombie", "192.168.1.20")
    assert row["connections"] <= 6


def test_zeeks_conn_log(write):
    names = ("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto", "conn_state")
    head = "#separator \\x09\n#path\tconn\n" + "\t".join(("#fields", *names)) + "\n"
    lines = [
        f"{1700000000 + number / 10}\tC{number}\tfe80::5\t{40000 + number}\t2001:db8:{number}::25\t25\ttcp\tS0\n"
        f"{1700000000 + number / 10}\tU{number}\tfe80::5\t5353\t2001:db8::53\t25\tudp\tSF\n"
        for number in range(20)
    ]
    [row] = rows(write("conn.log", head + "".join(lines)))
    assert row["verdict"] == "zombie"
    assert row["connections"] <= 6


def test_a_mail_log_is_connections_to_the_own_relay(write):
    text = "start,src,n_rcpt,rcpt\n" + "".join(f"{second * 20},582,3,1 2 3\n" for second in range(500))
    [row] = rows(write("mails.csv", text))
    assert (row["verdict"], row["connections"], row["first_contacts"]) == ("clear", 500, 1)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("x,0,10.0.0.5,1,198.18.0.1,25,SF,home\n", "could not convert string to float: 'x'"),
        ("1,0,10.0.0.5,1,mx.example,25,SF,home\n", "'mx.example' does not appear to be an IPv4 or IPv6 address"),
        ("1,0,10.0.0.5,1,198.18.0.1,99999,SF,home\n", "out of range"),
        ("nan,0,10.0.0.5,1,198.18.0.1,25,SF,home\n", "out of range"),
        ("1,0,10.0.0.5\n", "has 3 columns, the header 8"),
    ],
)
def test_a_bad_row_is_named_or_counted(write, row, problem):
    path = write("trace.csv", HEADER + "".join(burst(count=2)) + row)
    done = replay(path)
    assert done.returncode == 1
    assert f"{path}:4: " in done.stderr
    assert problem in done.stderr
    assert "Traceback" not in done.stderr
    skipped = replay("--skip-bad", path)
    assert skipped.returncode == 0
    assert "1 rows could not be read" in skipped.stderr


@pytest.mark.parametrize(
    ("content", "problem"),
    [("", "is neither a CSV header"), ("hello\n", "is neither a CSV header"), ("\x1f\x8b rubbish", "can't be read")],
)
def test_a_file_that_is_nothing_of_ours_is_one_line(tmp_path, content, problem):
    path = tmp_path / "file"
    path.write_bytes(content.encode("latin-1"))
    done = replay(path)
    assert done.returncode == 1
    assert problem in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_missing_file_and_wrong_ports_are_one_line(tmp_path):
    for arguments in ((tmp_path / "none",), (tmp_path, "--ports", "smtp")):
        done = replay(*arguments)
        assert done.returncode == 1
        assert done.stderr.count("\n") == 1


@pytest.mark.skipif(not TRACES.exists(), reason="the real traces are not here; the generated ones above say the same")
def test_real_traces():
    for ports in ("25,465,587", "25"):
        [emotet] = rows(TRACES / "bot_emotet_20220208.csv.gz", "--ports", ports)
        assert emotet["verdict"] == "zombie"
        assert emotet["connections"] <= 6
    for path in [*TRACES.glob("norm_*.csv.gz"), *TRACES.glob("hardneg_*.csv.gz")]:
        assert {row["verdict"] for row in rows(path)} == {"clear"}, path.name
