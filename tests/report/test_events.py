import datetime
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.report.conftest import CONTRACT
from tests.report.samples import CASE, PSEUDONYM, evidence

from portvagt.judge.case import EXEMPT, STOPPED, TRANSITIONS, Case
from portvagt.report import events, outbox

NOW = 1790000000.25


def make(action="stopped", case=CASE, unix_s=NOW, cpe_id="cpe-0001"):
    source = events.EventSource(cpe_id, "ab" * 16, "cpython")
    return source.event("device", action, case, PSEUDONYM, "stop", 12.34, unix_s)


@pytest.mark.parametrize("action", events.ACTIONS)
def test_each_event_keeps_the_contract(event_contract, action):
    event_contract.validate(make(action))


def test_each_action_of_the_judge_is_told():
    assert set(events.ACTIONS) == {action for _, action in TRANSITIONS.values() if action}


def test_the_contract_knows_our_types_and_actions(event_contract):
    schema = event_contract.schema
    types = [f"portvagt.device.{action}" for action in events.ACTIONS]
    types += [f"portvagt.router.{action}" for action in events.ROUTER_ACTIONS]
    assert schema["properties"]["type"]["enum"] == types
    assert schema["$defs"]["data"]["properties"]["action"]["enum"] == list(events.ACTIONS)


def test_a_device_that_was_exempted_before_it_did_anything_has_no_evidence(event_contract):
    event = make("exempted", Case(EXEMPT, "3f" * 16, 1.0, None))
    event_contract.validate(event)
    assert event["data"]["evidence"] is None


def test_without_a_clock_there_is_no_time(event_contract):
    event = make(unix_s=None)
    event_contract.validate(event)
    assert "time" not in event
    assert event["data"]["clock_synchronised"] is False


def test_ids_are_counted():
    source = events.EventSource("cpe", "ab" * 16, "cpython")
    made = [source.event("device", "stopped", CASE, PSEUDONYM, "stop", 1.0, None)["id"] for _ in range(2)]
    assert made == ["ab" * 16 + "-1", "ab" * 16 + "-2"]


def test_the_largest_event_fits(event_contract):
    event = make(case=Case(STOPPED, "3f" * 16, 1.0, evidence(2000)), cpe_id="x" * 64)
    event_contract.validate(event)
    assert len(json.dumps(event).encode()) < outbox.EVENT_MAX / 2


def test_a_fact_that_is_not_on_the_list_stays_in_the_router(event_contract):
    told = evidence()
    told.update(destinations=["203.0.113.25"], device="02:00:5e:00:00:01", name="Annas-laptop")
    event = make(case=Case(STOPPED, "3f" * 16, 1.0, told))
    event_contract.validate(event)
    assert not [word for word in ("203.0", "02:00", "Anna") if word in json.dumps(event)]


@given(st.integers(0, 4102444800), st.integers(0, 999))
def test_times_agree_with_the_standard_library(seconds, milliseconds):
    expected = datetime.datetime.fromtimestamp(seconds, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S")
    assert events.utc_text(seconds + (milliseconds + 0.5) / 1000) == f"{expected}.{milliseconds:03d}Z"


def names_in(schema):
    """Each property that a schema allows."""
    for name, child in schema.items():
        if name == "properties":
            yield from child
        if isinstance(child, dict):
            yield from names_in(child)


@pytest.mark.parametrize("name", ["event", "state", "ack"])
def test_the_privacy_page_names_each_field_that_leaves_the_router(name):
    page = Path(CONTRACT.parent, "privacy.md").read_text()
    named = {word for code in re.findall(r"`([^`]+)`", page) for word in code.split(".")}
    assert set(names_in(json.loads((CONTRACT / f"{name}.schema.json").read_text()))) <= named
