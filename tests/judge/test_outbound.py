"""The ring against a plain list of everything that was added."""

import sys
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.judge.outbound import CHUNK, SECOND_MAX, Found, Outbound

DAY = 86400
LAPTOP, PHONE = b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2"
MX, OTHER_MX = bytes([198, 18, 7, 25]), bytes([198, 18, 8, 25])
STARTED = 1000.5


class Added(NamedTuple):
    """What add() takes."""

    now: float
    key: bytes
    destination: bytes
    port: int
    source_port: int


class Question(NamedTuple):
    """What find() takes after `now`."""

    at: float
    tolerance_s: float
    destination: bytes
    source_port: "int | None"


# few of each, so that many match; zeros, so that a record looks like another that begins elsewhere
keys = st.sampled_from([LAPTOP, bytes(6), bytes(4), bytes([192, 168, 1, 20]), bytes(16), bytes(range(16))])
destinations = st.sampled_from([MX, OTHER_MX, bytes(4), bytes(16)])
source_ports = st.sampled_from([0, 1, 47908, 65535])
additions = st.lists(
    st.tuples(
        st.sampled_from([0.0, 0.4, 1.0, 59.9, 3600.0, 2.0 * DAY]),
        keys,
        destinations,
        st.sampled_from([25, 465, 587]),
        source_ports,
    ),
    max_size=60,
)


def filled(drawn, chunks_max=79):
    """A ring with what was drawn, each some seconds after the one before; the list of it; the time after all that."""
    ring, model, now = Outbound(STARTED, DAY, chunks_max), [], STARTED
    for pause, *rest in drawn:
        now += pause
        model.append(Added(now, *rest))
        ring.add(*model[-1])
        if pause:
            ring.forget(now)
    return ring, model, now


@st.composite
def questions(draw, model):
    about = draw(st.sampled_from([STARTED] + [each.now for each in model]))
    at = about + draw(st.sampled_from([-3601.0, -60.5, -1.0, -0.6, 0.0, 0.6, 1.0, 60.5, 3601.0]))
    tolerance = draw(st.sampled_from([0, 1, 60, 3600, 3.0 * DAY]))
    return Question(at, tolerance, draw(destinations), draw(st.none() | source_ports))


def matching(model, oldest, question):
    """What find() should say of those that happened since `oldest`."""
    found, ports = {}, set()
    for each in model:
        second = int(each.now)
        touches = second + 1 > question.at - question.tolerance_s and second <= question.at + question.tolerance_s
        alike = each.destination == question.destination and question.source_port in (None, each.source_port)
        if touches and alike and second + 1 > oldest:
            found[each.key] = found.get(each.key, 0) + 1
            ports.add(each.port)
    return found, ports


@given(additions, st.sampled_from([0.0, 1.0, 7200.0, 2.0 * DAY]), st.data())
def test_it_finds_what_a_list_of_the_last_day_finds(drawn, pause, data):
    ring, model, last = filled(drawn)
    now = last + pause
    question = data.draw(questions(model))
    found = ring.find(now, *question)
    assert (found.connections, found.ports) == matching(model, now - DAY, question)
    assert found.complete_since == max(STARTED, now - DAY)


@given(additions, st.data())
def test_a_full_ring_has_all_since_it_is_complete_and_invents_nothing(drawn, data):
    ring, model, now = filled((drawn * 150)[:150], chunks_max=2)
    question = data.draw(questions(model))
    found = ring.find(now, *question)
    all_of_them, _ = matching(model, now - DAY, question)
    assert all(count <= all_of_them.get(key, 0) for key, count in found.connections.items())
    since_complete = question._replace(at=now, tolerance_s=now - found.complete_since - 0.01)
    assert ring.find(now, *since_complete).connections == matching(model, now - DAY, since_complete)[0]


@given(
    st.floats(0, 4e9),
    st.floats() | st.integers(-(10**9), 10**9),
    st.floats() | st.integers(-(10**9), 10**9),
    st.binary(max_size=40),
    st.none() | st.integers(),
)
def test_no_question_is_too_strange(now, at, tolerance_s, destination, source_port):
    ring = Outbound(STARTED, DAY)
    ring.add(now, LAPTOP, MX, 25, 47908)
    found = ring.find(now, at, tolerance_s, destination, source_port)
    assert isinstance(found, Found)
    assert set(found.connections) <= {LAPTOP}


def test_a_clock_that_jumps_loses_nothing_but_age():
    ring = Outbound(STARTED, DAY)
    for now in (2000.0, 5.0, 3000.0):
        ring.add(now, LAPTOP, MX, 25, 47908)
    assert ring.find(3000.0, 5.0, 0, MX).connections == {LAPTOP: 1}
    assert ring.find(9e8, 3000.0, 9e9, MX).connections == {}
    ring.add(4000.0, LAPTOP, MX, 25, 47908)
    assert ring.find(4000.0, 4000.0, 0, MX).connections == {LAPTOP: 1}


def size(ring):
    """Bytes that the ring's records take."""
    return sum(map(sys.getsizeof, ring._chunks))


@pytest.mark.parametrize("key_size", [4, 6, 16])
def test_it_is_bounded(key_size):
    ring = Outbound(STARTED, DAY)
    for number in range(20_000):
        ring.add(STARTED + number, number.to_bytes(key_size, "big"), number.to_bytes(4, "big"), 25, number)
    assert max(map(len, ring._chunks)) <= CHUNK
    assert size(ring) < 100_000


def test_a_flood_does_not_push_out_what_others_did():
    ring = Outbound(STARTED, DAY)
    ring.add(STARTED, PHONE, OTHER_MX, 587, 47908)
    for number in range(10 * SECOND_MAX):
        assert ring.has_room(2000.9) is (number < SECOND_MAX)
        ring.add(2000.9, LAPTOP, MX, 25, number)
    assert ring.has_room(2001.0)
    found = ring.find(2001.0, 2000.0, 1, MX)
    assert (found.connections, found.complete_since) == ({LAPTOP: SECOND_MAX}, 2001)
    assert ring.find(2001.0, STARTED, 1, OTHER_MX).connections == {PHONE: 1}


def test_it_holds_what_a_zombie_opens_in_a_day():
    ring = Outbound(STARTED, DAY)
    for number in range(4096):
        ring.add(STARTED + number, LAPTOP, MX, 25, number)
    found = ring.find(STARTED + 4096, STARTED, 4096, MX)
    assert (found.connections, found.complete_since) == ({LAPTOP: 4096}, STARTED)


def test_a_home_with_50_mails_a_day_takes_one_kilobyte():
    ring = Outbound(STARTED, DAY)
    for number in range(500):
        ring.add(STARTED + number * DAY / 50, LAPTOP, MX, 25, number)
        ring.forget(STARTED + number * DAY / 50)
    assert size(ring) < 2 * CHUNK + 200
    assert ring.find(STARTED + 10 * DAY, STARTED + 10 * DAY, DAY, MX).connections == {LAPTOP: 50}


def test_what_is_too_old_is_erased_not_only_hidden():
    ring = Outbound(STARTED, DAY)
    ring.add(STARTED, LAPTOP, MX, 25, 47908)
    ring.add(STARTED + 10, PHONE, OTHER_MX, 587, 47909)
    ring.forget(STARTED + DAY + 5)
    kept = b"".join(ring._chunks)
    assert LAPTOP not in kept
    assert PHONE in kept


def test_a_missed_connection_is_added_unless_it_was_told_before():
    ring = Outbound(STARTED, DAY)
    ring.add(STARTED, LAPTOP, MX, 25, 47908)
    for key, destination, port, source_port in (
        (LAPTOP, MX, 25, 47908),
        (LAPTOP, MX, 25, 47909),
        (PHONE, MX, 25, 47908),
        (LAPTOP, MX, 587, 47908),
        (LAPTOP, MX, 587, 47908),
    ):
        ring.add_missed(STARTED + 9, key, destination, port, source_port)
    assert ring.find(STARTED + 9, STARTED, 60, MX).connections == {LAPTOP: 3, PHONE: 1}


def test_with_no_time_to_keep_them_none_are_kept():
    ring = Outbound(STARTED, 0)
    ring.add(STARTED, LAPTOP, MX, 25, 47908)
    ring.add_missed(STARTED, LAPTOP, MX, 25, 47908)
    assert not ring.has_room(STARTED)
    assert size(ring) == sys.getsizeof(bytearray())
    assert ring.find(STARTED, STARTED, DAY, MX).connections == {}
