"""X-ARF 0.1 and 0.2: mails whose second part lists the fields, in YAML or JSON."""

import json
from email.message import Message
from typing import Any

import yaml

from portvagt_isp.abuse import mail, received, report
from portvagt_isp.abuse.report import Report
from portvagt_isp.errors import IspError

FORMAT = "X-ARF"
HEADERS = ("X-ARF", "X-XARF")  # of 0.1, and of 0.2


def is_xarf(message: Message) -> bool:
    """Whether a mail says that it is one."""
    return any(name in message for name in HEADERS)


def read(message: Message, parts: list[Message]) -> Report:
    """Raises IspError."""
    if (mail.field(message, "X-XARF") or "").upper() == "BULK":
        raise IspError("this X-ARF mail holds several reports (X-XARF: BULK): trace each alone")
    inside = [part for part in parts if not part.is_multipart() and part.get_content_maintype() != "multipart"]
    if len(inside) < 2:
        raise IspError("this X-ARF mail has no second part, which would be the report")
    fields = _fields(mail.text(inside[1]))
    source = report.address(fields.get("source"))
    if source is None:
        raise IspError("this X-ARF report names no address (Source)")
    hop = received.hop(mail.fields(mail.original(parts), "Received"), source)
    return Report(
        FORMAT,
        source,
        report.port(fields.get("source-port")),  # Port is that of the service that was attacked
        report.moment(fields.get("date")) or hop.at,
        report.address(fields.get("destination")) or hop.destination,
        report.plain(fields.get("reported-from")),
    )


def _fields(text: str) -> dict[str, str]:
    """By their names in small letters. Raises IspError."""
    try:
        found: Any = json.loads(text) if text.lstrip().startswith("{") else yaml.load(text, yaml.BaseLoader)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        why = str(getattr(error, "problem", None) or error or type(error).__name__)
        raise IspError(f"the report in this X-ARF mail is neither YAML nor JSON: {report.plain(why)}") from None
    if not isinstance(found, dict):
        raise IspError("the report in this X-ARF mail is no list of fields")
    return {str(name).lower(): str(value) for name, value in found.items() if isinstance(value, str | int | float)}
