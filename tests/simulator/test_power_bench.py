"""The benchmark of power cuts, without a machine: what a router's answers promise, and that the seed decides."""

import json

import pytest

from portvagt_sim.bench import power, power_cuts, power_promises, table

CASES = [
    {"version": 5, "boot": "b", "now": 1.0},
    {"device": "02:00:5e:10:00:01", "state": "stopped", "incident": "i1"},
    {"device": "02:00:5e:10:00:02", "state": "garden", "incident": "i2"},
    {"device": "02:00:5e:10:00:03", "state": "released", "incident": "i3"},
    {"specversion": "1.0", "id": "saved"},
    {"crc32": 1},
]
ASKED = [{"jsonrpc": "2.0", "id": 1, "result": {"events": [{"id": "saved"}, {"id": "stored"}, {"id": "open"}]}}]
STATE = {"jsonrpc": "2.0", "id": 1, "result": {"policy": "stop"}}


def event(identity):
    return {"jsonrpc": "2.0", "method": "event", "params": {"id": identity}}


def said(*parts):
    """As the router's shell prints it."""
    texts = ["".join(json.dumps(each) + "\n" for each in part) for part in parts]
    return f"\n{power_promises.MARK}\n".join(texts)


def test_refused_devices_in_the_file_and_events_that_the_reporter_stored_or_the_file_has():
    found = power_promises.read(said(CASES, ASKED, [event("open"), event("saved"), STATE]))
    assert found.cases == {"02:00:5e:10:00:01": "i1", "02:00:5e:10:00:02": "i2"}
    assert found.events == {"saved", "stored"}


def test_nothing_is_promised_by_a_file_while_the_guard_does_not_answer():
    assert power_promises.read(said(CASES, [], [])) == ({}, frozenset())


def test_no_event_is_stored_because_a_list_of_what_is_not_ends_too_soon():
    assert power_promises.read(said(CASES, ASKED, [event("open")])).events == {"saved"}


def test_the_seed_decides_on_every_moment():
    assert power_cuts.plans(20, 1) == power_cuts.plans(20, 1)
    assert power_cuts.plans(20, 1) != power_cuts.plans(20, 2)


def test_cuts_of_all_kinds_and_the_first_at_work():
    plans = power_cuts.plans(200, 1)
    assert not plans[0].starting
    starting = [plan.moment for plan in plans if plan.starting]
    working = [plan.moment for plan in plans if not plan.starting]
    assert max(starting) <= power_cuts.STARTING_SECONDS < max(working) <= power_cuts.WORK_SECONDS
    assert len(starting) == pytest.approx(200 * power_cuts.STARTING_SHARE, rel=0.5)
    assert {plan.outage for plan in plans} == {plan.calm for plan in plans} == {True, False}


def test_a_fault_has_a_row_of_its_own_and_without_one_there_is_no_such_table():
    rows = [{"table": power.ASKED, "machine": "x86", "check": power_cuts.SHUT, "checked": 9, "faults": 0}]
    assert power.FAULTS not in table.markdown(power, rows, "here")
    rows.append({"table": power.FAULTS, "machine": "x86", "cut": 3, "check": power_cuts.SHUT, "what": "4"})
    assert "| x86 | 3 |" in table.markdown(power, rows, "here")
