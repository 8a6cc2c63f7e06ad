"""Names of devices, as they gave them to dnsmasq's DHCP server."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

FILE_MAX = 256 * 1024
NAME_MAX = 63  # a DNS label
_PART = 4096


def read(path: str) -> "dict[str, str]":
    """MAC text → host name; empty when there is no such file."""
    names = {}
    try:
        with open(path, "rb") as file:
            for line in _lines(file):
                names.update(parse(line.decode()))
    except (OSError, ValueError):  # ValueError: not UTF-8; the names are the devices' own choice
        return {}
    return names


def _lines(file: "Any") -> "Iterator[bytes]":
    """The lines of at most FILE_MAX bytes. In small parts: MicroPython's read(n) wants n free bytes in one piece."""
    rest = b""
    for _ in range(FILE_MAX // _PART):
        part = file.read(_PART)
        lines = (rest + part).split(b"\n")
        rest = lines.pop()[:_PART]
        yield from lines
        if not part:
            break
    yield rest


def parse(text: str) -> "dict[str, str]":
    """MAC text → host name; lines that are no DHCPv4 lease are passed over.

    A line is `expiry MAC address name client-id`, with the name `*` when the device sent none (dnsmasq(8),
    --dhcp-leasefile).
    """
    names = {}
    for line in text.split("\n"):
        fields = line.split(" ")
        if len(fields) >= 4 and len(fields[1]) == 17 and fields[3] != "*":
            names[fields[1].lower()] = fields[3][:NAME_MAX]
    return names
