"""`prepare RUNTIME`: fetch and compile what the agent needs to run on it."""

import argparse

from portvagt_sim.runtimes import RUNTIMES, runtime


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("runtime", choices=sorted(RUNTIMES))


def run(args: argparse.Namespace) -> int:
    """Prepare the runtime; nothing is printed when it is ready."""
    runtime(args.runtime).prepare()
    return 0
