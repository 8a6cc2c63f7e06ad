"""`portvagt-isp trace FILE`: an abuse report becomes a question to the router that it means."""

import argparse
import getpass
import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from portvagt_isp import dispatch, orders, routers, trace_answer
from portvagt_isp.abuse import mail, report
from portvagt_isp.abuse.read import read
from portvagt_isp.abuse.report import Report
from portvagt_isp.errors import IspError

UNKNOWN_ADDRESS = (
    "no router says that it has {}. Did it have that address then (--router says which), do you translate "
    "addresses (then your log does), or is it another ISP's?"
)
SHARED = "{} routers have that address: the source port is needed (--port), or say which it was (--router)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="an ARF or X-ARF mail, or XARF JSON; - is what is piped in"
    )
    said = parser.add_argument_group("what the report does not say, or says wrongly")
    said.add_argument("--source", metavar="ADDRESS", help="that the mail came from")
    said.add_argument("--port", type=int, help="that it came from, as the mail server saw it")
    said.add_argument("--destination", metavar="ADDRESS", help="of the mail server that took it")
    said.add_argument("--at", metavar="TIME", help="when, such as 2026-03-01T12:00:00Z")
    said.add_argument("--within", type=int, default=300, metavar="SECONDS", help="how far that may be off (300)")
    said.add_argument("--router", action="append", metavar="NAME", help="cpe_id, of your own records; several times")
    parser.add_argument(
        "--stop",
        action="store_true",
        help="stop the device, if it is one alone, and all connections of that time are known",
    )
    parser.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="for the answer (30)")
    parser.add_argument("--by", default=None, help="who asks (you)")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace, connection: sqlite3.Connection) -> int:
    """0: answered; 1: refused by a router; 2: a router has not answered yet. Raises IspError."""
    asked = _completed(_changed(read(_content(args.file)), args))
    names = [dispatch.router_name(name) for name in args.router or _routers(connection, asked)]
    fields = _fields(asked, args)
    by = args.by or getpass.getuser()
    commands = {name: orders.new_id() for name in names}
    for name, identity in commands.items():
        dispatch.command(connection, identity, name, by, "trace", fields)
    end = time.monotonic() + args.wait
    answers = [trace_answer.wait(connection, name, identity, end) for name, identity in commands.items()]
    show = trace_answer.show_json if args.json else trace_answer.show
    show(connection, asked, args.within, answers)
    if any(answer.ack is None for answer in answers):
        return 2
    return 0 if all(answer.ack["result"] == "done" for answer in answers if answer.ack) else 1


def _content(file: Path) -> bytes:
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(mail.SIZE_MAX + 1)
        with file.open("rb") as opened:
            return opened.read(mail.SIZE_MAX + 1)
    except OSError as error:
        raise IspError(f"cannot read the report: {error}") from None


def _changed(found: Report, args: argparse.Namespace) -> Report:
    """With what the options say instead. Raises IspError."""
    readers = {"source": report.address, "port": report.port, "destination": report.address, "at": report.moment}
    changes: dict[str, Any] = {}
    for name, reader in readers.items():
        said = getattr(args, name)
        if said is not None:
            changes[name] = reader(said)
            if changes[name] is None:
                raise IspError(f"--{name} {said}: not understood{'; give it with its zone' if name == 'at' else ''}")
    return found._replace(**changes)


def _completed(found: Report) -> Report:
    """The same, if it says enough. Raises IspError."""
    missing = []
    if found.at is None:
        missing.append("when it was, with a time zone (--at)")
    if found.destination is None:
        whose = f" of {found.domain}" if found.domain else ""
        missing.append(f"the address of the mail server{whose} that took the mail (--destination)")
    if missing:
        raise IspError(f"this {found.format} report on {found.source} does not say {' nor '.join(missing)}")
    return found


def _routers(connection: sqlite3.Connection, asked: Report) -> list[str]:
    names = routers.at(connection, asked.source)
    if not names:
        raise IspError(UNKNOWN_ADDRESS.format(asked.source))
    if len(names) > 1 and asked.port is None:
        raise IspError(SHARED.format(len(names)))
    return names


def _fields(asked: Report, args: argparse.Namespace) -> dict[str, Any]:
    return {
        "destination": asked.destination,
        "at": asked.at_text(),
        "within_s": args.within,
        "source_port": asked.port,
        "stop": args.stop or None,
    }
