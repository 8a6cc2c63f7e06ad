"""Addresses as bytes and as text."""

import binascii
import socket


def mac_text(mac: bytes) -> str:
    """Six bytes as "02:ab:…"."""
    return ":".join(["{:02x}".format(byte) for byte in mac])


def mac_bytes(text: str) -> bytes:
    """The six bytes of "02:ab:…". Raises ValueError."""
    parts = text.split(":")
    if len(parts) != 6 or not all(len(part) == 2 for part in parts):
        raise ValueError("not a MAC address")
    return binascii.unhexlify("".join(parts))


def ip_text(address: bytes) -> str:
    """4 or 16 bytes → text."""
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


def ip_bytes(text: str) -> bytes:
    """4 or 16 bytes of an address in text. Raises ValueError."""
    try:
        return socket.inet_pton(socket.AF_INET6 if ":" in text else socket.AF_INET, text)
    except OSError:
        raise ValueError("not an IP address")


def device_text(key: bytes) -> str:
    """A device's key (6 bytes MAC, or its address where the MAC is unknown) as people, files and nft write it."""
    return mac_text(key) if len(key) == 6 else ip_text(key)


def device_bytes(text: str) -> bytes:
    """The key that device_text() wrote. Raises ValueError."""
    return mac_bytes(text) if len(text) == 17 and text.count(":") == 5 else ip_bytes(text)


def first_of(network: bytes) -> bytes:
    """The lowest address in a network of 3 bytes (an IPv4 /24) or 6 bytes (an IPv6 /48)."""
    return network + bytes(1 if len(network) == 3 else 10)


def network_text(network: bytes) -> str:
    """Such a network as people, files and nft write it."""
    return "{}/{}".format(ip_text(first_of(network)), 8 * len(network))


def network_bytes(text: str) -> bytes:
    """The network that network_text() wrote. Raises ValueError."""
    first, slash, bits = text.partition("/")
    network = ip_bytes(first)[: 3 if bits == "24" else 6]
    if not slash or network_text(network) != text:
        raise ValueError("not a network: {}".format(text[:60]))
    return network


# IPv4 networks of which no address is anybody's in the internet: (first bytes, bits). RFC 6890; 100.64/10 is behind the
# ISP's own NAT (RFC 6598)
_NOT_GLOBAL = ((b"\0", 8), (b"\x0a", 8), (b"\x64\x40", 10), (b"\x7f", 8), (b"\xa9\xfe", 16), (b"\xac\x10", 12),
               (b"\xc0\xa8", 16), (b"\xe0", 3))  # fmt: skip


def is_global(address: bytes) -> bool:
    """Whether it is an address in the internet: 4 or 16 bytes."""
    if len(address) == 16:
        return address[0] >> 5 == 1  # 2000::/3, RFC 4291, 2.4
    number = int.from_bytes(address[:2], "big")
    for first, bits in _NOT_GLOBAL:
        if number >> (16 - bits) == int.from_bytes(first + bytes(2 - len(first)), "big") >> (16 - bits):
            return False
    return True


def is_random_mac(mac: bytes) -> bool:
    """Locally administered (IEEE 802-2014, 8.2.2): a phone may change it tomorrow."""
    return mac[0] & 0x02 != 0
