"""What a router answered to the question of an abuse report, in words or as JSON: the device, and nothing beside it."""

import json
import sqlite3
import time
from typing import Any, NamedTuple

from portvagt_isp import dispatch
from portvagt_isp.abuse.report import Report, plain

SURE = {
    "high": "certain: the source port fits too, and the router knows all connections of that time",
    "medium": "likely: no other device had such a connection, but the report names no source port",
    "low": "uncertain",
}
NO_CASE = ("clear", "suspected")
OVER = ("released", "forgotten", "exemption_ended")  # actions after which a stop is a new case


class Answer(NamedTuple):
    """Of one router: its acknowledgement, None when none came yet; and the case of the device, if it has one."""

    router: str
    command: str
    ack: dict[str, Any] | None
    case: str | None


def wait(connection: sqlite3.Connection, router: str, identity: str, end: float) -> Answer:
    """What a router says to the command; waits until `end`, monotonic s."""
    row = dispatch.answer(connection, identity, router, end)
    if row is None:
        return Answer(router, identity, None, None)
    ack = json.loads(row["document"])
    return Answer(router, identity, ack, _case(connection, router, ack, end))


def _case(connection: sqlite3.Connection, router: str, ack: dict[str, Any], end: float) -> str | None:
    """Its incident; that of a device that was just stopped comes after the answer."""
    device = ack.get("trace", {}).get("device")
    if device is None or ack["state"] in NO_CASE:
        return None
    over = () if ack["state"] == "released" else OVER
    while True:
        row = connection.execute(
            "SELECT incident, action FROM events WHERE cpe_id = ? AND device = ? ORDER BY received DESC",
            (router, device),
        ).fetchone()
        is_current = row is not None and row["action"] not in over
        if is_current or time.monotonic() >= end:
            return str(row["incident"]) if is_current else None
        time.sleep(dispatch.POLL_S)


def show_json(_connection: sqlite3.Connection, asked: Report, _within_s: int, answers: list[Answer]) -> None:
    """Print one JSON object."""
    question = asked._asdict() | {"at": asked.at_text()}
    print(json.dumps({"report": question, "answers": [_told(each) for each in answers]}))


def show(connection: sqlite3.Connection, asked: Report, within_s: int, answers: list[Answer]) -> None:
    """Print sentences."""
    port = f" port {asked.port}" if asked.port else ""
    print(f"{asked.format} report of {asked.reporter or 'an unknown reporter'}: a mail from {asked.source}{port}")
    print(f"to {asked.destination} at {asked.at_text()}, {within_s} s more or less.")
    for answer in answers:
        for line in _lines(connection, answer):
            print(f"{answer.router}: {line}")


def _told(answer: Answer) -> dict[str, Any]:
    ack = answer.ack or {}
    names = ("result", "reason", "text", "state")
    told: dict[str, Any] = {name: ack[name] for name in names if name in ack}
    told |= ack.get("trace", {})
    return {"router": answer.router, "command": answer.command, "case": answer.case} | told


def _lines(connection: sqlite3.Connection, answer: Answer) -> list[str]:
    ack = answer.ack
    if ack is None:
        return [f"no answer: {answer.command} {dispatch.whereabouts(connection, answer.command, answer.router)}"]
    if ack["result"] != "done":
        return [f"refused ({ack['reason']}): {plain(ack['text'])}"]
    trace = ack["trace"]
    incomplete = [] if trace["complete"] else ["the router does not know all connections of that time any more"]
    if "device" not in trace:
        return [_nobody(trace["devices"]), *incomplete]
    count = trace["connections"]
    matching = f"{count} connection{' matches' if count == 1 else 's match'}"
    case = f", case {answer.case}" if answer.case else ", no case"
    found = [f"device {trace['device']}, {matching}", SURE[trace["confidence"]]]
    return [*found, *incomplete, f"its mail is {_state(ack['state'])}{case}"]


def _nobody(devices: int) -> str:
    if devices:
        return f"{devices} devices match: which of them it was, only the source port tells (--port)"
    return "no device matches: are address, time and zone those of the report?"


def _state(state: str) -> str:
    return {"stopped": "stopped", "garden": "stopped, and the device confined", "observed": "noted, not stopped"}.get(
        state, f"not stopped ({state})"
    )
