"""ARF mails: RFC 5965, with the port of RFC 6692."""

from email.message import Message

from portvagt_isp.abuse import mail, received, report
from portvagt_isp.abuse.report import Report
from portvagt_isp.errors import IspError

FORMAT = "ARF"
FEEDBACK = "message/feedback-report"


def is_arf(parts: list[Message]) -> bool:
    """Whether one of a mail's parts is such a report."""
    return any(part.get_content_type() == FEEDBACK for part in parts)


def read(parts: list[Message]) -> Report:
    """The first report among a mail's parts. Raises IspError without a source address."""
    place = next(number for number, part in enumerate(parts) if part.get_content_type() == FEEDBACK)
    fields = mail.enclosed(parts[place])
    source = report.address(mail.field(fields, "Source-IP"))
    if fields is None or source is None:
        raise IspError("this ARF report names no address that the mail came from (Source-IP)")
    original = mail.original(parts[place + 1 :])
    hop = received.hop(mail.fields(original, "Received"), source)
    arrival = mail.field(fields, "Arrival-Date") or mail.field(fields, "Received-Date")  # the drafts' name for it
    return Report(
        FORMAT,
        source,
        report.port(mail.field(fields, "Source-Port")),
        report.moment(arrival) or hop.at,
        hop.destination,
        report.plain(mail.sender(parts[0])),
        report.domain(mail.field(fields, "Original-Rcpt-To")),
    )
