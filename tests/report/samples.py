"""A case as the judge makes it."""

from portvagt.judge.case import STOPPED, Case
from portvagt.judge.episode import Episode

PSEUDONYM = "9f" * 16


def evidence(connections=6):
    """Of a device that opened so many connections, each to a new network."""
    episode = Episode(100.0)
    for number in range(connections):
        episode.add(100.0 + number, (bytes([203, 0, 113, number % 256]), (25, 465, 587)[number % 3], 40000), True)
    return episode.evidence()


CASE = Case(STOPPED, "3f" * 16, 100.0, evidence())
