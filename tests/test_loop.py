import socket

from portvagt import runtime
from portvagt.loop import READ, WRITE, Loop


def test_timers_run_in_order_and_cancelled_ones_do_not():
    loop, ran = Loop(), []
    loop.after(0.02, lambda: ran.append("second"))
    loop.after(0.01, lambda: ran.append("first"))
    loop.after(0.015, lambda: ran.append("never")).cancel()
    loop.after(0.03, loop.stop)
    loop.run()
    assert ran == ["first", "second"]


def test_a_timer_takes_the_reserve_where_there_is_no_memory(monkeypatch):
    loop, ran = Loop(), []
    real, left = runtime.monotonic, [MemoryError()]

    def scarce():
        if left:
            raise left.pop()
        return real()

    monkeypatch.setattr(runtime, "monotonic", scarce)
    loop.after(0, lambda: ran.append("ran"))
    loop.after(0.01, loop.stop)
    loop.run()
    assert ran == ["ran"]


def test_a_turn_for_which_memory_does_not_suffice_is_said_and_survived(monkeypatch, capsys):
    loop, turns = Loop(), []

    def step(_longest):
        turns.append(1)
        if len(turns) == 3:
            loop.stop()
        raise MemoryError

    monkeypatch.setattr(loop, "step", step)
    loop.run()
    assert len(turns) == 3
    assert "out of memory" in capsys.readouterr().err


def test_a_callback_that_fails_on_and_on_fills_no_log(capsys):
    loop = Loop()
    for _ in range(50):
        loop.after(0, lambda: 1 // 0)
    loop.after(0.01, loop.stop)
    loop.run()
    assert capsys.readouterr().err.count("Traceback") == 1


def test_sockets_call_back_until_forgotten():
    loop, got = Loop(), []
    ours, theirs = socket.socketpair()
    loop.watch(ours, lambda events: got.append(ours.recv(10)))
    theirs.send(b"one")
    loop.step(1)
    loop.forget(ours)
    theirs.send(b"two")
    loop.step(0.01)
    assert got == [b"one"]


def test_a_failing_callback_is_logged_and_the_loop_goes_on(capsys):
    loop = Loop()
    loop.after(0, lambda: 1 // 0)
    loop.after(0.01, loop.stop)
    loop.run()
    assert "internal error: ZeroDivisionError" in capsys.readouterr().err


def test_a_callback_may_forget_another_ready_socket():
    loop, got = Loop(), []
    pairs = [socket.socketpair() for _ in range(2)]

    def on_ready(index):
        got.append(index)
        loop.forget(pairs[1 - index][0])

    for index, (ours, theirs) in enumerate(pairs):
        loop.watch(ours, lambda events, index=index: on_ready(index))
        theirs.send(b"x")
    loop.step(1)
    assert len(got) == 1


def test_the_events_waited_for_can_change():
    loop, got = Loop(), []
    ours, _theirs = socket.socketpair()
    loop.watch(ours, got.append, READ)
    loop.step(0.01)
    loop.change(ours, READ | WRITE)
    loop.step(0.01)
    assert got == [WRITE]
