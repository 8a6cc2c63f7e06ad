"""What comes from the broker reaches the guard, and each is acknowledged; the guard is a stand-in."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report.downlink import COMMAND_MAX, WAITING_MAX, Downlink

ACK = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "contract" / "ack.schema.json").read_text())
)
TOPIC = "v1/cpe/cpe-test/down/"


class Setting:
    """The guard, the loop and the rest of the reporter."""

    def __init__(self, answer=None, problem=None, up=True):
        self.orders, self.acks, self.states, self.timers = [], [], 0, []
        self.up = up
        self._reply = answer, problem
        self.downlink = Downlink(self, self, self._on_ack, self._publish)

    def is_up(self):
        return self.up

    def after(self, seconds, callback):
        self.timers.append(callback)

    def order(self, of, document, on_reply):
        self.orders.append((of, document))
        on_reply(*self._reply)

    def _on_ack(self, ack):
        ACK.validate(ack)
        self.acks.append(ack)

    def _publish(self):
        self.states += 1


def sent(document):
    return json.dumps(document).encode()


def test_a_command_reaches_the_guard_and_its_answer_the_isp():
    setting = Setting({"result": "done", "state": "released"})
    setting.downlink.on_message(TOPIC + "cmd", sent({"id": "c-1", "command": "release"}))
    assert setting.orders == [("cmd", {"id": "c-1", "command": "release"})]
    [ack] = setting.acks
    assert (ack["command"], ack["result"], ack["state"]) == ("c-1", "done", "released")
    assert setting.states == 0


def test_a_report_is_sent_when_the_guard_agrees():
    for result, states in (("done", 1), ("refused", 0)):
        setting = Setting({"result": result, **({} if states else {"reason": "replayed", "text": "before"})})
        setting.downlink.on_message(TOPIC + "cmd", sent({"id": "c-1", "command": "report"}))
        assert setting.states == states


def test_a_policy_that_holds_already_is_not_acknowledged_again():
    setting = Setting(None)
    setting.downlink.on_message(TOPIC + "policy", sent({"schema": 1, "id": "p"}))
    assert setting.orders and setting.acks == []


def test_a_policy_that_is_taken_back():
    setting = Setting({"result": "done"})
    setting.downlink.on_message(TOPIC + "policy", b"")
    assert setting.orders == [("policy", None)] and setting.acks[0]["command"] is None


@pytest.mark.parametrize(
    "payload, reason",
    [
        (None, "too_large"),
        (b" " * (COMMAND_MAX + 1), "too_large"),
        (b"", "malformed"),
        (b"release it", "malformed"),
        (b"\xff\xfe", "malformed"),
        (b"[" * 2000, "malformed"),
    ],
)
def test_what_can_not_be_read_is_refused_without_the_guard(payload, reason):
    setting = Setting()
    setting.downlink.on_message(TOPIC + "cmd", payload)
    assert setting.orders == []
    assert (setting.acks[0]["reason"], setting.acks[0]["command"]) == (reason, None)


DONE = {"result": "done"}
REPORT = {"id": "c-1", "command": "report"}


def test_a_guard_that_restarts_gets_what_waited():
    setting = Setting(DONE, up=False)
    for document in (REPORT, {**REPORT, "id": "c-2"}):
        setting.downlink.on_message(TOPIC + "cmd", sent(document))
    for policy in ("p-1", "p-2"):
        setting.downlink.on_message(TOPIC + "policy", sent({"id": policy}))
    assert setting.acks == []
    setting.up = True
    setting.downlink.on_guard()
    assert [ack["command"] for ack in setting.acks] == ["c-1", "c-2", "p-2"]
    for timer in setting.timers:
        timer()
    assert len(setting.acks) == 3


def test_a_guard_that_stays_away_costs_the_command_and_not_the_policy():
    setting = Setting(DONE, up=False)
    setting.downlink.on_message(TOPIC + "cmd", sent(REPORT))
    setting.downlink.on_message(TOPIC + "policy", sent({"id": "p"}))
    for timer in setting.timers:
        timer()
    [ack] = setting.acks
    assert (ack["reason"], ack["command"]) == ("guard_away", "c-1")
    setting.up = True
    setting.downlink.on_guard()
    assert setting.orders == [("policy", {"id": "p"})]


def test_what_waits_is_bounded():
    setting = Setting(up=False)
    for number in range(WAITING_MAX + 5):
        setting.downlink.on_message(TOPIC + "cmd", sent({**REPORT, "id": str(number)}))
    assert [ack["reason"] for ack in setting.acks] == ["busy"] * 5


def test_a_guard_that_dies_on_a_command_refuses_it_and_gets_the_policy_again():
    setting = Setting(problem="the connection was closed")
    setting.downlink.on_message(TOPIC + "cmd", sent(REPORT))
    assert (setting.acks[0]["reason"], setting.acks[0]["command"]) == ("guard_away", "c-1")
    setting.downlink.on_message(TOPIC + "policy", sent({"id": "p"}))
    setting._reply = DONE, None
    setting.downlink.on_guard()
    assert [of for of, _ in setting.orders] == ["cmd", "policy", "policy"] and len(setting.acks) == 2


def test_an_unknown_topic_changes_nothing(capsys):
    setting = Setting()
    setting.downlink.on_message(TOPIC + "firmware", b"{}")
    assert setting.orders == setting.acks == [] and "not known" in capsys.readouterr().err


@given(st.binary(max_size=200))
def test_whatever_comes_is_acknowledged_or_handed_over(payload):
    setting = Setting({"result": "refused", "reason": "malformed", "text": "it is no JSON object"})
    setting.downlink.on_message(TOPIC + "cmd", payload)
    assert len(setting.acks) == 1
