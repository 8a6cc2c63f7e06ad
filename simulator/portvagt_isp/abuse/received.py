"""Received headers (RFC 5321, section 4.4): when an address handed a mail over, and to whom."""

import ipaddress
import re
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from portvagt_isp.abuse import report

HOPS_MAX = 50
BY = re.compile(r"\sby\s", re.IGNORECASE)
AFTER_BY = re.compile(r"\s(?:with|id|for|via)\s|;", re.IGNORECASE)
# of a mail server behind address translation: no connection from the home went there
INSIDE = [
    ipaddress.ip_network(network)
    for network in ("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16")
] + [ipaddress.ip_network(network) for network in ("::1/128", "fc00::/7", "fe80::/10")]


class Hop(NamedTuple):
    """What one server wrote; None: it does not say."""

    at: datetime | None
    destination: str | None


NOWHERE = Hop(None, None)


def hop(headers: Iterable[str], source: str) -> Hop:
    """The latest handing over by `source`, of headers that are latest first: below it the spammer may have forged."""
    for _, header in zip(range(HOPS_MAX), headers, strict=False):
        from_, by = (*BY.split(f"{header[: report.FIELD_MAX]} ", maxsplit=1), "")[:2]
        if source in report.addresses(from_):
            return Hop(report.moment(header.rpartition(";")[2]), _server(AFTER_BY.split(by, maxsplit=1)[0]))
    return NOWHERE


def _server(by: str) -> str | None:
    found = [each for each in report.addresses(by) if not _is_inside(each)]
    return found[0] if found else None


def _is_inside(text: str) -> bool:
    found = ipaddress.ip_address(text)
    return any(found in network for network in INSIDE)
