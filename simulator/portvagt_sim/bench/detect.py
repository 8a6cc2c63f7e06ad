"""How soon detectors stop a zombie, and how often an innocent home: ours beside others, on the same work."""

import argparse
from typing import Any

from portvagt_sim.bench.detection import delays, evasions, false_alarms
from portvagt_sim.bench.detection.progress import Progress

TITLE = "How soon a zombie is stopped, and how often an innocent home"
ABOUT = """
All detectors on the same connections; docs/detector.md says what they are, and how the innocent homes are made.
"stopped": hosts of a recording, or seeded runs of a generated zombie (30 days or 5,000 connections at most).
Connections and seconds (s) up to the stop, median, mean and worst of what was stopped; a zombie begins at 0 s.
False alarms of innocent homes have their exact 95 % interval. "all homes" are the kinds above it in their shares; for
the others the shares weigh rates and ends of intervals, so that theirs is rather too wide. Ours is counted on first
contacts alone, which makes 100,000 home-years possible; the others need every connection.
"Lorden": a bound on the mean delay that no detector with that false-alarm time γ beats, asymptotically, in connections;
"ours / bound" is our mean held against it. "CLUSTER": all homes, and a zombie of one a second, with another threshold.
"deaf to answers": ours if it did not weigh whether first contacts are answered, on the same zombies and homes.
"/16" to "/32": if that were a network to us, where it is an IPv4 /24.
"mails a day": what an evasion leaves the spammer, who is never stopped.
"""
COLUMNS = {
    "work": "work",
    "detector": "detector",
    "stopped": "stopped",
    "connections": "connections",
    "connections_mean": "mean",
    "connections_worst": "worst",
    "seconds": "s",
    "seconds_worst": "worst s",
    "ratio": "ours / bound",
    "years": "home-years",
    "rate": "alarms in 1,000",
    "interval": "95 %",
    "mails": "mails a day",
}
QUICK_RUNS, QUICK_YEARS, QUICK_ROWS = 50, 1000, 3000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--home-years", type=int, default=100_000, help="innocent home-years of ours (100000)")
    parser.add_argument("--other-years", type=int, default=100, help="of each kind of home, for the others (100)")
    parser.add_argument("--runs", type=int, default=200, help="seeded runs of each zombie (200)")
    parser.add_argument("--quick", action="store_true", help="a small run, for tests: shows that it works, no more")


def measure(args: argparse.Namespace, progress: Progress) -> list[dict[str, Any]]:
    """A row for each work and detector."""
    runs, years, other_years, most = args.runs, args.home_years, args.other_years, None
    if args.quick:
        runs, years, other_years, most = QUICK_RUNS, QUICK_YEARS, 1, QUICK_ROWS
    rows = [
        *delays.of_recorded(most, progress),
        *delays.of_widths(most, progress),
        *delays.of_generated(runs, progress),
        *delays.of_answers(runs, progress),
        *false_alarms.of_homes(years, other_years, progress),
        *false_alarms.of_other_clusters(years, progress),
        *false_alarms.of_answers(years, progress),
        *evasions.priced(),
    ]
    return [{**dict.fromkeys(COLUMNS), **row} for row in rows]
