"""What the command line says of a status or a case, in words."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STATES = {
    "clear": "may send mail",
    "observed": "looks like a spam zombie; policy observe, so nothing is stopped",
    "stopped": "its mail is stopped",
    "exempt": "is exempt from caps and blocks",
}


def status(answer: "dict[str, Any]") -> str:
    """Several lines about the guard and each device that sent mail."""
    lines = [
        "portvagt {version} ({runtime}), policy {policy}, table {table}, up {0}".format(
            _time(answer["uptime_s"]), **answer
        ),
        "BLIND: " + answer["blind"]
        if answer["blind"]
        else "{} mail connections seen, events lost {} times".format(answer["connections_seen"], answer["events_lost"]),
    ]
    lines.extend(["  " + _device(each) for each in answer["devices"]])
    if not answer["devices"]:
        lines.append("  no device has sent mail yet")
    return "\n".join(lines)


def _device(device: "dict[str, Any]") -> str:
    return "{}: {} (score {} of {})".format(
        _called(device), _STATES.get(device["state"], device["state"]), device["score"], device["threshold"]
    )


def _called(device: "dict[str, Any]") -> str:
    return "{} ({})".format(
        device["device"], ", ".join([each for each in [device["name"]] if each] + device["addresses"])
    )


def explanation(device: "dict[str, Any]") -> str:
    """A few sentences about one device: its state, the evidence, what ends it."""
    sentences = ["{}: {}.".format(_called(device), _STATES.get(device["state"], device["state"]))]
    case = device["case"]
    if case and case["evidence"]:
        sentences.append(evidence(case["evidence"], case["stopped_seconds_ago"]))
    if device["state"] == "stopped":
        sentences.append("Since then the router refused {} packets of its mail.".format(case["attempts_since"]))
        sentences.append("It is released by itself once it has tried nothing for the quiet hours.")
    if device["state"] == "exempt" and case["remaining_s"] is not None:
        sentences.append("The exemption ends in {}.".format(_time(case["remaining_s"])))
    return "\n".join(sentences)


def evidence(facts: "dict[str, Any]", seconds_ago: float) -> str:
    """The sentence a person can check: how many connections to how many new networks in what time."""
    return (
        "{} ago it had opened {} mail connections (port {}) to {} networks that it had never contacted before, in {} s;"
        " {} had no answer yet. A person's device meets at most {} new ones a day."
    ).format(
        _time(seconds_ago),
        facts["connections"],
        ", ".join([str(port) for port in facts["ports"]]),
        facts["networks"],
        facts["seconds"],
        facts["unanswered"],
        facts["usual_per_day"],
    )


def _time(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return "{} {}".format(int(seconds // size), name)
    return "{} s".format(int(seconds))
