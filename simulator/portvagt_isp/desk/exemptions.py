"""Subscribers who say that it is their own mail server, and what they were answered."""

from typing import NamedTuple

from portvagt_isp.desk import cases
from portvagt_isp.desk.cases import Case
from portvagt_isp.desk.models import Refusal
from portvagt_isp.desk.reading import Connection

_UNANSWERED = """
    SELECT incident FROM events AS claim WHERE action = 'mail_server_claimed' AND NOT EXISTS (
        SELECT 1 FROM events AS later
        WHERE later.incident = claim.incident AND later.action = 'exempted' AND later.rowid > claim.rowid
    ) AND NOT EXISTS (
        SELECT 1 FROM commands WHERE commands.cpe_id = claim.cpe_id AND commands.command = 'exempt'
        AND commands.created > claim.received AND json_extract(commands.document, '$.device') = claim.device
        AND commands.sent IS NOT 0 AND NOT EXISTS (
            SELECT 1 FROM acks WHERE acks.command = commands.id AND acks.result = 'refused'
        )
    ) ORDER BY claim.received
"""


class Answered(NamedTuple):
    """A request that was refused."""

    refusal: Refusal
    case: Case


def waiting_incidents(connection: Connection) -> list[str]:
    """Cases with a request that nobody answered, the oldest first."""
    refused = set(Refusal.objects.values_list("incident", flat=True))
    found = (row["incident"] for row in connection.execute(_UNANSWERED))
    return [incident for incident in dict.fromkeys(found) if incident not in refused]


def refused(connection: Connection) -> list[Answered]:
    """The last refusals, the newest first."""
    last = Refusal.objects.order_by("-at")[:20]
    pairs = [(refusal, cases.find(connection, refusal.incident)) for refusal in last]
    return [Answered(refusal, case) for refusal, case in pairs if case]


def refuse(incident: str, by: str, note: str) -> None:
    """Mark a request as refused; the last word counts."""
    Refusal.objects.update_or_create(incident=incident, defaults={"by": by, "note": note})
