"""Cut a router's power again and again, at seeded moments, and ask after each boot what it has kept."""

import argparse
from collections.abc import Callable, Iterator
from typing import Any

from portvagt_sim.bench.power_cuts import CHECKS, PowerCuts, plans
from portvagt_sim.router.router import Options
from portvagt_sim.world import ROUTERS, World

TITLE = "What a router keeps when its power is cut"
ABOUT = """
The package as it is shipped, in a machine that QEMU emulates (docs/qemu.md), with one flash for all cuts: 16 MiB, ext4
below an overlay, as malta's /etc. A cut ends QEMU by SIGKILL. What the router's kernel had not yet given to the disk is
lost; the disk itself has no cache that could be lost, as raw flash has none.

One cut in five comes while the agent starts, 0 to 5 s after the first init script began. The others come 0 to 6 s after
a zombie's first connection; another one, over IPv6, begins 0 to 2 s after the first. They go on over cut and boot, 10
connections a second each; at half of the cuts one of which no saved case tells ends with the power. A device keeps its
MAC address until it was found stopped again after a boot, then the router meets a new one. At half of the cuts the
ISP's broker can't be reached from the zombies' start to the next boot. All of it is the seed's.

Until the cut the router is asked all the time what it has on flash. "A saved case": it stood in the guard's file, and
the guard, which says nothing while it writes, answered afterwards. "A stored event": the guard had handed it over and
the reporter acknowledged that it is stored (the guard hands what is not to everybody who connects as a reporter), or
it stood in the guard's own file. Each is asked for at every later boot, not only at the next one.

e2fsck gets a copy, of which the journal was replayed. "Every file is whole": no *.bad in /etc/portvagt, damaged_files
0, no word of damage and no traceback in the logs. Connections are counted in the internet, by its kernel, from the
power to 2 s after the guard's first answer. The network comes after the rules, as on OpenWrt: of a saved case none is
out, of another one as many as the cap lets through. The first table tells how many of both zombies were out when the
guard answered. Cases are written at once at the first verdict, then once a minute: no cut here waits for that minute.
"""
CUTS, ASKED, FAULTS = "Cuts", "Asked after the boots", "Faults"
TABLES = {
    CUTS: {
        "machine": "machine",
        "seed": "seed",
        "cuts": "cuts",
        "starting": "while starting",
        "outages": "broker away",
        "cases": "saved cases",
        "events": "stored events",
        "delivered": "events at the ISP",
        "repeated": "came twice",
        "more": "more often",
        "before_guard": "out before the guard answers, most",
    },
    ASKED: {"machine": "machine", "check": "check", "checked": "asked", "faults": "faults"},
    FAULTS: {"machine": "machine", "cut": "cut", "check": "check", "what": "what"},
}
FLASH = Options(flash_mib=16)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("machine", nargs="?", default="x86", help="malta, armvirt or x86 (x86)")
    parser.add_argument("--cuts", type=int, default=50, help="how often (50)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")


def prepare(args: argparse.Namespace) -> None:
    """Build the image, outside the sandbox."""
    ROUTERS[args.machine].prepare(None, print)


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """Rows of one machine."""
    planned = plans(args.cuts, args.seed)
    with World(router=args.machine, options=FLASH) as world:
        cuts = PowerCuts(world, planned, lambda number, words: progress(number, args.cuts, words))
        cuts.run()
        outline = {
            "seed": args.seed,
            "cuts": cuts.done,
            "starting": sum(plan.starting for plan in planned),
            "outages": sum(plan.outage and not plan.starting for plan in planned),
        }
        return [{"machine": args.machine, **row} for row in _rows(cuts, outline)]


def _rows(cuts: PowerCuts, outline: dict[str, int]) -> Iterator[dict[str, Any]]:
    times = [*cuts.deliveries().values()]
    yield {
        "table": CUTS,
        **outline,
        "cases": len(cuts.cases),
        "events": len(cuts.events),
        "delivered": len(times),
        "repeated": times.count(2),
        "more": sum(each > 2 for each in times),
        "before_guard": max(cuts.before_guard),
    }
    for check in CHECKS:
        faults = sum(each == check for _, each, _ in cuts.faults)
        yield {"table": ASKED, "check": check, "checked": cuts.checked[check], "faults": faults}
    for number, check, what in cuts.faults:
        yield {"table": FAULTS, "cut": number, "check": check, "what": what}
