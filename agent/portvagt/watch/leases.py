"""Names of devices, as they gave them to dnsmasq's DHCP server."""

FILE_MAX = 256 * 1024
NAME_MAX = 63  # a DNS label


def read(path: str) -> "dict[str, str]":
    """MAC text → host name; empty when there is no such file."""
    try:
        with open(path) as file:
            return parse(file.read(FILE_MAX))
    except (OSError, ValueError):  # ValueError: not UTF-8; the names are the devices' own choice
        return {}


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
