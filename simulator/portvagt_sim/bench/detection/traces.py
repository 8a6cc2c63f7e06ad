"""Recorded traffic, where it lies beside the project; it is read there, never copied."""

import ipaddress
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.bench.detection.detectors import DETECTORS, Detecting, Ours
from portvagt_sim.bench.detection.zombies import Stop
from portvagt_sim.replay.files import Recording
from portvagt_sim.replay.flow import Flow
from portvagt_sim.replay.judgement import FAILED

TRACES = Path(__file__).resolve().parents[5] / "shared" / "traces"
WIDTHS = (16, 20, 24, 32)
ALL_PORTS = frozenset((25, 465, 587))


class Trace(NamedTuple):
    """A file in TRACES, and the ports that count."""

    file: str
    ports: frozenset[int]


RECORDED = {
    "Emotet": Trace("bot_emotet_20220208.csv.gz", ALL_PORTS),
    "Emotet, port 25": Trace("bot_emotet_20220208.csv.gz", frozenset((25,))),
    "CTU-13 samples": Trace("bot_ctu13_sample.csv.gz", ALL_PORTS),
    "infostealer": Trace("hardneg_infostealer_mta.csv.gz", ALL_PORTS),
    "office computers": Trace("norm_m57_office.csv.gz", ALL_PORTS),
    "e-mail users": Trace("norm_emaileu_users.csv.gz", ALL_PORTS),
    "small mail server": Trace("norm_mailserver_conch.csv.gz", ALL_PORTS),
}


def is_here(trace: Trace) -> bool:
    """Whether somebody has it."""
    return (TRACES / trace.file).is_file()


def stops(trace: Trace, most: int | None) -> dict[str, list[Stop | None]]:
    """For each detector, when it stopped each host. `most`: rows to read; None: all."""
    return {name: [_stop(make(), each) for each in _hosts(trace, most)] for name, make in DETECTORS.items()}


def stops_by_width(trace: Trace, width: int, most: int | None) -> list[Stop | None]:
    """When ours would stop each host if an IPv4 /`width` were a network."""
    hosts = _hosts(trace, most)
    return [_stop(Ours(), [flow._replace(dst=alone(flow.dst, width)) for flow in each]) for each in hosts]


def alone(address: str, width: int) -> str:
    """An address whose network, an IPv6 /48, stands for the IPv4 /`width` of `address`."""
    if ":" in address:
        return address
    network = ipaddress.IPv4Network((address, width), strict=False)
    return str(ipaddress.IPv6Address(int(network.network_address) << 80))


def _hosts(trace: Trace, most: int | None) -> list[list[Flow]]:
    recording = Recording(TRACES / trace.file, skip_bad=False)
    with recording.open() as file:
        flows = [flow for flow in islice(recording.flows(file), most) if flow.dport in trace.ports]
    hosts: dict[tuple[str, str], list[Flow]] = {}
    for flow in sorted(flows, key=lambda each: each.start):
        hosts.setdefault((flow.origin, flow.src), []).append(flow)
    return list(hosts.values())


def _stop(made: Detecting, flows: Iterable[Flow]) -> Stop | None:
    for count, (start, flow) in enumerate(_timed(flows), start=1):
        if made.feed(start, ipaddress.ip_address(flow.dst).packed, flow.dport, flow.state in FAILED):
            return Stop(count, start - 1)
    return None


def _timed(flows: Iterable[Flow]) -> Iterator[tuple[float, Flow]]:
    """Seconds since a second before the first one."""
    began: float | None = None
    for flow in flows:
        began = flow.start if began is None else began
        yield flow.start - began + 1, flow
