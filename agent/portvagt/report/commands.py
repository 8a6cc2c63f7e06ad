"""What the ISP wants, as docs/contract/command.schema.json and policy.schema.json describe it. Pure."""

from collections import namedtuple

from portvagt import config, rfc3339

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Readers = dict[str, Callable[[Any], Any]]

SCHEMA = 1
LIFETIME_MAX_S = 7 * 86400
ID_MAX = 64
EXEMPT_MAX_S = 366 * 86400
WITHIN_MAX_S = 86400
RELAYS_MAX = 32

# why something is refused
MALFORMED, UNKNOWN_COMMAND, UNKNOWN_DEVICE = "malformed", "unknown_command", "unknown_device"
EXPIRED, EXPIRES_TOO_LATE, REPLAYED, BUSY = "expired", "expires_too_late", "replayed", "busy"
TOO_EARLY, NOT_POSSIBLE = "too_early", "not_possible"
TOO_LARGE, GUARD_AWAY = "too_large", "guard_away"  # by the reporter

_ID_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._-"
_HEX = "0123456789abcdef"

# expires: Unix s; params: of COMMANDS
Command = namedtuple("Command", ("id", "expires", "name", "params"))

# policy: None: as configured; relay: list of addresses, None: as configured
Policy = namedtuple("Policy", ("id", "policy", "relay"))


class Refusal(Exception):
    """What is wrong; `reason` is of the contract's list, the text for a person."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


def identity(document: "Any") -> "str | None":
    """The id of a command or policy, however wrong the rest; None when there is none to speak of."""
    text = document.get("id") if isinstance(document, dict) else None
    fits = isinstance(text, str) and 0 < len(text) <= ID_MAX and all(letter in _ID_LETTERS for letter in text)
    return text if fits else None


def command(document: "Any") -> Command:
    """A command. Raises Refusal."""
    of_all = _fields(document, _OF_ALL, {}, True)
    readers = COMMANDS.get(of_all["command"])
    if readers is None:
        raise Refusal(UNKNOWN_COMMAND, "there is no command '{}'".format(of_all["command"][:60]))
    needed, optional = readers
    rest = {name: value for name, value in document.items() if name not in _OF_ALL}
    return Command(of_all["id"], of_all["expires"], of_all["command"], _fields(rest, needed, optional))


def policy(document: "Any") -> Policy:
    """A policy. Raises Refusal."""
    fields = _fields(document, _OF_POLICY, _POLICY)
    return Policy(fields["id"], fields.get("policy"), fields.get("relay"))


def _fields(document: "Any", needed: "Readers", optional: "Readers", more: bool = False) -> "dict[str, Any]":
    """The values of a document's fields; `more`: others may be there too."""
    if not isinstance(document, dict):
        raise Refusal(MALFORMED, "it is no JSON object")
    for name in needed:
        if name not in document:
            raise Refusal(MALFORMED, "'{}' is missing".format(name))
    values = {}
    for name, value in document.items():
        read = needed.get(name) or optional.get(name)
        if read is not None:
            values[name] = _value(name, read, value)
        elif not more:
            raise Refusal(MALFORMED, "there is no field '{}' here".format(str(name)[:60]))
    return values


def _value(name: str, read: "Callable[[Any], Any]", value: "Any") -> "Any":
    try:
        return read(value)
    except ValueError as error:
        raise Refusal(MALFORMED, "'{}' {}".format(name, error))


# readers of fields: the value, or ValueError with what is expected


def _schema(value: "Any") -> int:
    if value != SCHEMA or isinstance(value, bool):
        raise ValueError("must be {}".format(SCHEMA))
    return SCHEMA


def _identity(value: "Any") -> str:
    found = identity({"id": value})
    if found is None:
        raise ValueError("must be 1 to {} letters, figures or ._-".format(ID_MAX))
    return found


def _text(value: "Any") -> str:
    if not isinstance(value, str):
        raise ValueError("must be a text")
    return value


def _time(value: "Any") -> int:
    try:
        if value[-1:] != "Z":
            raise ValueError
        return rfc3339.unix_seconds(_text(value))
    except (ValueError, TypeError, IndexError, KeyError):
        raise ValueError("must be a time such as 2026-11-25T04:30:00Z")


def _pseudonym(value: "Any") -> str:
    if not isinstance(value, str) or len(value) != 32 or any(letter not in _HEX for letter in value):
        raise ValueError("must be a pseudonym of 32 hexadecimal figures")
    return value


def _whole(least: int, most: int) -> "Callable[[Any], int]":
    def read(value: "Any") -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise ValueError("must be a whole number from {} to {}".format(least, most))
        return value

    return read


def _truth(value: "Any") -> bool:
    if not isinstance(value, bool):
        raise ValueError("must be true or false")
    return value


def _policy(value: "Any") -> str:
    return str(config.KEYS["main"]["policy"].read(_text(value)))


def _relays(value: "Any") -> "list[str]":
    if not isinstance(value, list) or len(value) > RELAYS_MAX:
        raise ValueError("must be a list of at most {} addresses".format(RELAYS_MAX))
    return [config.KEYS["block"]["relay"].read(_text(each)) for each in value]


_OF_ALL: "Readers" = {"schema": _schema, "id": _identity, "expires": _time, "command": _text}
_OF_POLICY: "Readers" = {"schema": _schema, "id": _identity}
_POLICY: "Readers" = {"policy": _policy, "relay": _relays}
_DEVICE: "Readers" = {"device": _pseudonym}

# name: (fields that it needs, fields that it may have)
COMMANDS: "dict[str, tuple[Readers, Readers]]" = {
    "stop": (_DEVICE, {}),
    "release": (_DEVICE, {}),
    "garden": (_DEVICE, {}),
    "exempt": ({"device": _pseudonym, "seconds": _whole(60, EXEMPT_MAX_S)}, {}),
    "trace": (
        {"destination": _text, "at": _time, "within_s": _whole(1, WITHIN_MAX_S)},
        {"source_port": _whole(1, 65535), "stop": _truth},
    ),
    "report": ({}, {}),
}
