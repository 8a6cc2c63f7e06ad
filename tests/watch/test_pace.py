"""A socket of which much is told is read at intervals; what is told alone is read at once."""

import socket
import time

import pytest

from portvagt.loop import Loop
from portvagt.watch.pace import AT_ONCE, OFTEN_S, REST_S, Pace


class Told:
    """A socket that counts how often it was read, by a loop that runs."""

    def __init__(self):
        self.loop = Loop()
        self.ours, self.theirs = socket.socketpair(type=socket.SOCK_DGRAM)
        self.ours.setblocking(False)
        self.readings = []
        Pace(self.loop, self.ours, self._read)

    def tell(self, seconds=0.0):
        self.theirs.send(b"x")
        ends = time.monotonic() + seconds
        while True:
            self.loop.step(max(0.0, min(0.001, ends - time.monotonic())))
            if time.monotonic() >= ends:
                return

    def _read(self, most=32):
        for count in range(most):
            try:
                self.ours.recv(10)
            except BlockingIOError:
                self.readings.append(count)
                return False
        self.readings.append(most)
        return True

    def close(self):
        self.ours.close()
        self.theirs.close()


@pytest.fixture
def told():
    it = Told()
    yield it
    it.close()


def test_what_is_told_alone_is_read_at_once(told):
    for _ in range(3):
        time.sleep(OFTEN_S)
        told.tell()
    assert told.readings == [1, 1, 1]


def test_the_first_of_many_are_read_at_once(told):
    for _ in range(AT_ONCE):
        told.tell()
    assert told.readings == [1] * AT_ONCE


def test_a_flood_is_read_at_intervals_and_none_of_it_is_left(told):
    began = time.monotonic()
    for _ in range(300):
        told.tell(0.001)
    took_s = time.monotonic() - began
    for _ in range(3):
        told.loop.step(OFTEN_S)
    assert sum(told.readings) == 300
    assert len(told.readings) < took_s / REST_S + 4 * AT_ONCE  # once it may begin anew, on a busy machine


@pytest.fixture
def flooded(told):
    """It rests, with something to read."""
    for number in range(1, 10 * AT_ONCE):
        told.tell()
        if sum(told.readings) < number:
            return told
    pytest.fail("it never rests")


def test_more_than_one_reading_holds_is_read_without_a_rest(flooded):
    before = sum(flooded.readings)
    for _ in range(100):
        flooded.theirs.send(b"x")
    flooded.loop.step(OFTEN_S)
    for _ in range(4):
        flooded.loop.step(0)
    assert sum(flooded.readings) >= before + 100


def test_after_a_rest_in_which_nothing_was_told_it_sleeps_and_is_quick_again(flooded):
    for _ in range(3):
        flooded.loop.step(OFTEN_S)
    before = len(flooded.readings)
    flooded.loop.step(2 * OFTEN_S)
    assert len(flooded.readings) == before
    for _ in range(3):
        flooded.tell()
    assert flooded.readings[-3:] == [1, 1, 1]


def test_a_reading_that_fails_does_not_end_the_watch():
    loop, reading = Loop(), []
    ours, theirs = socket.socketpair(type=socket.SOCK_DGRAM)
    ours.setblocking(False)

    def fail():
        reading.append(ours.recv(10))
        raise RuntimeError("odd")

    Pace(loop, ours, fail)
    with ours, theirs:
        for _ in range(AT_ONCE + 9):
            theirs.send(b"x")
            loop.step(0)
    assert len(reading) == AT_ONCE + 9
