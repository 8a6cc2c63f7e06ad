"""The benchmark of what watching costs, run small: who is told what, and what becomes of a rival that dies."""

import argparse
import sys

from portvagt_sim.bench import flows, watchers

NEW = "conntrack -E -e NEW"
RATE, SECONDS = 2_000, 0.5
SENT = int(RATE * SECONDS)
DEAF = """
import errno, socket, time
kernel = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
kernel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
kernel.bind((0, 1))
time.sleep(1)
try:
    kernel.recv(8192)
except OSError as error:
    print(errno.errorcode[error.errno])
"""


def rows_of(rival):
    args = argparse.Namespace(runtime=["cpython"], rival=[rival], rate=[RATE], seconds=SECONDS)
    rows = flows.measure(args, lambda *_: None)
    return {(row["subject"], row["port"]): row for row in rows}


def test_mail_is_seen_by_all_and_the_web_wakes_only_the_rival():
    rows = rows_of(NEW)
    for subject in ("guard, cpython", NEW):
        mail = rows[subject, flows.MAIL]
        assert (mail["sent"], mail["seen"], mail["lost"], mail["times_lost"]) == (SENT, SENT, 0, 0), mail
        assert rows[subject, flows.WEB]["seen"] == 0
    ours, theirs = (rows[subject, flows.WEB]["wakeups"] for subject in ("guard, cpython", NEW))
    assert ours * 10 < theirs, rows
    assert all(row["rss_kb"] > 0 and row["ended_by"] is None for row in rows.values()), rows


def test_a_rival_that_dies_is_a_row(monkeypatch):
    def deaf(netns, directory):
        return watchers.rival(netns, directory, [sys.executable, "-c", DEAF], lambda _: watchers.Account(times_lost=1))

    monkeypatch.setitem(flows.RIVALS, "deaf", deaf)
    row = rows_of("deaf")["deaf", flows.MAIL]
    assert (row["ended_by"], row["times_lost"], row["lost"], row["rss_kb"]) == ("ENOBUFS", 1, None, None), row
