"""Familiar servers, which a stopped device may still use: elements `MAC . network` of two interval sets. Pure.

A network is 3 bytes, an IPv4 /24, or 6 bytes, an IPv6 /48. Keys are bytes as in nft_set_pipapo.c: the parts of a
concatenation fill registers of 4 bytes, and an element is all keys from its first to its last.
"""

from portvagt.watch import address

SETS = {3: "familiar4", 6: "familiar6"}  # by length of network
_ADDRESS = {3: 4, 6: 16}
_PAD = b"\0\0"  # from the 6 bytes of a MAC to whole registers


def ends(mac: bytes, network: bytes) -> "tuple[bytes, bytes]":
    """The first and the last key of an element."""
    rest = _ADDRESS[len(network)] - len(network)
    start = mac + _PAD + network
    return start + b"\0" * rest, start + b"\xff" * rest


def text(mac: bytes, network: bytes) -> str:
    """An element as nft writes it."""
    return "{} . {}".format(address.mac_text(mac), address.network_text(network))
