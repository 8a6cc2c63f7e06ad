"""What comes from the broker reaches the guard, and each is acknowledged; the guard is a stand-in."""

import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report.downlink import COMMAND_MAX, Downlink

ACK = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "contract" / "ack.schema.json").read_text())
)
TOPIC = "v1/cpe/cpe-test/down/"


class Setting:
    def __init__(self, answer=None, problem=None):
        self.orders, self.acks, self.states = [], [], 0
        self._reply = answer, problem
        self.downlink = Downlink(self, self._on_ack, self._publish)

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


def test_without_a_guard_it_is_refused():
    setting = Setting(problem="the guard is not there")
    setting.downlink.on_message(TOPIC + "cmd", sent({"id": "c-1", "command": "report"}))
    assert (setting.acks[0]["reason"], setting.acks[0]["command"]) == ("guard_away", "c-1")


def test_an_unknown_topic_changes_nothing(capsys):
    setting = Setting()
    setting.downlink.on_message(TOPIC + "firmware", b"{}")
    assert setting.orders == setting.acks == [] and "not known" in capsys.readouterr().err


@given(st.binary(max_size=200))
def test_whatever_comes_is_acknowledged_or_handed_over(payload):
    setting = Setting({"result": "refused", "reason": "malformed", "text": "it is no JSON object"})
    setting.downlink.on_message(TOPIC + "cmd", payload)
    assert len(setting.acks) == 1
