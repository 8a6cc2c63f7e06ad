"""`enter -- COMMAND…`: run a program inside the sandbox."""

import argparse

from portvagt_sim import sandbox
from portvagt_sim.errors import SimulatorError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("program", nargs=argparse.REMAINDER, metavar="-- COMMAND", help="the program and its arguments")


def run(args: argparse.Namespace) -> int:
    """Run the program; its exit status is ours, 128 + n when signal n ended it."""
    program = args.program[1:] if args.program[:1] == ["--"] else args.program
    if not program:
        raise SimulatorError("enter: nothing to run; type: python -m portvagt_sim enter -- COMMAND")
    return sandbox.run(program)
