"""docs/contract/asyncapi.json says what README.md and the schemas say. It is JSON, so that nothing more reads it."""

import json
import re
from pathlib import Path

import pytest

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
DOCUMENT = json.loads((CONTRACT / "asyncapi.json").read_text())
README = (CONTRACT / "README.md").read_text()
TABLE = re.findall(r"^\| `(v1/\S+)` \| (router to ISP|ISP to router) \| (yes|no) \| \[(\S+)\]", README, re.M)


def references(node):
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "$ref":
                yield value
            else:
                yield from references(value)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def resolved(reference):
    if not reference.startswith("#/"):
        return json.loads((CONTRACT / reference).read_text())
    node = DOCUMENT
    for step in reference[2:].split("/"):
        node = node[step]
    return node


def test_every_reference_leads_somewhere():
    found = list(references(DOCUMENT))
    assert len(found) > 20
    for reference in found:
        assert resolved(reference)


def test_the_channels_are_the_readmes_topics_with_their_schemas():
    assert {topic for topic, *_ in TABLE} == {channel["address"] for channel in DOCUMENT["channels"].values()}
    schemas = {topic: schema for topic, _, _, schema in TABLE}
    for channel in DOCUMENT["channels"].values():
        [message] = channel["messages"].values()
        assert resolved(message["$ref"])["payload"]["schema"]["$ref"] == schemas[channel["address"]]


@pytest.mark.parametrize("topic, direction, retained, _", TABLE)
def test_who_sends_and_what_is_retained_agree(topic, direction, retained, _):
    [name] = [name for name, channel in DOCUMENT["channels"].items() if channel["address"] == topic]
    [operation] = [each for each in DOCUMENT["operations"].values() if each["channel"]["$ref"] == f"#/channels/{name}"]
    assert operation["action"] == {"router to ISP": "send", "ISP to router": "receive"}[direction]
    assert operation["bindings"]["mqtt"]["qos"] == 1
    assert operation["bindings"]["mqtt"]["retain"] is (retained == "yes")
