"""What the ISP orders, on a guard with the real kernel; the wall clock is the test's."""

import json
import os
from pathlib import Path

import jsonschema
import pytest
from tests.test_guard import LAPTOP, listed, make

from portvagt import runtime
from portvagt.block import ruleset
from portvagt.block.nft import run_nft
from portvagt.cases import CaseFile
from portvagt.orders import REMEMBERED_MAX
from portvagt.report.commands import LIFETIME_MAX_S
from portvagt.report.events import utc_text
from portvagt.watch.address import ip_bytes

ACK = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[1] / "docs" / "contract" / "ack.schema.json").read_text())
)
WALL = 1_795_581_000.0
MX = "198.18.7.25"
HOUR = 3600.0


@pytest.fixture
def wall(monkeypatch):
    now = [WALL]
    monkeypatch.setattr(runtime, "wall_clock", lambda: now[0])
    return now


@pytest.fixture
def guard(tmp_path, sandbox, wall):
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    made = make(tmp_path)
    made.enforcement.load()
    made.home.connection(made.started, LAPTOP, (ip_bytes(MX), 25, 40000))
    yield made
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))


def order(guard, command, identity="c-1", expires=WALL + HOUR, **params):
    answer = guard.orders.command(
        {"schema": 1, "id": identity, "expires": utc_text(expires), "command": command, **params}
    )
    ACK.validate({"schema": 1, "id": "ack-" + "0" * 32, "command": identity, **answer})
    return answer


def device(guard, key=LAPTOP):
    return {"device": guard.pseudonym_of(key)}


def test_a_device_is_stopped_confined_and_exempted(guard):
    assert order(guard, "stop", "a", **device(guard)) == {"result": "done", "state": "stopped"}
    assert LAPTOP in guard.enforcement.table.stopped()
    assert order(guard, "garden", "b", **device(guard))["state"] == "garden"
    assert LAPTOP in guard.enforcement.table.confined()
    assert order(guard, "exempt", "c", **device(guard), seconds=86400)["state"] == "exempt"
    assert "02:00:5e:00:00:01" in listed("exempt_mac")
    assert order(guard, "stop", "d", **device(guard))["reason"] == "not_possible"
    assert order(guard, "release", "e", **device(guard)) == {"result": "done", "state": "clear"}
    assert [json.loads(text)["data"]["action"] for text in guard.unstored.values()] == [
        "stopped",
        "confined",
        "exempted",
        "exemption_ended",
    ]


def test_a_release_needs_a_quiet_hour(guard, monkeypatch):
    order(guard, "stop", "a", **device(guard))
    answer = order(guard, "release", "b", **device(guard))
    assert answer["reason"] == "too_early" and LAPTOP in guard.enforcement.table.stopped()
    later = runtime.monotonic() + 2 * HOUR
    monkeypatch.setattr(runtime, "monotonic", lambda: later)
    assert order(guard, "release", "b", **device(guard)) == {"result": "done", "state": "released"}
    assert guard.enforcement.table.stopped() == set()


def test_a_command_is_done_once_and_after_a_restart_too(guard, tmp_path):
    assert order(guard, "stop", **device(guard))["result"] == "done"
    for again in (guard, make(tmp_path)):
        answer = order(again, "exempt", **device(guard), seconds=60)
        assert (answer["result"], answer["reason"]) == ("refused", "replayed")
    assert LAPTOP in guard.enforcement.table.stopped()


def test_what_an_order_changed_is_on_flash_before_its_id_and_both_before_the_answer(guard, tmp_path, monkeypatch):
    order(guard, "stop", "a", **device(guard))  # written at once, so that the next write would have to wait
    replaced, rename = [], os.rename
    monkeypatch.setattr(os, "rename", lambda old, new: (rename(old, new), replaced.append(os.path.basename(new))))
    order(guard, "exempt", "b", **device(guard), seconds=86400)
    assert replaced == ["cases.json", "orders.json"]
    cases, events = CaseFile(str(tmp_path / "state" / "guard" / "cases.json"), "another boot").load(0.0)
    assert [(key, case.state) for key, case in cases] == [(LAPTOP, "exempt")]
    assert [json.loads(text)["data"]["action"] for text in events] == ["stopped", "exempted"]


def test_an_order_that_changes_no_case_writes_none(guard, tmp_path):
    order(guard, "report")
    assert [path.name for path in (tmp_path / "state" / "guard").glob("*.json")] == ["orders.json"]


@pytest.mark.parametrize(
    "expires, reason",
    [(WALL, "expired"), (WALL - HOUR, "expired"), (WALL + LIFETIME_MAX_S + 1, "expires_too_late")],
)
def test_what_has_expired_or_would_have_to_be_remembered_too_long_changes_nothing(guard, expires, reason):
    assert order(guard, "stop", expires=expires, **device(guard))["reason"] == reason
    assert guard.enforcement.table.stopped() == set() and guard.home.cases() == []


def test_without_a_clock_nothing_is_done(guard, wall):
    wall[0] = None
    assert order(guard, "stop", **device(guard))["reason"] == "not_possible"


def test_what_is_remembered_is_bounded_and_forgotten_when_it_has_expired(guard, wall):
    for number in range(REMEMBERED_MAX):
        assert order(guard, "report", str(number))["result"] == "done"
    assert order(guard, "report", "one-more")["reason"] == "busy"
    wall[0] += HOUR
    assert order(guard, "report", "one-more", expires=WALL + 2 * HOUR)["result"] == "done"


def test_an_unknown_device_and_an_unknown_command(guard):
    assert order(guard, "stop", device="f" * 32)["reason"] == "unknown_device"
    assert order(guard, "reboot")["reason"] == "unknown_command"
    assert order(guard, "stop")["reason"] == "malformed"
    assert guard.home.cases() == []


def test_a_trace_names_the_device_and_may_stop_it(guard, monkeypatch):
    guard.conntrack_events = type("Events", (), {"lost_at": 0.0})
    now = guard.started + HOUR
    monkeypatch.setattr(runtime, "monotonic", lambda: now)
    guard.outbound.add(now - 60, LAPTOP, ip_bytes(MX), 25, 47908)
    question = {"destination": MX, "at": utc_text(WALL - 60), "within_s": 30}
    answer = order(guard, "trace", "a", **question, source_port=47908)
    told = {"devices": 1, "confidence": "high", "complete": True, "connections": 1, "device": device(guard)["device"]}
    assert answer == {"result": "done", "trace": told, "state": "clear"}
    answer = order(guard, "trace", "b", **question, stop=True)
    assert (answer["trace"]["confidence"], answer["state"]) == ("medium", "stopped")
    assert LAPTOP in guard.enforcement.table.stopped()


def test_of_several_devices_a_trace_names_none_and_stops_none(guard, monkeypatch):
    guard.conntrack_events = type("Events", (), {"lost_at": 0.0})
    now = guard.started + HOUR
    monkeypatch.setattr(runtime, "monotonic", lambda: now)
    for number in range(2):
        guard.outbound.add(now - 60, LAPTOP[:5] + bytes([number]), ip_bytes(MX), 25, 47908)
    answer = order(guard, "trace", destination=MX, at=utc_text(WALL - 60), within_s=30, stop=True)
    assert answer == {"result": "done", "trace": {"devices": 2, "confidence": "low", "complete": True}}
    assert guard.home.cases() == []


def test_a_trace_in_the_future_is_not_possible(guard):
    guard.conntrack_events = type("Events", (), {"lost_at": 0.0})
    answer = order(guard, "trace", destination=MX, at=utc_text(WALL + 60), within_s=30)
    assert answer["reason"] == "not_possible" and "future" in answer["text"]


# the policy


def policy(guard, **fields):
    return guard.orders.policy({"schema": 1, "id": "p-" + str(len(fields)), **fields})


def test_a_policy_holds_at_once_after_a_restart_and_until_it_is_taken_back(guard, tmp_path):
    order(guard, "stop", **device(guard))
    assert policy(guard, policy="observe", relay=["203.0.113.25"]) == {"result": "done"}
    assert guard.config.main.policy == "observe" and "203.0.113.25" in listed("relay4")
    assert guard.enforcement.table.stopped() == set() and guard.home.refused() == []
    assert policy(guard, policy="observe", relay=["203.0.113.25"]) is None

    again = make(tmp_path)
    again.orders.resume()
    assert (again.config.main.policy, again.config.block.relay) == ("observe", ["203.0.113.25"])
    assert guard.orders.policy(None) == {"result": "done"}
    assert guard.config.main.policy == "stop" and "203.0.113.25" not in listed("relay4")


def test_who_was_observed_is_stopped_when_the_policy_says_so(guard):
    policy(guard, policy="observe")
    assert order(guard, "stop", **device(guard)) == {"result": "done", "state": "observed"}
    policy(guard, policy="closed", relay=[])
    assert LAPTOP in guard.enforcement.table.stopped()


def test_a_wrong_policy_changes_nothing(guard):
    answer = policy(guard, policy="open")
    assert (answer["result"], answer["reason"]) == ("refused", "malformed")
    assert guard.config.main.policy == "stop"


def test_a_policy_that_the_kernel_refuses_changes_nothing(guard, monkeypatch):
    good = ruleset._RULES
    monkeypatch.setattr(ruleset, "_RULES", good + "nonsense\n")
    answer = policy(guard, policy="closed")
    assert answer["reason"] == "not_possible" and guard.config.main.policy == "stop"
    monkeypatch.setattr(ruleset, "_RULES", good)
    assert policy(guard, policy="closed") == {"result": "done"}


def test_a_damaged_file_is_set_aside_and_counted(guard, tmp_path):
    order(guard, "report")
    (tmp_path / "state/guard/orders.json").write_text("rubbish")
    again = make(tmp_path)
    assert again.damaged_files() == 1 and (tmp_path / "state/guard/orders.json.bad").exists()
