"""What a spammer keeps who knows the detector: first contacts or mails a day of one device that is never stopped."""

import re
from collections.abc import Iterator
from typing import Any

from portvagt import config
from portvagt.block import ruleset
from portvagt.judge.device import NETWORKS_MAX
from portvagt.judge.home import DEVICES_MAX
from portvagt_sim.bench.detection import theory
from portvagt_sim.bench.detection.detectors import BANK, OURS, THRESHOLD
from portvagt_sim.bench.detection.zombies import JUST_BELOW
from portvagt_sim.errors import SimulatorError


def priced() -> Iterator[dict[str, Any]]:
    """A row for each evasion."""
    evenly = theory.DAY_S / (theory.sustainable_interval_s(BANK.answered) * JUST_BELOW)
    half = theory.DAY_S / (theory.sustainable_interval_s((BANK.answered + BANK.failed) / 2) * JUST_BELOW)
    at_once = int(THRESHOLD / theory.gain(theory.BANK[0]))
    block = config.parse("", "").block
    for work, mails in {
        "evenly, all answered": evenly,
        "evenly, half answered": half,
        f"{at_once} a day": float(at_once),
        f"{NETWORKS_MAX} networks, port 25": 24.0 * block.smtp_per_hour,
        f"{NETWORKS_MAX} networks, submission": 24.0 * block.submission_per_hour,
        f"a MAC for each {at_once}, port 25": min(DEVICES_MAX * evenly, metered("smtp", at_once, block.smtp_per_hour)),
        f"a MAC for each {at_once}, submission": min(
            DEVICES_MAX * evenly, metered("submission", at_once, block.submission_per_hour)
        ),
    }.items():
        yield {"work": f"evasion: {work}", "detector": OURS, "mails": mails}


def metered(meter: str, at_once: int, per_hour: int) -> float:
    """Mails a day that the kernel lets pass of forged addresses, `at_once` of each.

    An address has its place in the meter for some hours; when all places are taken, the others share one allowance.
    """
    rules = ruleset.text(config.parse("", ""), [])
    found = re.search(rf"set {meter}_meter {{.* timeout (\d+)h; size (\d+);", rules)
    if found is None:
        raise SimulatorError(f"the ruleset has no {meter}_meter")
    hours, places = map(int, found.groups())
    return places * at_once * 24 / hours + 24 * per_hour
