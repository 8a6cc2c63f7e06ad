import json
import sqlite3

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.isp.samples import LAST_WILL, ack, encoded, event, state, topic

from portvagt_isp import intake, store
from portvagt_isp.intake import Arrival, Counts


@pytest.fixture
def connection(tmp_path):
    return store.connect(tmp_path / "isp.db")


def came(kind, document, received=1.0, router="cpe-1"):
    return Arrival(received, topic(kind, router), encoded(document))


def rows(connection, query):
    return [tuple(row) for row in connection.execute(query)]


def test_each_kind_goes_into_its_table(connection):
    arrivals = [came("event", event()), came("state", state()), came("ack", ack("cmd-1")), came("event", {})]
    assert intake.store(connection, arrivals) == Counts(3, 0, 1)
    for table in ("events", "states", "acks", "quarantine"):
        assert rows(connection, f"SELECT count(*) FROM {table}") == [(1,)]


def test_a_repetition_is_counted_and_the_first_one_stays(connection):
    intake.store(connection, [came("event", event(), 1.0), came("event", event(), 2.0)])
    assert intake.store(connection, [came("event", event(), 3.0), came("event", event(2), 3.0)]) == Counts(1, 1, 0)
    assert rows(connection, "SELECT received FROM events ORDER BY id") == [(1.0,), (3.0,)]
    assert rows(connection, "SELECT value FROM meta WHERE key = 'duplicates'") == [("2",)]


@pytest.mark.parametrize("batches", [1, 2])
def test_a_known_id_with_another_content_is_no_repetition(connection, batches):
    other = event(router="cpe-2")
    arrivals = [came("event", event()), came("event", other, router="cpe-2")]
    if batches == 1:
        intake.store(connection, arrivals)
    else:
        intake.store(connection, arrivals[:1])
        assert intake.store(connection, arrivals[1:]) == Counts(0, 0, 1)
    assert rows(connection, "SELECT cpe_id FROM events") == [("cpe-1",)]
    [(reason, payload)] = rows(connection, "SELECT reason, payload FROM quarantine")
    assert reason == f"id_reused: {event()['id']} of cpe-1" and payload == encoded(other)


def test_the_newest_state_wins(connection):
    intake.store(connection, [came("state", state(stopped=2), 2.0)])
    intake.store(connection, [came("state", state(stopped=1), 1.0)])
    assert rows(connection, "SELECT received, stopped FROM states") == [(2.0, 2)]


def test_a_last_will_leaves_what_was_known(connection):
    intake.store(connection, [came("state", state(), 1.0), came("state", LAST_WILL, 2.0)])
    [row] = rows(connection, "SELECT received, online, policy, watching, version, document FROM states")
    assert row == (2.0, 0, "stop", 1, "0.1.0", json.dumps(LAST_WILL))


def test_what_is_kept_of_rubbish_is_bounded(connection, monkeypatch):
    monkeypatch.setattr(intake, "QUARANTINE_ROWS", 10)
    intake.store(connection, [Arrival(1.0, topic("event"), b"x" * 10_000)] * 25)
    assert rows(connection, "SELECT count(*), max(length(payload)) FROM quarantine") == [(10, 4096)]
    assert rows(connection, "SELECT value FROM meta WHERE key = 'quarantine_thinned'") == [("15",)]


def test_nothing_of_a_batch_is_stored_when_something_fails(connection):
    connection.execute("CREATE TRIGGER full_disk BEFORE INSERT ON acks BEGIN SELECT raise(ABORT, 'full'); END")
    with pytest.raises(sqlite3.Error, match="full"):
        intake.store(connection, [came("event", event()), came("ack", ack("cmd-1"))])
    assert rows(connection, "SELECT count(*) FROM events") == [(0,)]


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 2)), max_size=30), st.data())
def test_however_messages_repeat_and_are_cut_into_batches(sent, data):
    """Of each id one is stored, the first; its repetitions are counted, what differs is kept in quarantine."""
    connection = store.connect(":memory:")
    total = [0, 0, 0]
    arrivals = [came("event", event(number, f"cpe-{n}"), at, f"cpe-{n}") for at, (number, n) in enumerate(sent)]
    while arrivals:
        size = data.draw(st.integers(1, len(arrivals)))
        batch, arrivals = arrivals[:size], arrivals[size:]
        total = [a + b for a, b in zip(total, intake.store(connection, batch), strict=True)]
    first = dict(reversed(sent))
    stored = rows(connection, "SELECT id, cpe_id FROM events")
    assert {(int(identity.partition("-")[2]), int(router[4:])) for identity, router in stored} == set(first.items())
    others = sum(first[number] != n for number, n in sent)
    assert total == [len(first), len(sent) - len(first) - others, others]
