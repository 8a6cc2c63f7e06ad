"""How times, names and facts are shown."""

import datetime
import time
from typing import Any

from django import template
from django.utils import timezone

from portvagt_isp.desk import words

register = template.Library()

TABLES = {
    "action": words.ACTIONS,
    "state": words.STATES,
    "said": words.SAID,
    "command": words.COMMANDS,
    "policy": words.POLICIES,
    "stage": words.STAGES,
}
SHORT = 8


@register.filter
def said_as(value: str, table: str) -> str:
    """A contract's word in ours; an unknown one as it is."""
    return TABLES[table].get(value or "", value or "")


def _local(unix_s: float | None, pattern: str) -> str:
    if unix_s is None:
        return "–"
    try:
        return datetime.datetime.fromtimestamp(unix_s, timezone.get_current_timezone()).strftime(pattern)
    except (ValueError, OverflowError, OSError):  # a router's clock may say anything
        return "–"


@register.filter
def moment(unix_s: float | None) -> str:
    """ISO date and time to the minute, in the time zone of the configuration."""
    return _local(unix_s, "%Y-%m-%d %H:%M")


@register.filter
def second(unix_s: float | None) -> str:
    """As `moment`, to the second."""
    return _local(unix_s, "%Y-%m-%d %H:%M:%S")


@register.filter
def ago(unix_s: float) -> str:
    """How long ago."""
    return words.ago(max(0.0, time.time() - unix_s))


@register.filter
def short(name: str) -> str:
    """The beginning of a pseudonym."""
    return str(name)[:SHORT]


@register.filter
def telephone(number: str) -> str:
    """8 digits, as people say them."""
    return f"{number[:4]} {number[4:]}"


register.filter("evidence", words.evidence)
register.filter("span", words.span)


@register.filter
def acknowledgement(order: Any) -> str:
    """What the router said."""
    return words.acknowledgement(order.ack)


@register.filter
def stage(order: Any) -> str:
    """How far a command has come."""
    return str(order.stage(time.time()))


@register.filter
def megabytes(kilobytes: Any) -> str:
    """Memory."""
    return f"{kilobytes / 1024:.1f} MB" if isinstance(kilobytes, int | float) else "–"
