"""`portvagt-isp send ROUTER WHAT`: put an order into the store, wait for the router's answer."""

import argparse
import getpass
import sqlite3
import time
from typing import Any

from portvagt_isp import dispatch, orders


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.add_argument("--wait", type=float, default=30.0, metavar="SECONDS", help="for the answer (30); 0: do not")
    parser.add_argument("--by", default=None, help="who orders it (you)")
    parser.add_argument("router", help="its cpe_id")
    orders_ = parser.add_subparsers(dest="order", required=True, metavar="ORDER")
    for name, text in (
        ("stop", "stop a device"),
        ("release", "let a device send again"),
        ("garden", "confine a stopped device"),
    ):
        orders_.add_parser(name, help=text).add_argument("device", help="pseudonym, as portvagt-isp show cases says it")
    exempt = orders_.add_parser("exempt", help="no cap and no block for a device, for a time")
    exempt.add_argument("device", help="pseudonym")
    exempt.add_argument("--hours", type=float, default=24.0, help="how long (24)")
    _add_trace(orders_.add_parser("trace", help="which device opened the connection of an abuse report"))
    orders_.add_parser("report", help="send the state now")
    policy = orders_.add_parser("policy", help="what the router does from now on; without options: as it is configured")
    policy.add_argument("--policy", choices=("observe", "stop", "closed"))
    policy.add_argument("--relay", action="append", metavar="ADDRESS", help="of the ISP's mail relays; several times")
    policy.add_argument("--take-back", action="store_true", help="remove what was sent before; there is no answer")


def _add_trace(trace: argparse.ArgumentParser) -> None:
    trace.add_argument("destination", help="address of the mail server that complained")
    trace.add_argument("--at", required=True, metavar="TIME", help="when, such as 2026-03-01T12:00:00Z")
    trace.add_argument("--within", type=int, default=300, metavar="SECONDS", help="how far that may be off (300)")
    trace.add_argument("--port", type=int, help="source port of the report")
    trace.add_argument("--stop", action="store_true", default=None, help="stop the device if it is one alone")


def run(args: argparse.Namespace, connection: sqlite3.Connection) -> int:
    """0: done; 1: refused; 2: no answer yet. Raises IspError."""
    dispatch.router_name(args.router)
    identity = orders.new_id()
    by = args.by or getpass.getuser()
    if args.order == "policy":
        _set_policy(args, connection, identity, by)
        if args.take_back:
            print(f"{args.router}: what it was told is taken back as soon as the collector runs")
            return 0
    else:
        dispatch.command(connection, identity, args.router, by, args.order, _fields(args))
    return _wait(args, connection, identity)


def _set_policy(args: argparse.Namespace, connection: sqlite3.Connection, identity: str, by: str) -> None:
    fields = {"policy": args.policy, "relay": args.relay}
    document = "" if args.take_back else orders.policy(identity, fields)
    connection.execute(
        "INSERT OR REPLACE INTO policies VALUES (?, ?, ?, ?, NULL)", (args.router, time.time(), by, document)
    )


def _fields(args: argparse.Namespace) -> dict[str, Any]:
    if args.order == "report":
        return {}
    if args.order == "trace":
        return {
            "destination": args.destination,
            "at": args.at,
            "within_s": args.within,
            "source_port": args.port,
            "stop": args.stop,
        }
    return {"device": args.device} | ({"seconds": round(args.hours * 3600)} if args.order == "exempt" else {})


def _wait(args: argparse.Namespace, connection: sqlite3.Connection, identity: str) -> int:
    row = dispatch.answer(connection, identity, args.router, time.monotonic() + args.wait)
    if row is None:
        print(f"{identity}: {dispatch.whereabouts(connection, identity, args.router)}")
        return 2
    print(row["document"])
    return 0 if row["result"] == "done" else 1
