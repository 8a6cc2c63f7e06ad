"""Commands as the contract's schemas have them: what the schema takes is read, what it refuses is refused."""

import contextlib
import copy
import json
from pathlib import Path

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report import commands
from portvagt.report.commands import Refusal

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
DEVICE = "0123456789abcdef" * 2
OF_ALL = {"schema": 1, "id": "c-1", "expires": "2026-11-27T00:00:00Z"}
GOOD = [
    {**OF_ALL, "command": "stop", "device": DEVICE},
    {**OF_ALL, "command": "release", "device": DEVICE},
    {**OF_ALL, "command": "garden", "device": DEVICE},
    {**OF_ALL, "command": "exempt", "device": DEVICE, "seconds": 86400},
    {**OF_ALL, "command": "trace", "destination": "198.18.7.25", "at": "2026-11-26T00:00:00.5Z", "within_s": 60},
    {
        **OF_ALL,
        "command": "trace",
        "destination": "2001:db8::25",
        "at": "2026-11-26T00:00:00Z",
        "within_s": 60,
        "source_port": 47908,
        "stop": True,
    },
    {**OF_ALL, "command": "report"},
]
POLICIES = [
    {"schema": 1, "id": "p"},
    {"schema": 1, "id": "p", "policy": "closed", "relay": ["203.0.113.25", "2001:db8::25"]},
]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=40),
    lambda children: st.lists(children, max_size=4) | st.dictionaries(st.text(max_size=10), children, max_size=4),
    max_leaves=10,
)


def schema(name):
    return jsonschema.Draft202012Validator(json.loads((CONTRACT / f"{name}.schema.json").read_text()))


COMMAND, POLICY = schema("command"), schema("policy")


@pytest.mark.parametrize("document", GOOD)
def test_what_the_contract_has_is_read(document):
    COMMAND.validate(document)
    command = commands.command(document)
    assert (command.id, command.name, command.expires) == ("c-1", document["command"], 1_795_737_600)
    assert set(command.params) == set(document) - set(OF_ALL) - {"command"}


@pytest.mark.parametrize("document", POLICIES)
def test_a_policy_is_read(document):
    POLICY.validate(document)
    policy = commands.policy(document)
    assert (policy.policy, policy.relay) == (document.get("policy"), document.get("relay"))


def test_the_schema_and_the_reader_know_the_same_commands():
    assert set(COMMAND.schema["properties"]["command"]["enum"]) == set(commands.COMMANDS)
    reasons = json.loads((CONTRACT / "ack.schema.json").read_text())["properties"]["reason"]["enum"]
    assert set(reasons) == {
        value for name, value in vars(commands).items() if name.isupper() and name[0] != "_" and isinstance(value, str)
    }


@given(st.sampled_from(GOOD), st.data())
def test_one_wrong_field_is_refused_by_both(document, data):
    wrong = copy.deepcopy(document)
    name = data.draw(st.sampled_from([*wrong, "more"]))
    wrong[name] = data.draw(JSON)
    if COMMAND.is_valid(wrong):
        # no pattern can say which times are in the calendar
        with contextlib.suppress(Refusal) if name in ("expires", "at") else contextlib.nullcontext():
            commands.command(wrong)
    else:
        with pytest.raises(Refusal):
            commands.command(wrong)


@given(JSON)
def test_anything_else_is_refused(document):
    for read in (commands.command, commands.policy):
        with pytest.raises(Refusal):
            read(document)
    assert commands.identity(document) is None


@pytest.mark.parametrize("name", [*OF_ALL, "command", "device"])
def test_a_missing_field_is_named(name):
    document = {key: value for key, value in GOOD[0].items() if key != name}
    with pytest.raises(Refusal, match=f"'{name}' is missing"):
        commands.command(document)


@pytest.mark.parametrize(
    "change, text",
    [
        ({"policy": "open"}, "'policy' must be one of: observe, stop, closed"),
        ({"relay": ["mail.isp.example"]}, "'relay' must be an IPv4 or IPv6 address"),
        ({"relay": ["203.0.113.25"] * 33}, "'relay' must be a list of at most 32 addresses"),
        ({"colour": "red"}, "there is no field 'colour' here"),
    ],
)
def test_a_wrong_policy_is_refused(change, text):
    with pytest.raises(Refusal) as caught:
        commands.policy({"schema": 1, "id": "p", **change})
    assert str(caught.value) == text
