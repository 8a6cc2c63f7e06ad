"""The command line: the three processes, and what an administrator asks of the guard."""

import json
import sys

from portvagt import __version__, check, config, rpc, words

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
  release DEVICE           let a device send mail again
  exempt DEVICE --for 30d  no cap and no block for a device, for a time (m, h or d)
  check                    is the configuration right, can the kernel do what is needed

DEVICE is a MAC address, an IP address or a name, as `status` shows them.

the processes (started by the init script):
  guard      watches, judges and blocks; needs CAP_NET_ADMIN
  portal     the page for the family; needs no right
  reporter   reports to the ISP; needs no right

  --config FILE   default {}
  --version
  --help
""".format(config.DEFAULT_PATH)

_UNITS = {"m": 60, "h": 3600, "d": 86400}


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
    operands, allowed, run = _COMMANDS[name]
    _check_words(name, words_left, operands, options, allowed)
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
    if name not in ("--config", "--for"):
        raise UsageError("there is no option '{}'".format(name))
    if equals:
        return value
    if not waiting:
        raise UsageError("'{}' needs a value".format(name))
    return waiting.pop(0)


def _check_words(name: str, given: "list[str]", operands: int, options: "dict[str, str]", allowed: str) -> None:
    if len(given) != operands:
        raise UsageError("'{}' takes {}".format(name, "one DEVICE" if operands else "no further words"))
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


def _release(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    return _print(_ask(settings, "release", {"device": given[0]}), options, words.explanation)


def _exempt(settings: "Config", given: "list[str]", options: "dict[str, str]") -> int:
    if "--for" not in options:
        raise UsageError("'exempt' needs --for and a time, such as --for 30d")
    params = {"device": given[0], "seconds": duration(options["--for"])}
    return _print(_ask(settings, "exempt", params), options, words.explanation)


def duration(text: str) -> int:
    """Seconds of `45m`, `12h` or `30d`. Raises UsageError."""
    number, unit = text[:-1], text[-1:]
    if unit not in _UNITS or not 0 < len(number) <= 6 or not all(digit in "0123456789" for digit in number):
        raise UsageError("'--for {}' is no time; write 45m, 12h or 30d".format(text))
    return int(number) * _UNITS[unit]


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


# name: (number of operands, options, function)
_COMMANDS = {
    "status": (0, "--json", _status),
    "explain": (1, "--json", _explain),
    "release": (1, "--json", _release),
    "exempt": (1, "--for --json", _exempt),
    "check": (0, "", _check),
    "guard": (0, "", _guard),
    "portal": (0, "", _portal),
    "reporter": (0, "", _reporter),
}
