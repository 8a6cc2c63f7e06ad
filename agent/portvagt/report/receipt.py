"""Receipts of the ISP's collector, as docs/contract/receipt.schema.json describes them. Pure."""

import json

SCHEMA = 1
LEAF = "receipt"  # last level of the topic


def ids(payload: "bytes | None") -> "list[str]":
    """Ids of the messages that the collector has. ValueError: this is no receipt."""
    try:
        document = json.loads(payload or b"")
        if document["schema"] == SCHEMA and isinstance(document["ids"], list):
            return [each for each in document["ids"] if isinstance(each, str)]
    except (ValueError, KeyError, TypeError):
        pass
    raise ValueError("it has no 'ids', or another schema")
