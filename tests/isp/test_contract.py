import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.isp.samples import DEVICE, INCIDENT, LAST_WILL, ack, encoded, event, state, topic

from portvagt_isp import contract
from portvagt_isp.contract import Refused, Row, read


def reason(*arrival):
    with pytest.raises(Refused) as raised:
        read(1.0, *arrival)
    return str(raised.value)


def test_an_event_becomes_a_row():
    text = json.dumps(event())
    case = ("portvagt.device.stopped", "stopped", INCIDENT, DEVICE, "stop", 1)
    evidence = (6, 5, 12.5, 3, "25,587")
    values = (f"{'a' * 32}-1", "cpe-1", 5.5, 1772366400.5, *case, *evidence, text)
    assert read(5.5, topic("event"), text.encode()) == Row("events", values)


def test_an_event_without_time_and_evidence():
    document = event()
    del document["time"]
    document["data"] |= {"evidence": None, "clock_synchronised": False}
    values = read(5.5, topic("event"), encoded(document)).values
    assert values[3] is None and values[10:15] == (None,) * 5


def test_a_state_and_a_last_will():
    assert read(1.0, topic("state"), encoded(state())).values[:8] == (
        *("cpe-1", 1.0, True, "stop", True, 1, "0.1.0", "micropython"),
    )
    assert read(1.0, topic("state"), encoded(LAST_WILL)).values[:8] == ("cpe-1", 1.0, False, *[None] * 5)


def test_an_acknowledgement():
    refused = ack("cmd-1", result="refused", reason="too_early", text="an hour")
    assert read(1.0, topic("ack"), encoded(refused)).values[:7] == (
        *("ack-" + "1".zfill(32), "cpe-1", "cmd-1", 1.0, "refused", "too_early", "an hour"),
    )


TWICE = encoded(event())[:-1] + b', "id": "x"}'
REFUSALS = {
    "another kind of topic": ("topic: ", "v1/cpe/cpe-1/up/log", b"{}"),
    "a topic of another version": ("topic: ", "v2/cpe/cpe-1/up/event", encoded(event())),
    "a name that no router has": ("topic: ", "v1/cpe/r%C3/up/event", encoded(event())),
    "a line end after the topic": ("topic: ", topic("event") + "\n", encoded(event())),
    "an event of 2,049 bytes": ("too_large: 2049 bytes, 2048 ", topic("event"), encoded(event()).ljust(2049)),
    "an empty message": ("not_json: ", topic("state"), b""),
    "no UTF-8": ("not_json: ", topic("event"), b"\xff"),
    "half of a surrogate pair": ("not_json: ", topic("ack"), encoded(ack("c", state="clear", text="\ud800"))),
    "not a number": ("not_json: NaN", topic("event"), encoded(event()).replace(b"12.5", b"NaN")),
    "a name that comes twice": ("not_json: a name", topic("event"), TWICE),
    "brackets without end": ("not_json: ", topic("event"), b"[" * 2000),
    "no object": ("schema: it: ", topic("event"), b"[]"),
    "a field too much": ("schema: it: ", topic("event"), encoded(event(mac="02:00:00:00:00:01"))),
    "an unknown action": ("schema: type: ", topic("event"), encoded(event(type="portvagt.device.eaten"))),
    "dependent fields": ("schema: it: ", topic("state"), encoded({**state(), "runtime": "lisp"})),
    "a 31st of February": ("time: time: ", topic("event"), encoded(event(time="2026-02-31T00:00:00.000Z"))),
    "the event of a neighbour": ("another_router: source is ", topic("event", "cpe-2"), encoded(event())),
    "two actions": ("contradiction: ", topic("event"), encoded(event(type="portvagt.device.released"))),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_it_is_refused_with_the_reason(case):
    expected, *arrival = REFUSALS[case]
    assert reason(*arrival).startswith(expected)


def test_a_reason_is_short():
    assert len(reason(topic("event"), encoded(event(source="x" * 1500)))) < 400


def test_each_reason_of_a_message_that_came_in_has_a_case():
    tried = {expected.partition(":")[0] for expected, *_ in REFUSALS.values()}
    assert tried | {"id_reused", "undeliverable"} == set(contract.REASONS)  # those two need a store


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.sampled_from(sorted(event())), json_values)
def test_whatever_a_field_is_the_message_is_a_row_or_refused(name, value):
    assert_row_or_refused(topic("event"), encoded(event(**{name: value})))


@given(st.sampled_from(sorted(event()["data"])), json_values)
def test_so_for_a_field_of_the_data(name, value):
    assert_row_or_refused(topic("event"), encoded(event(data=event()["data"] | {name: value})))


@given(st.sampled_from(["event", "state", "ack"]), st.binary(max_size=100))
def test_so_for_any_bytes(kind, payload):
    assert_row_or_refused(topic(kind), payload)


def assert_row_or_refused(*arrival):
    try:
        found = read(1.0, *arrival).table
    except Refused as error:
        found = str(error).partition(":")[0]
    assert found in {"events", "states", "acks", *contract.REASONS}
