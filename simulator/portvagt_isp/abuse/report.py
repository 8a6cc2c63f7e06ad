"""What an abuse report says, whatever its format; and how its texts are read: None is what is unreadable."""

import ipaddress
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from portvagt_isp import orders

TEXT_MAX = 100
FIELD_MAX = 2000  # characters of a field that are looked at
COMMENT = re.compile(r"\([^()]*\)")
# in brackets as RFC 5321, section 4.1.3, has literals, or alone
ADDRESS = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f:.]{2,45})\]|(?<![\w.:-])([0-9A-Fa-f:.]{2,45})(?![\w.:-])", re.IGNORECASE)


class Report(NamedTuple):
    """What is None the report does not say."""

    format: str
    source: str  # address that the spam came from
    port: int | None  # of the source, as the mail server saw it
    at: datetime | None  # UTC
    destination: str | None  # address of the mail server that took the spam
    reporter: str
    domain: str | None = None  # of the recipient: whose mail server it was

    def at_text(self) -> str | None:
        """The time as the contract has it."""
        return orders.rfc3339(self.at.timestamp()) if self.at else None


def address(text: str | None) -> str | None:
    """An IPv4 or IPv6 address in its usual form, of a field that may have it as a literal, or a comment beside it."""
    found = list(addresses(COMMENT.sub(" ", (text or "")[:FIELD_MAX])))
    return found[0] if len(found) == 1 else None


def addresses(text: str) -> Iterator[str]:
    """Every address in a text."""
    for match in ADDRESS.finditer(text[:FIELD_MAX]):
        try:
            found = ipaddress.ip_address(match[1] or match[2])
        except ValueError:
            continue
        yield str(getattr(found, "ipv4_mapped", None) or found)


def port(text: str | int | None) -> int | None:
    """A TCP port."""
    digits = COMMENT.sub(" ", str(text if text is not None else "")[:FIELD_MAX]).strip()
    is_port = re.fullmatch(r"[0-9]{1,5}", digits) and 0 < int(digits) < 65536
    return int(digits) if is_port else None


def moment(text: str | None) -> datetime | None:
    """A time of RFC 5322 or RFC 3339, in UTC. One without a zone that is known is None: it may be half a day off."""
    text = (text or "").strip()[:TEXT_MAX]
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
            if found.tzinfo is None and not re.search(r"\s-0000\b", text):  # RFC 5322, section 3.3: UTC
                continue
            return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
    return None


def domain(text: str | None) -> str | None:
    """Of a mail address."""
    match = re.search(r"@([A-Za-z0-9.-]{1,253})", (text or "")[:FIELD_MAX])
    return match[1].lower() if match else None


def plain(text: str | None) -> str:
    """A stranger's text, fit for a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in (text or "")[:TEXT_MAX]).strip()
