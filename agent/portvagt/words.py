"""What the command line says of a status or a case, in words."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_STATES = {
    "clear": "may send mail",
    "observed": "looks like a spam zombie; policy observe, so nothing is stopped",
    "suspected": "looks a little like a spam zombie; nothing is stopped yet",
    "stopped": "its mail is stopped",
    "garden": "its mail is stopped, and its web leads to the page",
    "released": "may send mail again; another verdict would stop it for longer",
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
    if answer["damaged_files"]:
        lines.append("DAMAGED: {} of our files could not be read at the start".format(answer["damaged_files"]))
    if answer["repairs"]:
        lines.append(_tampering(answer["repairs"]))
    if answer["reporting"]:
        lines.append("reporting: " + _reporting(answer["reporting"]))
    lines.extend(["  " + _device(each) for each in answer["devices"]])
    if not answer["devices"]:
        lines.append("  no device has sent mail yet")
    return "\n".join(lines)


def _reporting(reporting: "dict[str, Any]") -> str:
    seconds = reporting["seconds"]
    return str(reporting["status"]) + ("" if seconds is None else " (for {})".format(_time(seconds)))


def _tampering(repairs: "dict[str, Any]") -> str:
    return (
        "TAMPERED: somebody removed or changed the router's rules {} times in {}; they were loaded again each time,"
        " and from now on only every {}"
    ).format(repairs["times"], _time(repairs["seconds"]), _time(repairs["pause_s"]))


def _device(device: "dict[str, Any]") -> str:
    return "{}: {} (score {} of {}{})".format(
        _called(device),
        _STATES.get(device["state"], device["state"]),
        device["score"],
        device["threshold"],
        "; {} packets refused by the caps".format(device["capped"]) if device["capped"] else "",
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
    elif device["state"] == "suspected":
        sentences.append(evidence(device["evidence"], device["last_seconds_ago"]))
    if device["state"] in ("stopped", "garden"):
        sentences.extend(_hold(case))
    if device["state"] == "exempt" and case["remaining_s"] is not None:
        sentences.append("The exemption ends in {}.".format(_time(case["remaining_s"])))
    return "\n".join(sentences)


def _hold(case: "dict[str, Any]") -> "list[str]":
    """What a refused device still may, and when it is released."""
    sentences = ["Since then the router refused {} packets of its mail.".format(case["attempts_since"])]
    if case["familiar"]:
        sentences.append(
            "On ports 465 and 587 it may go on to {} networks that it used on earlier days.".format(case["familiar"])
        )
    sentences.append(
        "{} It is released by itself in {}, if it tries nothing until then.".format(
            "It was stopped before, so it is held longer." if case["stops"] > 1 else "", _time(case["quiet_wait_s"])
        ).strip()
    )
    return sentences + _said(case)


# what somebody said by a button of the page, which a zombie can press too: the sentence
_SAID = (
    ("requested", "At its page somebody said that it is clean."),
    ("mail_server", "At its page somebody said that it is their own mail server, number {}."),
    ("not_mine", "At its page somebody said that it is not theirs, number {}."),
)


def _said(case: "dict[str, Any]") -> "list[str]":
    number = case["reference"][:4] + " " + case["reference"][4:]
    return [sentence.format(number) for key, sentence in _SAID if case[key]]


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


def trace(answer: "dict[str, Any]") -> str:
    """A few sentences: the one device, or how many match, and what would tell more."""
    sentences = [_matches(answer)]
    if answer["complete"]:
        sentences.append("Mail connections are known since {}.".format(answer["complete_since"]))
    else:
        sentences.append("All mail connections are known only since {}.".format(answer["complete_since"]))
        sentences.append("Of what happened before, something may be missing.")
    return "\n".join(sentences)


def _matches(answer: "dict[str, Any]") -> str:
    if answer["devices"] == 1:
        return _match(answer)
    if answer["devices"]:
        more = (
            "a shorter time (--within)" if answer["port_given"] else "the source port that the mail server saw (--port)"
        )
        return "{} devices match; give {}.".format(answer["devices"], more)
    if answer["port_given"]:
        return "Nothing matches. Where the ISP translates ports too, ask it for the router's; or leave out --port."
    return "Nothing matches. Are address, time and zone those of the report? Or give a longer time (--within)."


def _match(answer: "dict[str, Any]") -> str:
    count, ports = answer["connections"], ", ".join([str(port) for port in answer["ports"]])
    return "{}: {} mail connection{} (port {}); {}.".format(
        _called(answer["device"]),
        count,
        " matches" if count == 1 else "s match",
        ports,
        "the source port fits too" if answer["port_given"] else "not compared: the source port (--port)",
    )


def _time(seconds: float) -> str:
    for size, name in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= 2 * size:
            return "{} {}".format(int(seconds // size), name)
    return "{} s".format(int(seconds))
