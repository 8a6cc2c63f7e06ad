"""The retained state message, as docs/contract/state.schema.json describes it. Pure."""

from portvagt import __version__
from portvagt.report.events import utc_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1
BLIND_MAX = 200

LOST = "lost"  # the broker publishes it as our will
STOPPED = "stopped"  # somebody stopped the reporter

# what the guard tells goes to the ISP only when it is here
GUARD = ("policy", "devices", "stopped", "events_lost", "damaged_files", "uptime_s", "runtime", "tampered", "addresses")

# a change of these is worth a message before the heartbeat
NEWS = ("policy", "watching", "blind", "stopped", "runtime", "tampered", "addresses")

NO_GUARD = "the guard does not answer"


def offline(reason: str) -> "dict[str, Any]":
    """The state of a router that is not connected; `reason`: LOST or STOPPED."""
    return {"schema": SCHEMA, "online": False, "reason": reason}


def online(
    guard: "dict[str, Any] | None",
    outbox: "dict[str, int]",
    health: "dict[str, Any]",
    unix_s: "float | None",
) -> "dict[str, Any]":
    """The state of a connected router. `guard`: its reply to `state`, None when it gave none; `unix_s`: now."""
    state: "dict[str, Any]" = {
        "schema": SCHEMA,
        "online": True,
        "version": __version__,
        "watching": False,
        "blind": NO_GUARD,
        "outbox": outbox,
        "health": health,
    }
    if unix_s is not None:
        state["time"] = utc_text(unix_s)
    if guard is not None:
        state["watching"] = bool(guard.get("watching"))
        state["blind"] = _short(guard.get("blind"))
        for name in GUARD:
            if name in guard:
                state[name] = guard[name]
    return state


def news(state: "dict[str, Any]") -> "list[Any]":
    """What two states are compared by."""
    return [state.get(name) for name in NEWS]


def _short(text: "str | None") -> "str | None":
    return None if text is None else str(text)[:BLIND_MAX]
