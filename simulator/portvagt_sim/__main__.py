"""`python -m portvagt_sim COMMAND`: a command is a module with add_arguments(parser) and run(args) -> int."""

import argparse
import importlib
import os
import sys
from types import ModuleType

from portvagt_sim.errors import SimulatorError

# command -> (module, what `--help` says)
COMMANDS = {
    "bench": ("portvagt_sim.bench.command", "measure, ours beside others in the same run"),
    "build": ("portvagt_sim.build.command", "make what the agent is shipped as"),
    "demo": ("portvagt_sim.demo", "the story of a home with a spam zombie, on real parts"),
    "fleet": ("portvagt_sim.fleet.command", "thousands of routers, their broker broken half-way"),
    "image": ("portvagt_sim.guest.command", "build the image of a QEMU router, of Debian's packages and ours"),
    "prepare": ("portvagt_sim.prepare", "fetch and compile what a runtime of the agent needs"),
    "replay": ("portvagt_sim.replay.command", "what the detector would have said of recorded mail traffic"),
    "trace": ("portvagt_sim.trace", "an abuse report on a mail of the simulated home, traced back to its case"),
    "enter": ("portvagt_sim.enter", "run a program inside the sandbox"),
}


def _parser(chosen: ModuleType | None) -> argparse.ArgumentParser:
    """Only the chosen command's module is loaded: the others' libraries may be missing."""
    parser = argparse.ArgumentParser(prog="./dev", description="The simulated world around the router.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, (module, description) in COMMANDS.items():
        command = commands.add_parser(name, help=description, description=description)
        if chosen and chosen.__name__ == module:
            chosen.add_arguments(command)
    return parser


def main() -> int:
    """Run the command of the command line and return its exit status."""
    try:
        named = COMMANDS.get(sys.argv[1]) if len(sys.argv) > 1 else None
        chosen = importlib.import_module(named[0]) if named else None
        args = _parser(chosen).parse_args()
        status = int(chosen.run(args)) if chosen else 2
        sys.stdout.flush()
        return status
    except SimulatorError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # … | head
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


if __name__ == "__main__":
    sys.exit(main())
