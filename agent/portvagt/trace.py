"""Which device opened the mail connection that an abuse report names: one is named, of several only the number."""

from portvagt import rpc, runtime
from portvagt.report import commands
from portvagt.report.events import utc_text
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.guard import Guard
    from portvagt.judge.outbound import Found

_UNIX_MAX = 1 << 40  # beyond the year 9999


def answer(guard: "Guard", params: "dict[str, Any]") -> "tuple[dict[str, Any], bytes | None]":
    """What is known of one connection, and the key of the device if it is one. Raises rpc.Refused.

    params: `address`: text; `at`: Unix time; `within`: s; `port`: as the mail server saw it, may be missing.
    """
    if not guard.config.judge.outbound_hours:
        raise rpc.Refused("connections are not kept; set 'outbound_hours' in section 'judge', then restart the agent")
    destination = _destination(rpc.text(params, "address"))
    at = rpc.number(params, "at", -_UNIX_MAX, _UNIX_MAX)
    within = rpc.number(params, "within", 1, commands.WITHIN_MAX_S)
    port = rpc.number(params, "port", 1, 65535) if params.get("port") is not None else None
    behind = _wall_clock(at - within) - runtime.monotonic()  # from monotonic to Unix time
    found = guard.outbound.find(runtime.monotonic(), at - behind, within, destination, port)
    complete_since = max(found.complete_since, guard.conntrack_events.lost_at) + behind
    return _summary(found, at - within, complete_since, port)


def _destination(text: str) -> bytes:
    try:
        return address.ip_bytes(text)
    except ValueError:
        raise rpc.Refused("'{}' is no IP address; give the mail server's address, not its name".format(text))


def _wall_clock(earliest: int) -> float:
    """Raises rpc.Refused where `earliest` is still to come; a report's clock may be that much ahead of ours."""
    wall = runtime.wall_clock()
    if wall is None:
        raise rpc.Refused("the router's clock is not set yet, so times can't be compared; try again after NTP")
    if earliest > wall:
        raise rpc.Refused(
            "that time is in the future, here it is {}; give the report's time with its zone".format(utc_text(wall))
        )
    return wall


def _summary(
    found: "Found", earliest: float, complete_since: float, port: "int | None"
) -> "tuple[dict[str, Any], bytes | None]":
    keys = list(found.connections)
    key = keys[0] if len(keys) == 1 else None
    summary = {
        "devices": len(keys),
        "connections": None if key is None else found.connections[key],
        "ports": None if key is None else sorted(found.ports),
        "port_given": port is not None,
        "complete": complete_since <= earliest,
        "complete_since": utc_text(complete_since),
    }
    return summary, key
