"""What a person orders of a router, as the documents of the contract. Pure, but for the random id."""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from portvagt_isp import contract
from portvagt_isp.errors import IspError

EXPIRES_S = 3600.0


def new_id() -> str:
    """An id that no other command has."""
    return "cmd-" + secrets.token_hex(16)


def rfc3339(epoch_s: float) -> str:
    """UTC, to the millisecond."""
    return datetime.fromtimestamp(epoch_s, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def command(identity: str, name: str, expires: float, fields: dict[str, Any]) -> str:
    """A command's document; `fields` are its own. Raises IspError when the contract refuses it."""
    named = {"schema": 1, "id": identity, "command": name, "expires": rfc3339(expires)}
    return _text("command", named | fields)


def policy(identity: str, fields: dict[str, Any]) -> str:
    """A policy's document. Raises IspError when the contract refuses it."""
    return _text("policy", {"schema": 1, "id": identity} | fields)


def _text(kind: str, document: dict[str, Any]) -> str:
    text = json.dumps({name: value for name, value in document.items() if value is not None})
    try:
        contract.parse(kind, text.encode())
    except contract.Refused as error:
        raise IspError(f"the contract refuses this {kind}: {error}") from None
    return text
