"""The benchmark of power cuts, without a machine: what a router's answers promise, and that the seed decides."""

import json
import subprocess
from pathlib import Path

import jsonschema
import pytest

from portvagt_sim.bench import (
    power,
    power_cuts,
    power_flash,
    power_orders,
    power_plan,
    power_promises,
    power_watch,
    table,
)

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"

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
    assert power_plan.plans(20, 1) == power_plan.plans(20, 1)
    assert power_plan.plans(20, 1) != power_plan.plans(20, 2)


def test_cuts_of_all_kinds_and_the_first_has_something_to_remember():
    plans = power_plan.plans(400, 1)
    assert plans[0].kind != power_plan.STARTING
    assert {plan.kind for plan in plans} == set(power_plan.KINDS)
    assert {plan.order for plan in plans} == set(power_plan.ORDERS)
    assert {plan.outage for plan in plans} == {plan.calm for plan in plans} == {True, False}
    for kind, longest in power_plan.LONGEST.items():
        moments = [plan.moment for plan in plans if plan.kind == kind]
        assert longest * 0.7 < max(moments) <= longest
    aimed = [plan for plan in plans if plan.kind in power_plan.AIMED]
    assert len(aimed) == pytest.approx(400 * power_plan.AIMED_SHARE, rel=0.3)


def test_all_cuts_can_be_aimed_or_none():
    assert {plan.kind for plan in power_plan.plans(100, 1, 1.0)} == set(power_plan.AIMED)
    assert {plan.kind for plan in power_plan.plans(100, 1, 0.0)} == {power_plan.STARTING, power_plan.WORK}


def test_the_isp_can_be_reached_by_who_waits_for_its_orders():
    plans = power_plan.plans(400, 1)
    assert {plan.kind for plan in plans if plan.outage} == {power_plan.WORK, power_plan.SECOND_WRITE}


def test_the_age_of_a_file_is_known_where_it_was_written_since_the_boot():
    header = '{"version": 5, "boot": "b", "now": 12.5}'
    text, age = power_watch.aged(f"b\n72.25\n{header}\n{{}}\n")
    assert (text, age) == (f"{header}\n{{}}", 59.75)
    assert power_watch.aged(f"another\n72.25\n{header}\n") == (header, None)
    assert power_watch.aged("b\n72.25\n") == ("", None)


MAC = "02:00:5e:10:00:01"


@pytest.mark.parametrize("name", power_plan.ORDERS)
def test_an_order_is_what_the_contract_says(name):
    kind = "policy" if name == power_plan.POLICY else "command"
    schema = json.loads((CONTRACT / f"{kind}.schema.json").read_text())
    made = power_orders.order(name, MAC, "0" * 32, 1_795_581_000.0)
    jsonschema.validate(made.document, schema, format_checker=jsonschema.FormatChecker())


@pytest.mark.parametrize(
    ("state", "is_known", "found"),
    [("stopped", False, "none"), ("exempt", False, "part"), ("stopped", True, "part"), ("exempt", True, "all")],
)
def test_how_much_of_a_command_is_on_the_flash(state, is_known, found):
    made = power_orders.order(power_plan.EXEMPT, MAC, "0" * 32, 1_795_581_000.0)
    orders = [{"version": 1, "policy": None}, *([{"id": made.document["id"], "expires": 1}] if is_known else [])]
    assert power_orders.on_flash(made, [{"device": MAC, "state": state}], orders) == found


def test_a_policy_is_on_the_flash_or_it_is_not():
    made = power_orders.order(power_plan.POLICY, MAC, "0" * 32, 1_795_581_000.0)
    assert power_orders.on_flash(made, [], [{"version": 1, "policy": made.document}]) == "all"
    assert power_orders.on_flash(made, [], []) == "none"


def test_a_file_is_read_from_a_flash_that_nobody_has_mounted(tmp_path):
    tree = tmp_path / "tree"
    (tree / power_flash.GUARD[1:]).mkdir(parents=True)
    (tree / power_flash.GUARD[1:] / "cases.json").write_text('{"version": 5}\n{"crc32": 1}\n')
    image = tmp_path / "flash"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", tree, image, "4M"], check=True, capture_output=True)
    flash = power_flash.Flash(image)
    assert flash.fault() == ""
    assert flash.items("cases.json") == [{"version": 5}, {"crc32": 1}]
    assert flash.items("orders.json") == []
    with image.open("r+b") as file:
        file.seek(1024)
        file.write(bytes(1024))  # the superblock
    assert power_flash.Flash(image).fault()


def row(machine, seed, **values):
    return {"table": power.ASKED, "machine": machine, "seed": seed, power_cuts.SHUT: 9, "faults": 0, **values}


def test_a_fault_has_a_row_of_its_own_and_without_one_there_is_no_such_table():
    rows = [row("x86", 1)]
    assert f"## {power.FAULTS}" not in table.markdown(power, rows, "here")
    rows.append({"table": power.FAULTS, "machine": "x86", "seed": 1, "cut": 3, "check": power_cuts.SHUT, "what": "4"})
    assert "| x86 | 1 | 3 |" in table.markdown(power, rows, "here")


def test_a_run_replaces_its_own_rows_and_no_others():
    outline = {"table": power.CUTS, "machine": "x86", "seed": 1, "commit": "0123456", "load": "1 to 2", "cases": 1234}
    rows = [outline, row("x86", 1), row("x86", 2), row("malta", 1)]
    page = table.markdown(power, rows, "here")
    found = table.merged(power, page, [row("x86", 2, faults=1)])
    again = table.markdown(power, found, "here")
    assert "| 0123456 |" in again and "| 1234 |" in again
    asked = [line for line in again.split(f"## {power.ASKED}")[1].splitlines() if line.startswith(("| x86", "| malta"))]
    assert [line.split("|")[1:3] + line.split("|")[-2:-1] for line in asked] == [
        [" malta ", " 1 ", " 0 "],
        [" x86 ", " 1 ", " 0 "],
        [" x86 ", " 2 ", " 1 "],
    ]


def test_the_page_in_the_tree_can_be_read_back():
    page = (CONTRACT.parent / "measurements" / "power.md").read_text()
    assert cells(table.markdown(power, table.read(power, page), "here")) == cells(page)


def cells(page):
    return [line for line in page.splitlines() if line.startswith(("##", "|"))]
