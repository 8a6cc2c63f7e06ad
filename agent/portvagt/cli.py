"""The command line: the three processes, and what an administrator asks of the guard."""

import json
import sys

from portvagt import __version__, check, config, rfc3339, rpc, words
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.config import Config

USAGE = """usage: portvagt [--config FILE] COMMAND …

Finds spam zombies in the home, stops their mail in the router, warns the family, tells the ISP.

on the router:
  status [--json]          what the guard sees and which devices are stopped
  explain DEVICE [--json]  why a device is stopped: the evidence
  stop DEVICE              stop a device's mail, as after a letter from the provider's abuse desk
  garden DEVICE            lead a stopped device's web to the page, until somebody has read it there
  release DEVICE           let a device send mail again
  exempt DEVICE --for 30d  no cap and no block for a device, for a time (m, h or d)
  trace ADDRESS --at 2026-11-25T04:30:00Z [--within 60s] [--port 47908] [--json]
                           which device opened the connection that an abuse report names
  dnsmasq                  lines for a file in dnsmasq's conf-dir: names that the rules know
  check                    is the configuration right, can the kernel do what is needed

DEVICE is a MAC address, an IP address or a name, as `status` shows them. ADDRESS is the mail server's; --port is the
source port that it saw.

the processes (started by the init script):
  guard      watches, judges and blocks; needs CAP_NET_ADMIN
  portal     the page for the family; needs no right
  reporter   reports to the ISP; needs no right

  --config FILE   default {}
  --version
  --help
""".format(config.DEFAULT_PATH)

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_WITHIN = "60s"  # mail servers' clocks are set by NTP too, but a mail takes its time until its line in the log
_VALUED = ("--config", "--for", "--at", "--within", "--port")


class UsageError(Exception):
    """The words on the command line don't fit."""


def main(arguments: "list[str]") -> int:
    """Run one command; returns the exit status: 0 done, 1 it can't be done, 2 wrong words or configuration."""
    try:
        return _dispatch(arguments)
    except UsageError as error:
        return _fail("{} (try: portvagt --help)".format(error), 2)
    except config.ConfigError as error:
        return _fail(str(error), 2)
    except rpc.Refused as error:
        return _fail(str(error), 1)
    except KeyboardInterrupt:
        return 130


def command() -> None:
    """The program `portvagt` of an installed package."""
    sys.exit(main(sys.argv[1:]))


def _fail(text: str, status: int) -> int:
    sys.stderr.write("portvagt: {}\n".format(text))
    return status


def _dispatch(arguments: "list[str]") -> int:
    words_left, options = _options(arguments)
    if "--help" in options:
        print(USAGE, end="")
        return 0
    if "--version" in options:
        print("portvagt", __version__)
        return 0
    if not words_left:
        raise UsageError("which command?")
    name = words_left.pop(0)
    if name not in _COMMANDS:
        raise UsageError("there is no command '{}'".format(name))
    operand, allowed, run = _COMMANDS[name]
    _check_words(name, words_left, operand, options, allowed)
    return run(config.load(options.get("--config", config.DEFAULT_PATH)), words_left, options)


def _options(arguments: "list[str]") -> "tuple[list[str], dict[str, str]]":
    """Words and options, in any order; an option's value follows it or stands behind `=`."""
    waiting = list(arguments)
    words_left, options = [], {}
    while waiting:
        word = waiting.pop(0)
        if word in ("-h", "--help"):
            options["--help"] = ""
        elif not word.startswith("--"):
            words_left.append(word)
        else:
            name, equals, value = word.partition("=")
            options[name] = _value(name, equals, value, waiting)
    return words_left, options


def _value(name: str, equals: str, value: str, waiting: "list[str]") -> str:
    if name in ("--json", "--version"):
        return ""
    if name not in _VALUED:
        raise UsageError("there is no option '{}'".format(name))
    if equals:
        return value
    if not waiting:
        raise UsageError("'{}' needs a value".format(name))
    return waiting.pop(0)


def _check_words(name: str, given: "list[str]", operand: str, options: "dict[str, str]", allowed: str) -> None:
    if len(given) != (1 if operand else 0):
        raise UsageError("'{}' takes {}".format(name, "one " + operand if operand else "no further words"))
    for option in options:
        if option != "--config" and option not in allowed.split():
            raise UsageError("'{}' does not know '{}'".format(name, option))


def _ask(settings: "Config", method: str, params: "dict[str, Any]") -> "Any":
    path = settings.main.run_dir + "/admin/admin.sock"
    try:
        return rpc.call(path, method, params)
    except OSError as error:
        raise rpc.Refused("the guard does not answer on {} ({}). Is it running, and are you root?".format(path, error))


def _print(answer: "Any", options: "dict[str, str]", sentence: "Callable[[Any], str]") -> int:
    print(json.dumps(answer) if "--json" in options else sentence(answer))
    return 0


def _status(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "status", {}), options, words.status)


def _explain(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "explain", {"device": given[0]}), options, words.explanation)


def _stop(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "stop", {"device": given[0]}), options, words.explanation)


def _garden(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "garden", {"device": given[0]}), options, words.explanation)


def _release(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "release", {"device": given[0]}), options, words.explanation)


def _exempt(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    if "--for" not in options:
        raise UsageError("'exempt' needs --for and a time, such as --for 30d")
    params = {"device": given[0], "seconds": duration("--for", options["--for"])}
    return _print(_ask(settings, "exempt", params), options, words.explanation)


def _trace(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    if "--at" not in options:
        raise UsageError("'trace' needs --at and the report's time, such as --at 2026-11-25T04:30:00Z")
    params = {
        "address": _address(given[0]),
        "at": _moment(options["--at"]),
        "within": duration("--within", options.get("--within", _WITHIN)),
    }
    if "--port" in options:
        params["port"] = _port(options["--port"])
    return _print(_ask(settings, "trace", params), options, words.trace)


def _address(text: str) -> str:
    try:
        return address.ip_text(address.ip_bytes(text))
    except ValueError:
        raise UsageError("'{}' is no IP address; give the mail server's address, not its name".format(text))


def _moment(text: str) -> int:
    try:
        return rfc3339.unix_seconds(text)
    except ValueError:
        raise UsageError(
            "'--at {}' is no time with a zone; write 2026-11-25T04:30:00Z or 2026-11-25T05:30:00+01:00".format(text)
        )


def _port(text: str) -> int:
    if not 0 < len(text) <= 5 or not all(digit in "0123456789" for digit in text) or not 0 < int(text) < 65536:
        raise UsageError("'--port {}' is no port; write a number from 1 to 65535".format(text))
    return int(text)


def duration(option: str, text: str) -> int:
    """Seconds of `60s`, `45m`, `12h` or `30d`. Raises UsageError, which names the option."""
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not 0 < len(number) <= 6 or not all(digit in "0123456789" for digit in number):
        raise UsageError("'{} {}' is no time; write 60s, 45m, 12h or 30d".format(option, text))
    return int(number) * _UNITS[unit]


def _dnsmasq(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    from portvagt.warn import dnsmasq

    print("\n".join(dnsmasq.lines(settings)))
    return 0


def _check(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return check.run(settings)


def _guard(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    from portvagt import guard  # each process loads only its own room: memory on the router

    return guard.run(settings)


def _portal(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    from portvagt import portal

    return portal.run(settings)


def _reporter(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    from portvagt import reporter

    return reporter.run(settings)


# name: (what its one operand is, options, function)
_COMMANDS = {
    "status": ("", "--json", _status),
    "explain": ("DEVICE", "--json", _explain),
    "stop": ("DEVICE", "--json", _stop),
    "garden": ("DEVICE", "--json", _garden),
    "release": ("DEVICE", "--json", _release),
    "exempt": ("DEVICE", "--for --json", _exempt),
    "trace": ("ADDRESS", "--at --within --port --json", _trace),
    "dnsmasq": ("", "", _dnsmasq),
    "check": ("", "", _check),
    "guard": ("", "", _guard),
    "portal": ("", "", _portal),
    "reporter": ("", "", _reporter),
}
