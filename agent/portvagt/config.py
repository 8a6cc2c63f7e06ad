"""The one configuration file: its table of keys, and how a file becomes values."""

import socket

from portvagt import runtime, uci

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

DEFAULT_PATH = "/etc/config/portvagt"
FILE_MAX = 64 * 1024


class ConfigError(Exception):
    """The configuration can't be used; the text is `FILE:LINE: what is wrong`."""


class Key:
    """One option: `read(text)` returns the value or raises ValueError saying what is expected."""

    __slots__ = ("default", "read", "is_list")

    def __init__(self, default: "Any", read: "Callable[[str], Any]", is_list: bool = False) -> None:
        self.default = default
        self.read = read
        self.is_list = is_list


class Section:
    """The values of one section, as attributes."""

    def __init__(self, values: "dict[str, Any]") -> None:
        self._values = values

    def __getattr__(self, name: str) -> "Any":
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name)

    def change(self, name: str, value: "Any") -> None:
        """Let another value hold from now on."""
        self._values[name] = value


class Config:
    """The values of a whole file, a Section each room."""

    def __init__(self, values: "dict[str, dict[str, Any]]") -> None:
        self.main = Section(values["main"])
        self.judge = Section(values["judge"])
        self.block = Section(values["block"])
        self.warn = Section(values["warn"])
        self.report = Section(values["report"])


def _boolean(text: str) -> bool:
    if text in ("1", "on", "true", "yes", "enabled"):
        return True
    if text in ("0", "off", "false", "no", "disabled"):
        return False
    raise ValueError("must be 1 or 0")


def _integer(least: int, most: int) -> "Callable[[str], int]":
    def read(text: str) -> int:
        if not text or not all(letter in "0123456789" for letter in text) or not least <= int(text[:12]) <= most:
            raise ValueError("must be a whole number from {} to {}".format(least, most))
        return int(text)

    return read


def _choice(*names: str) -> "Callable[[str], str]":
    def read(text: str) -> str:
        if text not in names:
            raise ValueError("must be one of: {}".format(", ".join(names)))
        return text

    return read


def _text(longest: int) -> "Callable[[str], str]":
    def read(text: str) -> str:
        if len(text) > longest or any(ord(letter) < 32 for letter in text):
            raise ValueError("must be at most {} characters on one line".format(longest))
        return text

    return read


def _characters(allowed: str, longest: int, expectation: str) -> "Callable[[str], str]":
    def read(text: str) -> str:
        if not 0 < len(text) <= longest or any(letter not in allowed for letter in text):
            raise ValueError(expectation)
        return text

    return read


def _optional(read: "Callable[[str], str]") -> "Callable[[str], str]":
    return lambda text: read(text) if text else ""


def _path(text: str) -> str:
    # a path reaches the shell's command line and a C string: keep to what every router's paths are made of
    if not text.startswith("/") or len(text) > 200 or any(letter not in _NAME + "/" for letter in text):
        raise ValueError("must be an absolute path of letters, digits and . _ - /")
    return text


def _address(text: str) -> str:
    try:
        family = socket.AF_INET6 if ":" in text else socket.AF_INET
        return socket.inet_ntop(family, socket.inet_pton(family, text))
    except (OSError, ValueError):
        raise ValueError("must be an IPv4 or IPv6 address")


def _domain(text: str) -> str:
    """A name as certificates have it, in lower case. RFC 8910, 2: no address; and its URI fits into 255 bytes."""
    labels = text.lower().split(".")
    if len(text) > 200 or len(labels) < 2 or not all(labels) or any(letter not in _NAME for letter in text):
        raise ValueError("must be a name such as portal.example.net")
    if all(digit in "0123456789" for digit in labels[-1]):
        raise ValueError("must be a name, for devices are to check its certificate")
    return text.lower()


def _mac(text: str) -> str:
    parts = text.lower().split(":")
    digits = "".join(parts)
    if [len(part) for part in parts] != [2] * 6 or any(digit not in "0123456789abcdef" for digit in digits):
        raise ValueError("must be a MAC address such as 02:00:5e:00:00:01")
    return text.lower()


def _colour(text: str) -> str:
    """One that can be read on the page, so that a mistake is seen here and not by a family."""
    if not text:
        return ""
    from portvagt.warn import style  # here: of the three processes only the portal needs it

    if len(text) != 7 or text[0] != "#" or any(digit not in "0123456789abcdef" for digit in text[1:].lower()):
        raise ValueError("must be a colour such as #0b5a4d")
    problem = style.problem(text.lower())
    if problem:
        raise ValueError(problem)
    return text.lower()


# where the makers of operating systems give updates, and tools that remove malware, at no charge
HELP_SITES = (
    "windowsupdate.com",
    "update.microsoft.com",
    "definitionupdates.microsoft.com",
    "go.microsoft.com",
    "support.microsoft.com",
    "support.apple.com",
    "swscan.apple.com",
    "swcdn.apple.com",
    "support.google.com",
)

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
_NAME = _LETTERS + "._-"
_interface = _characters(_NAME + "@", 15, "must be a network interface's name")  # IFNAMSIZ less the final zero
_host = _characters(_NAME + ":", 253, "must be a host name or an address")
_identity = _characters(_NAME, 64, "must be letters, digits and . _ -")  # no / + #: it is a level of an MQTT topic

# what each is for: openwrt-package/builder/descriptions.py; routers have it in /etc/config/portvagt
KEYS = {
    "main": {
        "enabled": Key("1", _boolean),
        "policy": Key("stop", _choice("observe", "stop", "closed")),
        "lan": Key(("br-lan",), _interface, True),
        "never_garden": Key((), _mac, True),
        "run_dir": Key("/var/run/portvagt", _path),
        "state_dir": Key("/etc/portvagt", _path),
        "leases": Key("/tmp/dhcp.leases", _path),
    },
    "judge": {
        "false_alarm_years": Key("10", _integer(1, 1000)),
        "slowest_zombie_minutes": Key("30", _integer(1, 120)),
        "quiet_hours": Key("24", _integer(1, 720)),
        "release_quiet_minutes": Key("60", _integer(0, 1440)),
        "garden_after_hours": Key("0", _integer(0, 720)),
        "probation_days": Key("30", _integer(1, 366)),
        "outbound_hours": Key("24", _integer(0, 168)),
    },
    "block": {
        "smtp_per_hour": Key("20", _integer(1, 100000)),
        "smtp_burst": Key("10", _integer(1, 10000)),
        "submission_per_hour": Key("120", _integer(1, 100000)),
        "submission_burst": Key("60", _integer(1, 10000)),
        "relay_per_hour": Key("240", _integer(1, 100000)),
        "relay_burst": Key("60", _integer(1, 10000)),
        "relay": Key((), _address, True),
    },
    "warn": {
        "port": Key("8025", _integer(1024, 65535)),
        "tls_port": Key("8026", _integer(1024, 65535)),
        "api_host": Key("", _optional(_domain)),
        "api_port": Key("8027", _integer(1024, 65535)),
        "api_certificate": Key("", _optional(_path)),
        "api_key": Key("", _optional(_path)),
        "level": Key("gate", _choice("gate", "gentle")),
        "isp_name": Key("", _text(60)),
        "isp_phone": Key("", _text(30)),
        "isp_logo": Key("", _optional(_path)),
        "colour": Key("", _colour),
        "help_site": Key(HELP_SITES, _host, True),
        "language": Key("da", _choice("da", "en", "de", "sv", "nb", "fi", "pl", "tr", "ar", "uk", "fr", "es")),
    },
    "report": {
        "enabled": Key("0", _boolean),
        "cpe_id": Key("", _optional(_identity)),
        "broker": Key("", _optional(_host)),
        "port": Key("8883", _integer(1, 65535)),
        "ca": Key("/etc/portvagt/ca.crt", _path),
        "certificate": Key("/etc/portvagt/cpe.crt", _path),
        "key": Key("/etc/portvagt/cpe.key", _path),
        "pseudonym_days": Key("0", _integer(0, 3650)),
        "heartbeat": Key("900", _integer(60, 86400)),
        "receipts": Key("0", _boolean),
    },
}


def load(path: str) -> Config:
    """The configuration in the file at `path`. Raises ConfigError."""
    try:
        with open(path) as file:
            text = runtime.read_at_most(file, FILE_MAX + 1)
    except OSError as error:
        raise ConfigError("{}: can't be read: {}".format(path, error))
    except ValueError:  # UnicodeError
        raise ConfigError("{}: is not UTF-8 text".format(path))
    if len(text) > FILE_MAX:
        raise ConfigError("{}: is larger than {} bytes".format(path, FILE_MAX))
    return parse(text, path)


def parse(text: str, path: str) -> Config:
    """The configuration in `text`; `path` is what error messages call it. Raises ConfigError."""
    values = _defaults()
    lines: "dict[tuple[str, str], int]" = {}
    section = ""
    try:
        for line in uci.parse(text):
            if line.keyword == "config":
                section = _section(line)
            elif line.keyword != "package":
                _set(values, lines, section, line)
    except uci.BadLine as error:
        raise ConfigError("{}:{}: {}".format(path, error.number, error.message))
    _check_ports(values["warn"], lines, path)
    _check_api(values["warn"], lines, path)
    _check_report(values["report"], lines, path)
    return Config(values)


def _defaults() -> "dict[str, dict[str, Any]]":
    return {
        section: {name: list(key.default) if key.is_list else key.read(key.default) for name, key in keys.items()}
        for section, keys in KEYS.items()
    }


def _section(line: uci.Line) -> str:
    name = line.arguments[0]
    if name not in KEYS:
        raise uci.BadLine(line.number, "unknown section '{}'; there are: {}".format(name, ", ".join(sorted(KEYS))))
    return name


def _set(
    values: "dict[str, dict[str, Any]]", lines: "dict[tuple[str, str], int]", section: str, line: uci.Line
) -> None:
    name, text = line.arguments
    key = KEYS[section].get(name) if section else None
    if key is None:
        raise uci.BadLine(line.number, "unknown key '{}' in section '{}'".format(name, section))
    if line.keyword == "list" and not key.is_list:
        raise uci.BadLine(line.number, "'{}' is written as 'option'".format(name))
    try:
        value = key.read(text)
    except ValueError as error:
        raise uci.BadLine(line.number, "'{}' {}, not '{}'".format(name, error, text[:60]))
    if not key.is_list:
        values[section][name] = value
    elif line.keyword == "list" and (section, name) in lines:
        values[section][name].append(value)
    else:  # `uci set` writes a list of one as an option
        values[section][name] = [value]
    lines[(section, name)] = line.number


_PORTS = ("port", "tls_port", "api_port")
_API = ("api_host", "api_certificate", "api_key")


def _check_ports(warn: "dict[str, Any]", lines: "dict[tuple[str, str], int]", path: str) -> None:
    for first, second in ((_PORTS[0], _PORTS[1]), (_PORTS[0], _PORTS[2]), (_PORTS[1], _PORTS[2])):
        if warn[first] == warn[second]:
            number = max(lines.get(("warn", first), 0), lines.get(("warn", second), 0))
            raise ConfigError("{}:{}: '{}' and '{}' must differ".format(path, number, first, second))


def _check_api(warn: "dict[str, Any]", lines: "dict[tuple[str, str], int]", path: str) -> None:
    """Devices that are told of an API which can't show a certificate would try it in vain: all of it, or none."""
    there = [name for name in _API if warn[name]]
    missing = [name for name in _API if not warn[name]]
    if there and missing:
        number = lines[("warn", there[-1])]
        raise ConfigError("{}:{}: '{}' is set, so '{}' must be set".format(path, number, there[-1], missing[0]))


def _check_report(report: "dict[str, Any]", lines: "dict[tuple[str, str], int]", path: str) -> None:
    for name in ("cpe_id", "broker"):
        if report["enabled"] and not report[name]:
            number = lines.get(("report", "enabled"), 0)
            raise ConfigError("{}:{}: reporting is enabled, so '{}' must be set".format(path, number, name))
