"""What the LuCI app has of the agent's table of options: its form, in htdocs/luci-static/resources/portvagt/options.js.

The table says what an option may be and helps with it; here is only what a form needs besides.
"""

import inspect
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from builder import uci
from builder.descriptions import DESCRIPTIONS
from portvagt import config
from portvagt.warn import colour, language, style

APP = Path(__file__).resolve().parents[1] / "luci-app-portvagt"
OPTIONS = APP / "htdocs" / "luci-static" / "resources" / "portvagt" / "options.js"

SECTIONS = {
    "main": "General",
    "judge": "Judging",
    "block": "Limits",
    "warn": "Page for the family",
    "report": "Reporting",
}

TITLES = {
    "main": {
        "enabled": "Switched on",
        "policy": "Policy",
        "lan": "Interfaces of the home",
        "never_garden": "Never in the garden",
        "run_dir": "Directory for sockets",
        "state_dir": "Directory on flash",
        "leases": "File of leases",
    },
    "judge": {
        "false_alarm_years": "Years between false alarms",
        "slowest_zombie_minutes": "Slowest zombie, minutes",
        "quiet_hours": "Quiet until released, hours",
        "release_quiet_minutes": "Quiet before a release by hand, minutes",
        "garden_after_hours": "Until the garden, hours",
        "probation_days": "Probation, days",
        "outbound_hours": "Memory for abuse reports, hours",
    },
    "block": {
        "smtp_per_hour": "Port 25, an hour",
        "smtp_burst": "Port 25, at once",
        "submission_per_hour": "Ports 465 and 587, an hour",
        "submission_burst": "Ports 465 and 587, at once",
        "relay_per_hour": "Provider’s relays, an hour",
        "relay_burst": "Provider’s relays, at once",
        "relay": "Provider’s relays",
    },
    "warn": {
        "port": "Port of the page",
        "tls_port": "Port for TLS",
        "api_host": "Name for the API",
        "api_port": "Port of the API",
        "api_certificate": "Certificate of the API",
        "api_key": "Key of the API",
        "level": "Way of telling",
        "isp_name": "Provider’s name",
        "isp_phone": "Provider’s telephone",
        "isp_logo": "Provider’s logo",
        "colour": "Colour",
        "help_site": "Help sites",
        "language": "Language",
    },
    "report": {
        "enabled": "Report to the provider",
        "cpe_id": "Name of this router",
        "broker": "Broker",
        "port": "Port of the broker",
        "ca": "Certificate authority",
        "certificate": "Certificate of this router",
        "key": "Key of this router",
        "pseudonym_days": "Pseudonyms, days",
        "heartbeat": "Between state messages, seconds",
        "receipts": "Wait for receipts",
    },
}

CHOICES = {
    "policy": {
        "observe": "observe: only report",
        "stop": "stop: stop its mail",
        "closed": "closed: port 25 as well",
    },
    "level": {
        "gate": "gate: page before the web",
        "gentle": "gentle: a notice only",
    },
}

_UNFIT = "\x01"  # no text that any option may have

_HEAD = """\
'use strict';
'require baseclass';

// Written by ./dev package --write from the agent's table of options, agent/portvagt/config.py.
return baseclass.extend({
	sections: ["""


class Check(NamedTuple):
    """How a form looks at a text: LuCI's datatype, and where that lets through too much, a pattern (JavaScript's)."""

    datatype: str | None = None
    pattern: str | None = None


def options_js() -> str:
    """The text of options.js."""
    sections = ",".join(_section(name, keys) for name, keys in config.KEYS.items())
    return f"{_HEAD}{sections}\n\t]\n}});\n"


def _section(name: str, keys: dict[str, config.Key]) -> str:
    options = ",".join(_object(option(name, each, key), 4) for each, key in keys.items())
    return (
        f"\n\t\t{{\n\t\t\tname: {_quoted(name)},\n\t\t\ttitle: _({_quoted(SECTIONS[name])}),"
        f"\n\t\t\toptions: [{options}\n\t\t\t]\n\t\t}}"
    )


def option(section: str, name: str, key: config.Key) -> dict[str, str]:
    """{property: JavaScript's expression} of one option."""
    read, check = reader(key.read), checked(key.read)
    found = {
        "name": _quoted(name),
        "widget": _quoted(_widget(read, key)),
        "title": _translated(TITLES[section][name]),
        "help": _translated(_sentence(DESCRIPTIONS[section][name])),
        "standard": _standard(key),
    }
    if (section, name) in uci.SET:
        found["written"] = "true"
    if check.datatype:
        found["datatype"] = _quoted(check.datatype)
    if check.pattern:
        found["pattern"] = _quoted(check.pattern)
        found["expects"] = _translated(_sentence(_expectation(key)))
    if read.name == "_choice":
        found["choices"] = _choices(name, read.bound["names"])
    if read.name == "_colour":
        found["contrast_with"], found["contrast"] = _quoted(style.BACK), str(colour.NEEDED)
    return found


class Reader(NamedTuple):
    """The function of config.py that reads an option's text, by name, and what it is bound to."""

    name: str
    bound: Mapping[str, Any]


def reader(read: Callable[[str], Any]) -> Reader:
    """As builder.uci.datatype() finds it; what an option that may be empty is read by otherwise."""
    name = read.__qualname__.split(".")[0]
    bound = inspect.getclosurevars(read).nonlocals
    return reader(bound["read"]) if name == "_optional" else Reader(name, bound)


def checked(read: Callable[[str], Any]) -> Check:
    """What accepts the same texts as `read`, an empty one left out."""
    found = reader(read)
    return _CHECKS[found.name](found.bound)


def _class(letters: str) -> str:
    """A class of a regular expression that has these letters, digits and signs."""
    signs = "".join(sorted(set(letters) - set(config._LETTERS)))
    return "[A-Za-z0-9" + signs.replace("-", "") + "\\-]"


_CHECKS: dict[str, Callable[[Mapping[str, Any]], Check]] = {
    "_boolean": lambda _: Check(),
    "_choice": lambda _: Check(),
    "_integer": lambda bound: Check(f"and(uinteger,range({bound['least']},{bound['most']}))"),
    "_text": lambda bound: Check("string", f"^[^\\u0000-\\u001f]{{0,{bound['longest']}}}$"),
    "_characters": lambda bound: Check("string", f"^{_class(bound['allowed'])}{{1,{bound['longest']}}}$"),
    "_path": lambda _: Check("string", f"^/{_class(config._NAME + '/')}{{0,199}}$"),
    "_domain": lambda _: Check("hostname", "^(?=.{1,200}$)(?!.*\\.[0-9]+$)[A-Za-z0-9_\\-]+(\\.[A-Za-z0-9_\\-]+)+$"),
    "_colour": lambda _: Check("string", "^#[0-9A-Fa-f]{6}$"),
    "_address": lambda _: Check('ipaddr("nomask")', "^(?!.*(^|\\.)0[0-9])[0-9A-Fa-f.:]+$"),
    "_mac": lambda _: Check("macaddr", "^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$"),
}


def _widget(read: Reader, key: config.Key) -> str:
    if key.is_list:
        return "DynamicList"
    return {"_boolean": "Flag", "_choice": "ListValue"}.get(read.name, "Value")


def _standard(key: config.Key) -> str:
    if key.is_list:
        return "[ {} ]".format(", ".join(map(_quoted, key.default))) if key.default else "[]"
    return _quoted(key.default)


def _choices(name: str, values: tuple[str, ...]) -> str:
    if name == "language":
        shown = {value: _quoted(language.NAMES[value]) for value in values}
    else:
        shown = {value: _translated(CHOICES[name][value]) for value in values}
    return "[ {} ]".format(", ".join(f"[ {_quoted(value)}, {shown[value]} ]" for value in values))


def _expectation(key: config.Key) -> str:
    """The agent's own words for what it wants."""
    try:
        key.read(_UNFIT)
    except ValueError as error:
        return str(error)
    raise AssertionError("there is a text that it refuses")


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]


def _quoted(text: str) -> str:
    return "'" + json.dumps(text, ensure_ascii=False)[1:-1].replace('\\"', '"').replace("'", "\\'") + "'"


def _translated(text: str) -> str:
    return f"_({_quoted(text)})"


def _object(properties: Mapping[str, str], depth: int) -> str:
    indent = "\t" * depth
    lines = ",\n".join(f"{indent}\t{name}: {value}" for name, value in properties.items())
    return f"\n{indent}{{\n{lines}\n{indent}}}"
