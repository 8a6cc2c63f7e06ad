"""Events for the ISP: CloudEvents 1.0 in JSON, as docs/contract/event.schema.json describes them. Pure.

Nothing in them names a device, a person or a destination: see docs/privacy.md.
"""

import time

from portvagt import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.judge.case import Case

SCHEMA = 1

# actions of the judge; the CloudEvents type is portvagt.device.ACTION, or portvagt.router.ACTION of the router itself
ACTIONS = (
    "stopped",
    "observed",
    "confined",
    "requested",
    "reminded",
    "mail_server_claimed",
    "disowned",
    "let_out",
    "released",
    "forgotten",
    "exempted",
    "exemption_ended",
)
ROUTER_ACTIONS = ("observed", "exempted", "exemption_ended")

# What the ISP may learn of a case's evidence. A fact that the judge adds one day stays in the router until it is
# here, in the contract and in docs/privacy.md.
EVIDENCE = ("connections", "networks", "seconds", "unanswered", "ports", "usual_per_day")


def utc_text(unix_s: float) -> str:
    """RFC 3339 in UTC, to the millisecond."""
    year, month, day, hour, minute, second = time.gmtime(int(unix_s))[:6]
    milliseconds = int((unix_s - int(unix_s)) * 1000)
    return "{:04d}-{:02d}-{:02d}T{:02d}:{:02d}:{:02d}.{:03d}Z".format(
        year, month, day, hour, minute, second, milliseconds
    )


class EventSource:
    """Numbers the events of one run of the guard, so that the ISP can tell a repetition: id = `run_id` + sequence."""

    def __init__(self, cpe_id: str, run_id: str, runtime_name: str) -> None:
        self._source = "urn:portvagt:cpe:" + cpe_id
        self._run_id = run_id
        self._runtime = runtime_name
        self._sequence = 0

    def event(
        self, subject: str, action: str, case: "Case", device: str, policy: str, uptime_s: float, unix_s: "float | None"
    ) -> "dict[str, Any]":
        """One event. `subject`: device or router; `device`: pseudonym; `uptime_s`: of the guard.

        `unix_s`: None while the clock is not set.
        """
        self._sequence += 1
        event = {
            "specversion": "1.0",
            "id": "{}-{}".format(self._run_id, self._sequence),
            "source": self._source,
            "type": "portvagt.{}.{}".format(subject, action),
            "datacontenttype": "application/json",
            "data": {
                "schema": SCHEMA,
                "incident": case.incident,
                "device": device,
                "action": action,
                "policy": policy,
                "stops": case.stops,
                "evidence": _evidence(case.evidence),
                "uptime_s": round(uptime_s, 1),
                "clock_synchronised": unix_s is not None,
                "agent": {"version": __version__, "runtime": self._runtime},
            },
        }
        if unix_s is not None:
            event["time"] = utc_text(unix_s)
        return event


def _evidence(known: "dict[str, Any] | None") -> "dict[str, Any] | None":
    """None for a device that somebody exempted before it did anything."""
    return None if known is None else {name: known[name] for name in EVIDENCE if name in known}
