"""`replay FILE…`: what the detector would have said of recorded mail traffic."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from portvagt_sim.errors import SimulatorError
from portvagt_sim.replay.files import Recording
from portvagt_sim.replay.judgement import judged

MAIL_PORTS = "25,465,587"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", nargs="+", type=Path, help="CSV, `conntrack -E -o timestamp`, Zeek's conn.log; or .gz")
    parser.add_argument("--ports", default=MAIL_PORTS, help=f"destination ports that count ({MAIL_PORTS})")
    parser.add_argument("--years", type=int, default=10, help="wanted years between false alarms of a home (10)")
    parser.add_argument("--slowest", type=int, default=30, help="minutes between two mails of the slowest zombie (30)")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of words")
    parser.add_argument("--skip-bad", action="store_true", help="count rows that can't be read instead of ending")


def run(args: argparse.Namespace) -> int:
    """Print a line for each host."""
    ports = _ports(args.ports)
    if args.years < 1:
        raise SimulatorError("replay: --years must be 1 or more")
    if not 1 <= args.slowest <= 120:
        raise SimulatorError("replay: --slowest must be 1 to 120 minutes")
    for path in args.file:
        recording = Recording(path, args.skip_bad)
        rows = judged(_read(recording), ports, args.years, args.slowest)
        for row in rows:
            print(json.dumps(row) if args.json else _sentence(row))
        if recording.bad:
            print(f"dev: {path}: {recording.bad} rows could not be read and were skipped", file=sys.stderr)
        if not rows:
            print(f"dev: {path}: no connection to the ports {args.ports}", file=sys.stderr)
    return 0


def _ports(text: str) -> frozenset[int]:
    try:
        return frozenset(int(port) for port in text.split(","))
    except ValueError:
        raise SimulatorError(f"replay: --ports {text}: must be numbers with commas between, such as 25,587") from None


def _read(recording: Recording) -> Any:
    console = Console(stderr=True)
    with recording.open() as file, Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(recording.path.name, total=None)
        for number, flow in enumerate(recording.flows(file)):
            if number % 1000 == 0:
                bar.update(task, completed=number, description=f"{recording.path.name}: {number:,} connections")
            yield flow


def _sentence(row: dict[str, Any]) -> str:
    return (
        f"{row['verdict']:6}  {row['src']} ({row['origin']}): {row['connections']} connections, "
        f"{row['first_contacts']} first contacts, {row['seconds']} s, score {row['score']} of {row['threshold']}: "
        f"{row['reasons']}"
    )
