"""Lines on stdout and stderr, which procd carries to syslog: as LOG_INFO and as LOG_ERR.

At most a few a minute with the same beginning, and a bounded number of all together: a hostile device in the LAN must
not be able to fill the log.
"""

import sys

from portvagt import runtime

LINES_A_MINUTE = 6
ALL_LINES_A_MINUTE = 60

_ALL = ""
_windows: "dict[str, list[float]]" = {}


def _allowed(kind: str, most: int, now: float) -> bool:
    window = _windows.setdefault(kind, [now, 0])
    if now - window[0] >= 60:
        window[0], window[1] = now, 0
    window[1] += 1
    return window[1] <= most


def line(severity: str, kind: str, text: str = "") -> None:
    """Write `severity: kind: text`; `kind` is a constant sentence that the rate limit counts."""
    now = runtime.monotonic()
    if _allowed(kind, LINES_A_MINUTE, now) and _allowed(_ALL, ALL_LINES_A_MINUTE, now):
        stream = sys.stdout if severity == "info" else sys.stderr
        stream.write("portvagt: {}: {}{}\n".format(severity, kind, ": " + text if text else ""))
        stream.flush()


def info(kind: str, text: str = "") -> None:
    """Something that an administrator wants to see once."""
    line("info", kind, text)


def warning(kind: str, text: str = "") -> None:
    """Something is worse than it should be, and the agent goes on."""
    line("warning", kind, text)


def error(kind: str, text: str = "") -> None:
    """Something that the agent is for can't be done now."""
    line("error", kind, text)


def failure(problem: BaseException) -> None:
    """Something in us is broken: a line, and where it happened once a minute; a line if it is but too little memory.

    Raises nothing for want of memory.
    """
    try:
        if isinstance(problem, MemoryError):
            error("out of memory, something was left undone", str(problem))
            return
        error("internal error", repr(problem))
        if _allowed("traceback", 1, runtime.monotonic()):
            runtime.print_exception(problem)
    except MemoryError:
        pass
