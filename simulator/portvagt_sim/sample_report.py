"""Our sample reports (tests/isp/reports), made to tell of a mail that was really sent in a world."""

import time
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

from portvagt_isp.abuse.report import Report
from portvagt_sim.mailbox import Mail

SAMPLES = Path(__file__).resolve().parents[2] / "tests" / "isp" / "reports"

# what the samples say: replaced wherever it stands, so a sample may be edited and still be one
SOURCE, PORT, DESTINATION = "198.51.100.2", "40001", "198.18.1.25"
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


def is_sample(report: Report) -> bool:
    """Whether a report is one of them, by address and time."""
    return (report.source, report.at) == (SOURCE, AT)


def about(text: str, mail: Mail) -> str:
    """The text of a sample, with the facts of a mail as the mail server saw them."""
    at = sent_at(mail)
    facts = {
        SOURCE: mail.peer,
        PORT: str(mail.peer_port),
        DESTINATION: mail.server,
        format_datetime(AT): format_datetime(at),
        _rfc3339(AT): _rfc3339(at),
    }
    for said, is_so in facts.items():
        text = text.replace(said, is_so)
    return text


def sent_at(mail: Mail) -> datetime:
    """When the mail server had it, UTC, to the second below, as mail headers have it."""
    return datetime.fromtimestamp(int(mail.at + time.time() - time.monotonic()), UTC)


def _rfc3339(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
