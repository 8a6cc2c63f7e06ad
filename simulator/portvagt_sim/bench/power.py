"""Cut a router's power again and again, at seeded moments, and ask after each boot what it has kept."""

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from portvagt_sim.bench import machine, power_plan
from portvagt_sim.bench.power_cuts import CHECKS, PowerCuts
from portvagt_sim.bench.power_orders import ALL, NONE, PART
from portvagt_sim.bench.power_plan import AIMED, Plan, plans
from portvagt_sim.router.router import Options
from portvagt_sim.world import ROUTERS, World

TITLE = "What a router keeps when its power is cut"
ABOUT = f"""
The package as it is shipped, in a machine that QEMU emulates (docs/qemu.md), with one flash for all cuts of a row: 16
MiB, ext4 below an overlay, as malta's /etc. A cut ends QEMU by SIGKILL. What the router's kernel had not yet given to
the disk is lost; the disk itself has no cache that could be lost, as raw flash has none.

Of the cuts that are not aimed one in five comes while the agent starts, 0 to 5 s after the first init script began. The
others come 0 to 6 s after a zombie's first connection; another one, over IPv6, begins 0 to 2 s after the first. They go
on over cut and boot, 10 connections a second each; at half of the cuts one of which no saved case tells ends with the
power. A device keeps its MAC address until it was found stopped again after a boot, then the router meets a new one. At
half of the cuts the ISP's broker can't be reached from the zombies' start to the cut. All of it is the seed's.

Aimed cuts wait for a write of the guard's. "At the second write": the cases are written at once at the first verdict,
and again a minute later; the cut comes 0 to 0.1 s after the first block of that went to the disk. "At an order's
writes": the ISP orders an exemption, a release or another policy, and the cut comes 0 to 0.3 s after the first block
that is written then: cases.json, orders.json, and the acknowledgement in the reporter's outbox. Half of both come
within an eighth of that time, for a write is short. "After an acknowledgement": 0 to 1 s after the ISP has it. "The
flash had": of that write, before the next boot; "a part" is a case without the order's id.

Until the cut the router is asked all the time what it has on flash. A saved case stood in the guard's file, and
the guard, which says nothing while it writes, answered afterwards. A stored event: the guard had handed it over and
the reporter acknowledged that it is stored (the guard hands what is not to everybody who connects as a reporter), or
it stood in the guard's own file. Each is asked for at every later boot, not only at the next one, and so is each order.
The third table says how often:

{chr(10).join(f"- {key}: {what}" for key, what in CHECKS.items())}

e2fsck gets a copy, of which the journal was replayed. "Every file is whole": no *.bad in /etc/portvagt, damaged_files
0, no word of damage and no traceback in the logs. Connections are counted in the internet, by its kernel, from the
power to 2 s after the guard's first answer. The network comes after the rules, as on OpenWrt: of a saved case none is
out, of another one as many as the cap lets through. The first table tells how many of both zombies were out when the
guard answered. Each row is of one run, at the commit that it names, and a run replaces its own row only.

While the network came before the agent, up to 377 were out when the guard answered; of 115 cuts none broke a promise.

x86, seed 3, was run three times. The first run, of 50 cuts, met a device that was stopped by its address, for on a busy
machine its MAC was not found within half a second. It was asked for among the MACs, where it is not (15 faults), and
page and command line did not know it, which they do now; tests/test_guard.py shows that such a stop outlives a boot.
The second run ended at cut 20: within 90 s the guard wrote no case of the device that an order was to be about, most
likely because that was on flash already, which the bench now takes for saved. The third is the row.
"""
CUTS, AT, ASKED, FAULTS = "Cuts", "Aimed cuts", "Asked after the boots", "Faults"
TABLES = {
    CUTS: {
        "machine": "machine",
        "seed": "seed",
        "cuts": "cuts",
        "aimed": "aimed",
        "starting": "while starting",
        "outages": "broker away",
        "cases": "saved cases",
        "events": "stored events",
        "delivered": "events at the ISP",
        "repeated": "came twice",
        "more": "more often",
        "before_guard": "out before the guard answers, most",
        "commit": "commit",
        "load": "load",
    },
    AT: {
        "machine": "machine",
        "seed": "seed",
        "at": "at",
        "cuts": "cuts",
        "begun": "the write had begun",
        NONE: "the flash had none",
        PART: "a part",
        ALL: "all of it",
    },
    ASKED: {"machine": "machine", "seed": "seed", **{check: check for check in CHECKS}, "faults": "faults"},
    FAULTS: {"machine": "machine", "seed": "seed", "cut": "cut", "check": "check", "what": "what"},
}
KEY = ("machine", "seed")  # what the page has of other machines and seeds stays
FLASH = Options(flash_mib=16)
SETTINGS = {"judge": {"release_quiet_minutes": 0}}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("machine", nargs="?", default="x86", help="malta, armvirt or x86 (x86)")
    parser.add_argument("--cuts", type=int, default=50, help="how often (50)")
    parser.add_argument("--seed", type=int, default=1, help="of the moments (1)")
    parser.add_argument("--aimed", type=float, default=power_plan.AIMED_SHARE, help="share of aimed cuts (0.4)")
    parser.add_argument("--minutes", type=float, default=600, help="after these no cut is begun (600)")


def prepare(args: argparse.Namespace) -> None:
    """Build the image, outside the sandbox."""
    ROUTERS[args.machine].prepare(None, print)


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """Rows of one machine. One that is interrupted has those of the cuts that were done."""
    planned = plans(args.cuts, args.seed, args.aimed)
    with World(router=args.machine, options=FLASH, settings=SETTINGS) as world:
        cuts = PowerCuts(world, planned, lambda number, words: progress(number, args.cuts, words))
        with suppress(KeyboardInterrupt):
            cuts.run(args.minutes * 60)
        return [{"machine": args.machine, "seed": args.seed, **row} for row in _rows(cuts, planned[: cuts.done])]


def _rows(cuts: PowerCuts, done: Sequence[Plan]) -> Iterator[dict[str, Any]]:
    yield _outline(cuts, done)
    for kind in dict.fromkeys(AIMED):
        if count := sum(plan.kind == kind for plan in done):
            kept = {share: cuts.kept[kind, share] for share in (NONE, PART, ALL)}
            yield {"table": AT, "at": kind, "cuts": count, "begun": cuts.begun[kind], **kept}
    yield {"table": ASKED, **{check: cuts.checked[check] for check in CHECKS}, "faults": len(cuts.faults)}
    for number, check, what in cuts.faults:
        yield {"table": FAULTS, "cut": number, "check": check, "what": " ".join(what.replace("|", "/").split())}


def _outline(cuts: PowerCuts, done: Sequence[Plan]) -> dict[str, Any]:
    times = [*cuts.deliveries().values()]
    return {
        "table": CUTS,
        "cuts": len(done),
        "aimed": sum(plan.kind in AIMED for plan in done),
        "starting": sum(plan.kind == power_plan.STARTING for plan in done),
        "outages": sum(plan.outage for plan in done),
        "cases": len(cuts.cases),
        "events": len(cuts.events),
        "delivered": len(times),
        "repeated": times.count(2),
        "more": sum(each > 2 for each in times),
        "before_guard": max(cuts.before_guard, default=None),
        "commit": machine.commit(),
        "load": f"{min(cuts.loads, default=0):.0f} to {max(cuts.loads, default=0):.0f}",
    }
