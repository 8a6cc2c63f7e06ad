"""A device and its case as the page and the command line are told of them."""

from portvagt import runtime
from portvagt.judge.device import ROUTER
from portvagt.watch import address, leases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.guard import Guard
    from portvagt.judge.case import Case


def key_of(guard: "Guard", source: bytes) -> bytes:
    """The device that has an address (4 or 16 bytes) now: its MAC, else the address.

    It was stopped by its address if the kernel did not find its MAC in time. That case is told too, after the MAC's.
    """
    mac = guard.neighbour_events.mac(source)
    keys = [source] if mac is None else [mac, source]
    refused = [key for key in keys if guard.home.is_refused(key)]
    unread = [key for key in refused if not guard.home.devices[key].case.acknowledged]  # type: ignore[union-attr]
    return (unread or refused or keys)[0]


def names(guard: "Guard") -> "dict[str, str]":
    """What devices call themselves, by their MAC."""
    found = leases.read(guard.config.main.leases)
    found[address.device_text(ROUTER)] = "router"
    return found


def view(guard: "Guard", key: bytes, case: "Case") -> "dict[str, Any]":
    """All of a case that may be shown."""
    now = runtime.monotonic()
    mac = key if len(key) == 6 else None
    text = address.device_text(key)
    return {
        "state": case.state,
        "incident": case.incident,
        "device": {
            "name": names(guard).get(text),
            "mac_tail": text[-5:] if mac else None,
            "random_mac": mac is not None and address.is_random_mac(mac),
        },
        "stopped_seconds_ago": round(now - case.opened, 1),
        "stopped_at": case.opened_at,
        "acknowledged": case.acknowledged,
        "requested": case.requested,
        "mail_server": case.claimed,
        "not_mine": case.disowned,
        "reference": case.reference(),
        "stops": case.stops,
        "familiar": len(case.familiar),
        "hold_hours": round(guard.home.hold_s(key, case) / 3600),
        "quiet_wait_s": int(guard.home.quiet_wait_s(now, key, case)),
        "evidence": case.evidence,
        "remaining_s": None if case.until is None else int(case.until - now),
    }
