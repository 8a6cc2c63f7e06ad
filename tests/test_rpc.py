import json
import socket
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt import rpc
from portvagt.loop import Loop


def refuse(peer, params):
    raise rpc.Refused("no")


METHODS = {
    "echo": lambda peer, params: params,
    "refuse": refuse,
    "broken": lambda peer, params: 1 // 0,
}


@pytest.fixture
def path(tmp_path):
    """The socket of a server that runs in a thread."""
    loop = Loop()
    where = str(tmp_path / "s.sock")
    rpc.Server(loop, where, METHODS)
    thread = threading.Thread(target=loop.run)
    thread.start()
    yield where
    loop.stop()
    socket.socket(socket.AF_UNIX).connect(where)  # wakes the loop, so that it sees that it is stopped
    thread.join(5)
    assert not thread.is_alive()


def test_a_call_gets_its_result(path):
    assert rpc.call(path, "echo", {"a": [1, "æ"]}) == {"a": [1, "æ"]}


@pytest.mark.parametrize(
    "method, message", [("refuse", "^no$"), ("broken", "internal error, see"), ("shutdown", "no such method")]
)
def test_what_can_not_be_done_is_said(path, method, message):
    with pytest.raises(rpc.Refused, match=message):
        rpc.call(path, method, {})


def test_nobody_there_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        rpc.call(str(tmp_path / "none"), "echo", {})


def talk(path, data):
    with socket.socket(socket.AF_UNIX) as sock:
        sock.settimeout(5)
        sock.connect(path)
        sock.sendall(data)
        return sock.makefile("rb").readline()


@pytest.mark.parametrize("data, code", [(b"{\n", -32700), (b"[1]\n", -32600), (b'{"id":1,"method":7}\n', -32601)])
def test_what_is_no_request_gets_its_error_code(path, data, code):
    assert json.loads(talk(path, data))["error"]["code"] == code


def test_an_endless_line_closes_the_connection(path):
    with pytest.raises(ConnectionResetError):  # with some of it unread
        talk(path, b"x" * (rpc.LINE_MAX + 9000))
    assert rpc.call(path, "echo", {"still": "there"})


def test_clients_that_never_leave_do_not_shut_others_out(path):
    idle = []
    for _ in range(rpc.PEERS_MAX + 4):
        idle.append(socket.socket(socket.AF_UNIX))
        idle[-1].connect(path)
    assert rpc.call(path, "echo", {"a": 1}) == {"a": 1}
    for each in idle:
        each.close()


def test_both_ends_may_call_and_a_lost_peer_answers_with_an_error():
    loop, got = Loop(), []
    ours, theirs = socket.socketpair()
    here = rpc.Peer(loop, ours, {})
    there = rpc.Peer(loop, theirs, {"echo": lambda peer, params: params["n"]})
    here.call("echo", {"n": 7}, lambda result, error: got.append((result, error)))
    loop.step(1)
    loop.step(1)
    here.call("echo", {"n": 8}, lambda result, error: got.append((result, error)))
    there.close()
    loop.step(1)
    assert got == [(7, None), (None, "the connection was closed")]


@given(st.lists(st.binary(max_size=40)))
def test_lines_are_the_same_however_the_stream_is_cut(parts):
    whole = rpc.Lines().feed(b"".join(parts))
    lines = rpc.Lines()
    assert [line for part in parts for line in lines.feed(part)] == whole
