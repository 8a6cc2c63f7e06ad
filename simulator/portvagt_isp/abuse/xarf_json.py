"""XARF 4 (and 3): JSON, by the format's own library."""

import base64
import json
import warnings
from typing import Any

from portvagt_isp.abuse import mail, received, report
from portvagt_isp.abuse.received import NOWHERE, Hop
from portvagt_isp.abuse.report import Report
from portvagt_isp.errors import IspError

FORMAT = "XARF"
EVIDENCE_MAX = 10  # pieces of evidence that are looked at


def read(data: bytes) -> Report:
    """Raises IspError."""
    found = _parsed(_document(data))
    source = report.address(found.source_identifier)
    if source is None:
        raise IspError(f"this XARF report names no address but {report.plain(found.source_identifier)!r}")
    hop = _hop(found.evidence or [], source)
    destination = getattr(found, "destination_ip", None)  # in reports on connections
    return Report(
        FORMAT,
        source,
        report.port(found.source_port),
        report.moment(found.timestamp) or hop.at,
        report.address(destination if isinstance(destination, str) else None) or hop.destination,
        report.plain(found.reporter.contact),
        report.domain(getattr(found, "smtp_to", None)),
    )


def _document(data: bytes) -> dict[str, Any]:
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise IspError(f"no JSON: {report.plain(str(error)) or type(error).__name__}") from None
    if not isinstance(document, dict):
        raise IspError("this JSON is no XARF report but a list or a value")
    return document


def _parsed(document: dict[str, Any]) -> Any:
    import xarf  # takes half a second, which the other formats need not wait for

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of XARF 3
            result = xarf.parse(document)
    except Exception as error:  # the library trips over types that no XARF 3 has
        raise IspError(f"no XARF report: {report.plain(str(error))}") from None
    if result.report is None:
        why = "; ".join(report.plain(f"{each.field} {each.message}") for each in result.errors[:3])
        raise IspError(f"no XARF report: {why or 'unknown category or type'}")
    return result.report


def _hop(evidence: list[Any], source: str) -> Hop:
    """Of the spam, if it is in the evidence."""
    for piece in evidence[:EVIDENCE_MAX]:
        if piece.content_type.partition(";")[0].strip() in ("message/rfc822", "text/email", "text/rfc822-headers"):
            try:
                content = base64.b64decode(piece.payload)
            except ValueError:
                continue
            return received.hop(mail.fields(mail.headers_of(content.decode("utf-8", "replace")), "Received"), source)
    return NOWHERE
