"""What a spammer keeps who knows the detector: first contacts or mails a day of one device that is never stopped."""

from collections.abc import Iterator
from typing import Any

from portvagt import config
from portvagt.judge.device import NETWORKS_MAX
from portvagt_sim.bench.detection import theory
from portvagt_sim.bench.detection.detectors import OURS, THRESHOLD
from portvagt_sim.bench.detection.zombies import JUST_BELOW


def priced() -> Iterator[dict[str, Any]]:
    """A row for each evasion."""
    evenly = theory.DAY_S / (theory.sustainable_interval_s() * JUST_BELOW)
    block = config.parse("", "").block
    at_once = int(THRESHOLD / theory.gain(theory.BANK[0]))
    for work, mails in {
        "evenly": evenly,
        f"{at_once} a day": float(at_once),
        f"{NETWORKS_MAX} networks, port 25": 24.0 * block.smtp_per_hour,
        f"{NETWORKS_MAX} networks, submission": 24.0 * block.submission_per_hour,
    }.items():
        yield {"work": f"evasion: {work}", "detector": OURS, "mails": mails}
