"""Lines on stderr, which procd carries to syslog.

At most a few a minute with the same beginning: a hostile device in the LAN must not be able to fill the log.
"""

import sys

from portvagt import runtime

LINES_A_MINUTE = 6

_windows: "dict[str, list[float]]" = {}


def _allowed(kind: str, now: float) -> bool:
    window = _windows.setdefault(kind, [now, 0])
    if now - window[0] >= 60:
        window[0], window[1] = now, 0
    window[1] += 1
    return window[1] <= LINES_A_MINUTE


def line(severity: str, kind: str, text: str = "") -> None:
    """Write `severity: kind: text`; `kind` is a constant sentence that the rate limit counts."""
    if _allowed(kind, runtime.monotonic()):
        sys.stderr.write("portvagt: {}: {}{}\n".format(severity, kind, ": " + text if text else ""))


def info(kind: str, text: str = "") -> None:
    """Something that an administrator wants to see once."""
    line("info", kind, text)


def warning(kind: str, text: str = "") -> None:
    """Something is worse than it should be, and the agent goes on."""
    line("warning", kind, text)


def error(kind: str, text: str = "") -> None:
    """Something that the agent is for can't be done now."""
    line("error", kind, text)
