"""What the desk says of actions, states, commands and evidence."""

from typing import Any

ACTIONS = {
    "stopped": "mail stopped",
    "observed": "seen, not stopped",
    "confined": "into the garden",
    "requested": "“It is clean”, says the subscriber",
    "reminded": "shown the notice again",
    "mail_server_claimed": "“It is my own mail server”, says the subscriber",
    "disowned": "“Not my device”, says the subscriber",
    "let_out": "out of the garden",
    "released": "may send again",
    "forgotten": "forgotten: too many devices",
    "exempted": "exempted",
    "exemption_ended": "exemption ended",
}
SAID = {
    "": "nothing yet",
    "requested": "“It is clean”",
    "mail_server_claimed": "“My own mail server”",
    "disowned": "“Not my device”",
}
STATES = {
    "stopped": "stopped",
    "garden": "in the garden",
    "observed": "observed",
    "released": "released",
    "forgotten": "forgotten",
    "exempt": "exempt",
    "ended": "exemption over",
    "clear": "clear",
    "suspected": "suspected",
}
COMMANDS = {
    "stop": "Stop its mail",
    "release": "Release",
    "garden": "Into the garden",
    "exempt": "Exempt",
    "trace": "Trace",
    "report": "Ask for its state",
}
EFFECTS = {
    "stop": "The router refuses the device's mail as after a verdict of its own, and the family sees the notice. "
    "Under policy observe it only notes it.",
    "release": "The device may send mail again. The router refuses this within an hour of an attempt to send.",
    "garden": "The web of the device leads to the notice until somebody presses the button there.",
    "exempt": "No cap and no block for this device, for as many days: for somebody's own mail server.",
    "report": "The router sends its state at once.",
}
POLICIES = {
    "": "as configured in the router",
    "observe": "observe: report, stop nothing",
    "stop": "stop: refuse the mail of zombies",
    "closed": "closed: port 25 to the relays only",
}
STAGES = {
    "waiting": "Waiting for the collector, or for the router to be online",
    "sent": "Sent; the router has not answered yet",
    "dropped": "Not sent: it expired before the router was online, or broke the contract (see quarantine)",
    "expired": "No answer before it expired",
    "done": "Done",
    "refused": "Refused",
}
REASONS = {
    "too_early": "it tried to send within the hour",
    "unknown_device": "the router does not know the device",
    "not_possible": "not possible in this state",
    "guard_away": "the guard in the router does not answer",
    "busy": "the router remembers too many commands",
    "expired": "it came too late",
    "replayed": "it was carried out before",
}
CONFIDENCE = {
    "high": "one device, by its source port",
    "medium": "one device",
    "low": "several devices, or the router's memory of that time is not complete",
    "none": "no device of this router",
}


def plural(number: int, one: str) -> str:
    """Such as `1 network`, `2,000 networks`."""
    return f"{number:,} {one}" if number == 1 else f"{number:,} {one}s"


_SPANS = ((86400, "day"), (3600, "hour"), (60, "minute"), (1, "second"))


def span(seconds: float) -> str:
    """A time in its largest fitting unit, rounded."""
    for size, name in _SPANS:
        if seconds >= size * 1.5 or size == 1:
            return plural(round(seconds / size), name)
    return ""


def ago(seconds: float) -> str:
    """How long ago."""
    return "just now" if seconds < 10 else f"{span(seconds)} ago"


def evidence(facts: dict[str, Any] | None) -> str:
    """Evidence in a sentence."""
    if not facts:
        return "No evidence: stopped or exempted by order"
    ports = facts.get("ports", [])
    text = (
        f"{plural(_count(facts, 'connections'), 'mail connection')} to "
        f"{plural(_count(facts, 'networks'), 'new network')} in {span(_number(facts, 'seconds'))}"
    )
    if not ports:
        return text
    return f"{text}, {'port' if len(ports) == 1 else 'ports'} {' and '.join(map(str, ports))}"


def _number(facts: dict[str, Any], name: str) -> float:
    value = facts.get(name, 0)
    return float(value) if isinstance(value, int | float) else 0.0


def _count(facts: dict[str, Any], name: str) -> int:
    return int(_number(facts, name))


def acknowledgement(ack: dict[str, Any]) -> str:
    """What a router said of a command."""
    if ack.get("result") != "done":
        reason = REASONS.get(ack.get("reason", ""), ack.get("text", ""))
        return f"Refused: {reason}"
    if "trace" in ack:
        return trace(ack["trace"])
    state = ack.get("state")
    return f"Done; the device is {STATES.get(state, state)} now" if state else "Done"


def trace(found: dict[str, Any]) -> str:
    """The answer to a trace."""
    confidence = found.get("confidence", "none")
    return f"Confidence {confidence}: {CONFIDENCE.get(confidence, '')}"
