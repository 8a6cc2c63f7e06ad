"""A case as the judge makes it."""

from portvagt.judge.case import STOPPED, Case
from portvagt.judge.detector import bank
from portvagt.judge.device import Device

PSEUDONYM = "9f" * 16


def evidence(connections=6):
    """Of a device that opened so many connections, each to a new network."""
    terms = bank(10, 1800)
    device = Device(100.0, terms)
    for number in range(connections):
        flow = bytes([203, number // 256, number % 256, 1]), (25, 465, 587)[number % 3], 40000
        device.connection(100.0 + number, flow, terms)
    return device.evidence()


CASE = Case(STOPPED, "3f" * 16, 100.0, evidence())
