"""A case as a report in XARF v4, category `connection`, type `infected_host`; the XARF project's own schemas check it.

`messaging`/`spam` would need the sender in the envelope and the source port, which never leave the router. The device's
pseudonym stays in the house too.
"""

import json
from typing import Any

import xarf
from django.conf import settings

from portvagt_isp.desk import words
from portvagt_isp.desk.cases import Case, happened
from portvagt_isp.desk.orders import utc

EVIDENCE = ("connections", "networks", "seconds", "unanswered", "ports", "usual_per_day")
CAUTION = "Judged by connections only, nothing was read: a bulk mail server looks the same."


class NotPossible(Exception):
    """There can't be a report; the text says why."""


def of_case(case: Case, address: str | None) -> dict[str, Any]:
    """The report. `address`: the subscriber's public address; None: the router's name identifies the source.

    Raises NotPossible.
    """
    reporter = settings.DESK.reporter
    if reporter is None:
        raise NotPossible("The configuration has no [desk.reporter]: org, contact and domain of who signs the report.")
    if case.evidence is None:
        raise NotPossible("This case has no evidence: the device was stopped or exempted by order.")
    signed = reporter._asdict()
    made = xarf.create_report(
        category="connection",
        type="infected_host",
        source_identifier=address or case.cpe_id,
        reporter=signed,
        sender=signed,
        evidence_source="flow_analysis",
        description=f"{words.evidence(case.evidence)}. {CAUTION}",
        evidence=[xarf.create_evidence("application/json", _facts(case), description="Counts of mail connections")],
        protocol="tcp",
        bot_type="unknown",
        verification_status="unverified",
        first_seen=utc(case.since),
        last_seen=utc(max(happened(event) for event in case.events)),
        **_port(case),
    )
    if made.errors or made.report is None:
        raise NotPossible("; ".join(f"{error.field}: {error.message}" for error in made.errors))
    return dict(made.report.model_dump(mode="json", by_alias=True, exclude_none=True))


def _port(case: Case) -> dict[str, Any]:
    ports = (case.evidence or {}).get("ports", [])
    return {"destination_port": ports[0]} if len(ports) == 1 else {}


def _facts(case: Case) -> str:
    facts = {name: case.evidence[name] for name in EVIDENCE if case.evidence and name in case.evidence}
    actions = [{"time": utc(happened(event)), "action": event["action"]} for event in case.events]
    return json.dumps({"incident": case.incident, "evidence": facts, "events": actions})
