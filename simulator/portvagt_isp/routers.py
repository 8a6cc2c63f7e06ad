"""Which router has an address, by what routers say of themselves."""

import ipaddress
import sqlite3

# An ISP gives a home a /56 or a /64 of IPv6 (RIPE-690); the router's own address may lie in it.
HOMES = (64, 56)


def at(connection: sqlite3.Connection, address: str) -> list[str]:
    """Names of the routers that have the address; of IPv6 else the one router whose address is in the same home."""
    found = _with(connection, address)
    if found or ":" not in address:
        return found
    for length in HOMES:
        near = _within(connection, ipaddress.IPv6Network((address, length), strict=False))
        if near:  # of several nobody knows which: addresses of all routers may lie side by side
            return near if len(near) == 1 else []
    return []


def _with(connection: sqlite3.Connection, address: str) -> list[str]:
    rows = connection.execute(
        "SELECT DISTINCT cpe_id FROM states, json_each(states.document, '$.addresses') WHERE value = ? ORDER BY cpe_id",
        (address,),
    )
    return [row["cpe_id"] for row in rows]


def _within(connection: sqlite3.Connection, network: ipaddress.IPv6Network) -> list[str]:
    rows = connection.execute(
        "SELECT cpe_id, value FROM states, json_each(states.document, '$.addresses') WHERE value LIKE '%:%'"
    )
    return sorted({row["cpe_id"] for row in rows if _is_in(row["value"], network)})


def _is_in(text: str, network: ipaddress.IPv6Network) -> bool:
    try:
        return ipaddress.IPv6Address(text) in network
    except ValueError:  # the contract allows any text
        return False
