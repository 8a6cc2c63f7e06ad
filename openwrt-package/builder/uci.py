"""What OpenWrt has of the agent's table of options: the file /etc/config/portvagt, and checks in the init script.

The table (agent/portvagt/config.py) says what an option may be by functions; their closures have the bounds.
"""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from builder.descriptions import DESCRIPTIONS
from portvagt import config

# written as real lines, for a router's owner looks there first; the rest are remarks with the defaults
SET = {("main", "enabled"), ("main", "policy"), ("main", "lan"), ("report", "enabled")}

_HEAD = """\
# Portvagt. Lines that begin with # show what holds without them.
# Apply a change: /etc/init.d/portvagt reload. Look whether it is right: portvagt check
"""


def default_config() -> str:
    """The text of /etc/config/portvagt."""
    return _HEAD + "".join(_section(name, keys) for name, keys in config.KEYS.items())


def _section(name: str, keys: dict[str, config.Key]) -> str:
    lines = [line for key, known in keys.items() for line in _option(name, key, known)]
    return "\n".join(["", f"config {name} '{name}'", *lines, ""])


def _option(section: str, name: str, key: config.Key) -> Iterator[str]:
    remark = "" if (section, name) in SET else "#"
    yield f"\t# {DESCRIPTIONS[section][name]}"
    values = key.default if key.is_list else (key.default,)
    word = "list" if key.is_list else "option"
    for value in values or ("",):
        yield f"\t{remark}{word} {name} '{value}'"


def checks() -> str:
    """Shell functions `validate_SECTION NAME`: values into variables; without a name, into procd what is allowed."""
    return "\n".join(_check(section, keys) for section, keys in config.KEYS.items())


def _check(section: str, keys: dict[str, config.Key]) -> str:
    words = " \\\n".join(f"\t\t'{_rule(name, key)}'" for name, key in keys.items())
    return f'validate_{section}() {{\n\tuci_validate_section portvagt {section} "$1" \\\n{words}\n}}\n'


def _rule(name: str, key: config.Key) -> str:
    """`name:type:default`. Lists have no default here: validate_data(8) can't tell their values apart."""
    kind = datatype(key.read)
    if key.is_list:
        return f"{name}:list({kind})"
    return f"{name}:{kind}:{key.default}" if key.default else f"{name}:{kind}"


def datatype(read: Callable[[str], Any]) -> str:
    """The type of ubox's validate_data that comes nearest. It may let through what the agent then refuses."""
    name = read.__qualname__.split(".")[0]
    inner = inspect.getclosurevars(read).nonlocals
    return datatype(inner["read"]) if name == "_optional" else _DATATYPES[name](inner)


_DATATYPES: dict[str, Callable[[Any], str]] = {
    "_boolean": lambda _: 'or(bool,"enabled","disabled")',
    "_integer": lambda bound: f"range({bound['least']},{bound['most']})",
    "_choice": lambda bound: "or({})".format(",".join(f'"{name}"' for name in bound["names"])),
    "_text": lambda _: "string",  # its lengths are bytes, ours are letters
    "_characters": lambda bound: f"maxlength({bound['longest']})",
    "_path": lambda _: "maxlength(200)",
    "_domain": lambda _: "hostname",
    "_colour": lambda _: "maxlength(7)",
    "_address": lambda _: "ipaddr",
    "_mac": lambda _: "macaddr",
}
