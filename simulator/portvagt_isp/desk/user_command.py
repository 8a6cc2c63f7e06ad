"""`portvagt-isp user`: who may use the desk."""

import argparse
import getpass
import sys

from portvagt_isp.errors import IspError

ROLES = ("read", "act")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do with whom."""
    deeds = parser.add_subparsers(dest="deed", required=True, metavar="add|list|remove")
    add = deeds.add_parser(
        "add", help="a new user, or a new password and role; the password is asked, or read from stdin"
    )
    add.add_argument("name")
    add.add_argument("--role", choices=ROLES, default="read", help="read: look only; act: send commands too (read)")
    deeds.add_parser("list", help="names and roles")
    deeds.add_parser("remove", help="end an account").add_argument("name")


def run(args: argparse.Namespace) -> int:
    """Do it. Raises IspError."""
    from portvagt_isp.desk import accounts, configuration, django_settings  # not for a collector without Django

    django_settings.configure(configuration.read(args.config))
    accounts.prepare()
    if args.deed == "add":
        accounts.add(args.name, args.role, _password())
    elif args.deed == "remove":
        accounts.remove(args.name)
    else:
        for name, role in accounts.listed():
            print(f"{name}\t{role}")
    return 0


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    first = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != first:
        raise IspError("the two passwords differ")
    return first
