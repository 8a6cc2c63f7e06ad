"""`portvagt-isp COMMAND`: the command line."""

import argparse
import importlib
import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from portvagt_isp import collect, config, export, send, show, store, trace
from portvagt_isp.desk import user_command
from portvagt_isp.errors import IspError

CONFIGURATION = Path("/etc/portvagt-isp.toml")
ON_THE_STORE = {"send": send, "show": show, "export": export, "trace": trace}
ARGUMENTS = {**ON_THE_STORE, "user": user_command}
# loaded when they are asked for: Django takes its time
DESK = {"desk": "portvagt_isp.desk.command", "user": "portvagt_isp.desk.user_command"}


def main(arguments: list[str] | None = None) -> int:
    """Run a command and return its exit status."""
    args = _parser().parse_args(arguments)
    try:
        if args.command in DESK:
            return int(importlib.import_module(DESK[args.command]).run(args))
        settings = config.load(args.config)
        if args.command == "collect":
            return collect.run(settings)
        with closing(store.connect(settings.database)) as connection:
            return int(ON_THE_STORE[args.command].run(args, connection))
    except sqlite3.Error as error:
        return _failed(f"{settings.database}: {error}: may we write that file and its directory?")
    except (IspError, store.UnknownStore) as error:
        return _failed(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _failed(why: str) -> int:
    print(f"portvagt-isp: {why}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="portvagt-isp", description="The ISP's side of Portvagt.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    described = {
        "collect": "take in what routers report, and send what is ordered; until Ctrl-C",
        "send": "order something of a router, and print its answer",
        "trace": "ask the router that an abuse report means which device it was",
        "show": "list routers, cases, commands or refused messages",
        "export": "print a table as JSON lines, such as for ClickHouse",
        "desk": "serve the abuse desk, a web page; until Ctrl-C",
        "user": "say who may use the desk",
    }
    for name, text in described.items():
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument("--config", type=Path, default=CONFIGURATION, metavar="FILE", help=f"({CONFIGURATION})")
        if name in ARGUMENTS:
            ARGUMENTS[name].add_arguments(command)
    return parser
