"""What the contract (docs/contract) says of a message: the row to store, or the reason why it is refused. Pure."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import jsonschema_rs

# in an installed package the schemas are beside this file, else where the contract is written
_BESIDE = Path(__file__).parent / "schemas"
SCHEMAS = _BESIDE if _BESIDE.is_dir() else Path(__file__).parents[2] / "docs" / "contract"

TOPIC = re.compile(r"v1/cpe/([A-Za-z0-9._-]{1,64})/up/(event|state|ack)", re.ASCII)
MAX_BYTES = {"event": 2048, "state": 4096, "ack": 2048, "command": 2048, "policy": 2048}
SOURCE = "urn:portvagt:cpe:"


class Refused(Exception):
    """A message that is not stored. The reason is `kind: detail`; the kinds are those of REASONS."""


REASONS = {
    "topic": "no topic of the contract",
    "too_large": "more bytes than the contract allows",
    "not_json": "not one JSON text in UTF-8, or one that readers may read differently",
    "schema": "the schema of the contract refuses it",
    "time": "a time that no calendar has",
    "another_router": "it speaks for another router than the topic's",
    "contradiction": "two of its fields contradict each other",
    "id_reused": "its id is that of another message that was stored before",
    "undeliverable": "a command or policy that the contract refuses, so it was not sent",
}


class Row(NamedTuple):
    """Values of one row, in the order of the table's columns."""

    table: str
    values: tuple[Any, ...]


def refusal(kind: str, detail: str) -> Refused:
    """With a kind of REASONS, and of the detail no more than helps."""
    assert kind in REASONS
    return Refused(f"{kind}: {detail[:300]}")


def read(received: float, topic: str, payload: bytes) -> Row:
    """The row of a message of `topic` that came at `received` (epoch seconds). Raises Refused."""
    match = TOPIC.fullmatch(topic)
    if not match:
        raise refusal("topic", "not v1/cpe/NAME/up/event, state or ack")
    cpe_id, kind = match.groups()
    text, document = parse(kind, payload)
    return _ROWS[kind](cpe_id, received, document, text)


def parse(kind: str, payload: bytes) -> tuple[str, Any]:
    """Text and content of a document of that kind (a key of MAX_BYTES). Raises Refused."""
    if len(payload) > MAX_BYTES[kind]:
        raise refusal("too_large", f"{len(payload)} bytes, {MAX_BYTES[kind]} are allowed")
    try:
        text = payload.decode()
        document = json.loads(text, object_pairs_hook=_unambiguous, parse_constant=_no_constant)
        if "\\u" in text:
            json.dumps(
                document, ensure_ascii=False
            ).encode()  # half a surrogate pair is no text (RFC 8259, section 8.2)
        _VALIDATORS[kind].validate(document)
    except jsonschema_rs.ValidationError as error:
        where = "/".join(map(str, error.instance_path)) or "it"
        raise refusal("schema", f"{where}: {error.message}") from None
    except (ValueError, RecursionError) as error:  # ValueError: UnicodeError too
        raise refusal("not_json", str(error) or type(error).__name__) from None
    _check_time(document)
    return text, document


def epoch(text: str) -> float:
    """Epoch seconds of an RFC 3339 time in UTC; raises ValueError."""
    return datetime.fromisoformat(text).timestamp()


def _unambiguous(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # RFC 8259 section 4: what is done with a name that comes twice differs from reader to reader
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice")
    return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _check_time(document: Any) -> None:
    for name in ("time", "expires", "at"):
        if name in document:
            try:
                epoch(document[name])
            except ValueError as error:
                raise refusal("time", f"{name}: {error}") from None


def _event(cpe_id: str, received: float, event: Any, text: str) -> Row:
    data = event["data"]
    if event["source"] != SOURCE + cpe_id:
        raise refusal("another_router", f"source is {event['source']}")
    if event["type"].rpartition(".")[2] != data["action"]:
        raise refusal("contradiction", f"type is {event['type']}, data.action is {data['action']}")
    known = data["evidence"] or {}
    numbers = (known.get(name) for name in ("connections", "networks", "seconds", "unanswered"))
    ports = ",".join(map(str, known["ports"])) if known else None
    time = epoch(event["time"]) if "time" in event else None
    named = (data["action"], data["incident"], data["device"], data["policy"], data["stops"])
    return Row("events", (event["id"], cpe_id, received, time, event["type"], *named, *numbers, ports, text))


def _state(cpe_id: str, received: float, state: Any, text: str) -> Row:
    told = (state.get(name) for name in ("policy", "watching", "stopped", "version", "runtime"))
    return Row("states", (cpe_id, received, state["online"], *told, text))


def _ack(cpe_id: str, received: float, ack: Any, text: str) -> Row:
    told = (ack["result"], ack.get("reason"), ack.get("text"))
    return Row("acks", (ack["id"], cpe_id, ack["command"], received, *told, text))


_ROWS = {"event": _event, "state": _state, "ack": _ack}


def _validator(kind: str) -> jsonschema_rs.Draft202012Validator:
    schema = json.loads((SCHEMAS / f"{kind}.schema.json").read_text())
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True)


_VALIDATORS = {kind: _validator(kind) for kind in MAX_BYTES}
