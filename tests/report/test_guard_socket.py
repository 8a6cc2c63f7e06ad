"""The reporter's side of the socket, against a guard that is slow, silent or gone."""

import pytest

from portvagt import rpc
from portvagt.loop import Loop
from portvagt.report import guard_socket
from portvagt.report.guard_socket import GuardSocket


@pytest.fixture
def loop():
    return Loop()


def turn(loop, condition, turns=200):
    for _ in range(turns):
        if condition():
            return
        loop.step(0.05)
    pytest.fail("nothing came")


def test_an_absent_guard_answers_nothing(loop, tmp_path):
    guard, said = GuardSocket(loop, str(tmp_path / "s"), print, print), []
    guard.connect()
    guard.stored("e-1")
    guard.state(said.append)
    assert said == [None]


def test_a_silent_guard_is_not_waited_for(loop, tmp_path, monkeypatch):
    monkeypatch.setattr(guard_socket, "ANSWER_S", 0.2)
    path, said = str(tmp_path / "s"), []
    listener = rpc.runtime.unix_listener(path)
    guard = GuardSocket(loop, path, print, print)
    guard.connect()
    guard.state(said.append)
    turn(loop, lambda: said)
    assert said == [None]
    listener.close()


def test_a_late_answer_is_not_passed_on_twice():
    said = []
    question = guard_socket._Question(Loop(), said.append)
    question._expire()
    question.answer({"policy": "stop"}, None)
    assert said == [None]


@pytest.mark.parametrize("answer", [(None, "refused"), ([1], None)])
def test_what_is_no_answer_counts_as_none(answer):
    said = []
    guard_socket._Question(Loop(), said.append).answer(*answer)
    assert said == [None]


def test_a_guard_that_comes_later_and_restarts_is_found(loop, tmp_path):
    path, events, times = str(tmp_path / "s"), [], []
    guard = GuardSocket(loop, path, events.append, lambda: times.append("connected"))
    guard.connect()
    greet = {"jsonrpc": "2.0", "method": "event", "params": {"id": "e-1"}}
    server = rpc.Server(loop, path, {}, lambda peer: peer.notify("event", greet["params"]))
    turn(loop, lambda: len(events) == 1)
    server.peers[0].close()
    turn(loop, lambda: len(events) == 2)
    assert events == [{"id": "e-1"}] * 2
    assert times == ["connected"] * 2
