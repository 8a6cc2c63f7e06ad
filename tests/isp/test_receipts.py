"""Receipts: for what is on the disk, to the router that sent it, as the contract has them."""

import json
from pathlib import Path

import jsonschema
from tests.isp.parts import wait_until
from tests.isp.samples import ack, encoded, event, state

from portvagt_isp import receipts
from portvagt_isp.intake import Arrival

RECEIPT = jsonschema.Draft202012Validator(
    json.loads((Path(__file__).parents[2] / "docs" / "contract" / "receipt.schema.json").read_text())
)


def arrival(leaf, document, router="cpe-1"):
    payload = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Arrival(0.0, f"v1/cpe/{router}/up/{leaf}", payload)


def receipts_of(*arrivals):
    found = [(topic, json.loads(payload)) for topic, payload in receipts.of(arrivals)]
    for _, document in found:
        RECEIPT.validate(document)
    return [(topic, document["ids"]) for topic, document in found]


def test_events_and_acknowledgements_of_each_router_are_named_to_it():
    found = receipts_of(
        arrival("event", {"id": "a-1"}), arrival("ack", {"id": "ack-2"}), arrival("event", {"id": "b-1"}, "cpe-2")
    )
    assert found == [("v1/cpe/cpe-1/down/receipt", ["a-1", "ack-2"]), ("v1/cpe/cpe-2/down/receipt", ["b-1"])]


def test_states_and_what_has_no_id_get_none():
    nested = b"[" * 100_000
    wrong = (b"rubbish", nested, [], {}, {"id": 7}, {"id": ""}, {"id": "x" * 65})
    assert receipts_of(arrival("state", {"id": "a"}), *(arrival("event", each) for each in wrong)) == []


def test_many_are_several_receipts():
    found = receipts_of(*(arrival("event", {"id": str(number)}) for number in range(120)))
    assert [len(ids) for _, ids in found] == [50, 50, 20]


def test_a_router_hears_of_what_is_stored(isp):
    isp.collector(receipts=True)
    router = isp.router()
    documents = [event(1, router.name), event(2, router.name), ack("c-1")]
    router.publish("state", encoded(state()))
    for leaf, document in zip(("event", "event", "ack"), documents, strict=True):
        router.publish(leaf, encoded(document))

    def named():
        told = [json.loads(payload)["ids"] for topic, payload in router.heard if topic.endswith("/down/receipt")]
        return {identity for ids in told for identity in ids}

    wait_until(lambda: named() == {document["id"] for document in documents}, "all receipts have come")
    assert isp.count() == 2
