"""`--runtime NAME…` of the benchmarks that measure one thing on several runtimes."""

import argparse

from portvagt_sim.runtimes import RUNTIMES, at_hand


def add_argument(parser: argparse.ArgumentParser) -> None:
    """Declare the option."""
    parser.add_argument("--runtime", action="append", choices=sorted(RUNTIMES), help="runtimes to measure (all)")


def names(args: argparse.Namespace) -> list[str]:
    """The runtimes that were asked for, else all that are at hand."""
    return args.runtime or list(at_hand())


def prepare(args: argparse.Namespace) -> None:
    """Make the runtimes ready, outside the sandbox."""
    for name in names(args):
        RUNTIMES[name]().prepare()
