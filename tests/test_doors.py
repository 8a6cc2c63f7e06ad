"""What the guard's sockets tell, without a kernel behind them."""

from types import SimpleNamespace

import pytest

from portvagt import config, rpc, runtime
from portvagt.doors import Doors
from portvagt.loop import Loop
from portvagt.reporter_door import EVENTS_SHOWN


def opened(directory, enabled):
    text = (
        f"config main\n option run_dir '{directory}'\nconfig report\n option enabled {enabled}\n option cpe_id c\n"
        " option broker b\n"
    )
    doors = Doors(SimpleNamespace(config=config.parse(text, "test"), loop=Loop(), unstored={}))
    doors.open()
    return doors


@pytest.fixture
def asked(tmp_path):
    """Doors, and a reporter behind one of them."""
    doors = opened(tmp_path, 1)
    loop = doors._guard.loop
    assert doors.reporter.reporting() == {"status": "the reporter does not run", "seconds": None}
    sock = runtime.unix_connect(f"{tmp_path}/reporter/reporter.sock", 5)
    reporter = rpc.Peer(loop, sock, {}, lambda _: None)
    while doors.reporter.reporting()["seconds"] is None:
        loop.step(0.1)
    return SimpleNamespace(doors=doors, loop=loop, reporter=reporter)


def tell(asked, **params):
    answers = []
    asked.reporter.call("reporting", params, lambda *answer: answers.append(answer))
    while not answers:
        asked.loop.step(0.1)
    return answers[0]


def test_who_switched_reporting_off_is_told_nothing_of_it(tmp_path):
    assert opened(tmp_path, 0).reporter.reporting() is None


def test_the_reporter_s_words_are_passed_on(asked):
    assert tell(asked, status="no connection: nobody listens", seconds=90) == ({}, None)
    assert asked.doors.reporter.reporting() == {"status": "no connection: nobody listens", "seconds": 90}


@pytest.mark.parametrize("params", [{"status": "", "seconds": 1}, {"status": "x" * 401, "seconds": 1}, {"status": "x"}])
def test_what_is_no_word_of_it_is_refused(asked, params):
    assert tell(asked, **params)[1]
    assert asked.doors.reporter.reporting()["status"] != "x"


def test_a_reporter_that_ends_is_noticed(asked):
    tell(asked, status="connected to b:8883", seconds=0)
    asked.reporter.close()
    while asked.doors.reporter.reporting()["seconds"] is not None:
        asked.loop.step(0.1)
    assert asked.doors.reporter.reporting()["status"] == "the reporter does not run"


def test_the_last_events_can_be_asked_for(asked, tmp_path):
    for number in range(EVENTS_SHOWN + 3):
        asked.doors.reporter.push({"id": str(number)})
    admin = rpc.Peer(asked.loop, runtime.unix_connect(f"{tmp_path}/admin/admin.sock", 5), {}, lambda _: None)
    answers = []
    admin.call("events", {}, lambda *answer: answers.append(answer))
    while not answers:
        asked.loop.step(0.1)
    assert [event["id"] for event in answers[0][0]["events"]] == [str(number) for number in range(3, EVENTS_SHOWN + 3)]
