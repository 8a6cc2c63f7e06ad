"""`trace [FILE]`: one spam mail leaves the simulated home, a mail server complains, and the ISP finds the device.

FILE is an abuse report. Of one of our samples (tests/isp/reports) address, port and time become those of the mail that
the laptop has just sent; any other is traced as it is. Without FILE it is the ARF sample.
"""

import argparse
import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console
from rich.panel import Panel
from rich.text import Text

from portvagt_isp import store
from portvagt_isp.abuse.read import read
from portvagt_isp.errors import IspError
from portvagt_sim import sample_report, sandbox
from portvagt_sim.addresses import WAN_ROUTER, mx
from portvagt_sim.errors import SimulatorError
from portvagt_sim.isp.service import NAME, Service
from portvagt_sim.mailbox import Mail
from portvagt_sim.runtimes import RUNTIMES, runtime
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

WITHIN = 5  # s; the router knows all connections of that time when it has watched for longer
SECONDS = 30.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="a report (default: our ARF sample)")
    parser.add_argument("--runtime", choices=sorted(RUNTIMES), default="cpython", help="what the agent runs on")
    parser.add_argument("--json", action="store_true", help="print the answer as one JSON object, nothing else")


def run(args: argparse.Namespace) -> int:
    """Trace it; 0 when the device was found and has a case."""
    file = (args.file or sample_report.SAMPLES / "arf.eml").resolve()
    if sandbox.is_inside():
        return _inside(args, file)
    runtime(args.runtime).prepare()  # now: there is no way out of the sandbox
    argv = [sys.executable, "-m", "portvagt_sim", "trace", "--runtime", args.runtime, *["--json"] * args.json]
    return sandbox.run([*argv, "--", str(file)])


def _inside(args: argparse.Namespace, file: Path) -> int:
    console = Console(quiet=args.json)
    template = _readable(file)
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    with ExitStack() as running:
        with console.status("building the home, the ISP and the internet …"):
            world = running.enter_context(World(runtime=args.runtime, prefix="trace-"))
            service = collector(world, running)
            wait_watched(world)
        mail = spam(world)
        console.print(f"The laptop sent a spam mail to {mail.server}: one, too few for the router to stop it.")
        return _trace(console, args, service, _written(template, mail, world.workdir))


def _readable(file: Path) -> str:
    try:
        data = file.read_bytes()
        read(data)
    except (OSError, IspError) as error:
        raise SimulatorError(f"{file}: {error}") from None
    return data.decode("utf-8", "surrogateescape")


def collector(world: World, running: ExitStack) -> Service:
    """The ISP's collector, started, and told of the router's address; `running` ends it."""
    workdir = world.workdir / "service"
    workdir.mkdir()
    authority = world.isp.authority
    service = Service(world.isp.netns, workdir, authority.certificate, authority.issue(NAME))
    service.start()
    running.callback(service.stop)
    service.wait_ready()
    connection = store.connect(service.database)
    running.callback(connection.close)
    query = "SELECT 1 FROM states, json_each(states.document, '$.addresses') WHERE value = ?"
    wait_until(
        lambda: connection.execute(query, (WAN_ROUTER.v4,)).fetchone(), SECONDS, "the ISP knows the router's address"
    )
    return service


def wait_watched(world: World) -> None:
    """Wait until the router knows all connections within WITHIN of now."""

    def is_complete() -> bool:
        question = {"address": mx(1).v4, "at": int(time.time()), "within": WITHIN}
        return bool(world.router.call("trace", **question)["complete"])

    wait_until(is_complete, SECONDS, "the router has watched for long enough")


def spam(world: World) -> Mail:
    """One spam mail of the laptop, as the mail server took it."""
    world.home.laptop.run_zombie(family=4, count=1)
    return world.internet.mails()[-1]


def _written(template: str, mail: Mail, directory: Path) -> Path:
    """The report, in a file."""
    is_sample = sample_report.is_sample(read(template.encode("utf-8", "surrogateescape")))
    text = sample_report.about(template, mail) if is_sample else template
    file = directory / "report"
    file.write_bytes(text.encode("utf-8", "surrogateescape"))
    return file


def _trace(console: Console, args: argparse.Namespace, service: Service, file: Path) -> int:
    words = [str(file), "--within", str(WITHIN), "--stop", *["--json"] * args.json]
    console.print(Panel(Text(file.read_text(errors="replace").strip()), title="the abuse report"))
    answer = service.call("trace", *words)
    console.print(Panel(Text((answer.stdout + answer.stderr).strip()), title=f"portvagt-isp trace {' '.join(words)}"))
    cases = service.call("show", "cases").stdout.strip()
    console.print(Panel(Text(cases), title="portvagt-isp show cases"))
    if args.json:
        print(answer.stdout.strip() or answer.stderr.strip())
    has_case = len(cases.splitlines()) > 1
    return 0 if answer.returncode == 0 and has_case else 1
