"""`build TARGET`: make one of the things that the agent is shipped as."""

import argparse
import importlib

from portvagt_sim.errors import SimulatorError

# target -> (module, what `--list` says)
TARGETS = {
    "nuitka": ("portvagt_sim.build.nuitka", "one directory for firmware without any Python: build/nuitka"),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command; those behind the target are the target's own."""
    parser.add_argument("--list", action="store_true", help="name the targets")
    parser.add_argument("target", nargs="?", help="what to build")
    parser.add_argument("options", nargs=argparse.REMAINDER, help="see: ./dev build TARGET --help")


def run(args: argparse.Namespace) -> int:
    """Build one target."""
    if args.list:
        for name, (_module, description) in TARGETS.items():
            print(f"{name:10} {description}")
        return 0
    if args.target not in TARGETS:
        named = f"no target {args.target!r};" if args.target else "which target?"
        raise SimulatorError(f"build: {named} there are: {', '.join(TARGETS)}")
    module, description = TARGETS[args.target]
    target = importlib.import_module(module)
    parser = argparse.ArgumentParser(prog=f"./dev build {args.target}", description=description)
    target.add_arguments(parser)
    return int(target.run(parser.parse_args(args.options)))
