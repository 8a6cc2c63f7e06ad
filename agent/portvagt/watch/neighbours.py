"""Which device has which address: the MAC is the device, so that IPv4 and every IPv6 address are one.

A pure table; sources.py feeds it.
"""

from portvagt.watch import address
from portvagt.watch.rtnetlink import Neighbour

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.watch.rtnetlink import OwnAddress

OWN_TOLD = 4
ADDRESSES_MAX = 1024  # the kernel's own neighbour table ends there too (gc_thresh3)


class Neighbours:
    """Addresses of the home's devices (on `lan` interfaces, by index) and of the router itself."""

    def __init__(self) -> None:
        self.lan: "set[int]" = set()
        self._macs: "dict[bytes, bytes]" = {}
        self._own: "dict[tuple[int, bytes], int]" = {}

    def learn(self, fact: "Neighbour | OwnAddress") -> "bytes | None":
        """Take in a fact; the address whose MAC is new or changed, else None."""
        if not isinstance(fact, Neighbour):
            self._learn_own(fact)
            return None
        if fact.interface not in self.lan or self._macs.get(fact.address) == fact.mac:
            return None
        if fact.address not in self._macs and len(self._macs) >= ADDRESSES_MAX:
            self._macs.popitem()  # any: it is learned again with its next connection
        self._macs[fact.address] = fact.mac
        return bytes(fact.address)

    def _learn_own(self, fact: "OwnAddress") -> None:
        if fact.present:
            self._own[(fact.interface, fact.address)] = fact.prefix_length
        else:
            self._own.pop((fact.interface, fact.address), None)

    def mac(self, address: bytes) -> "bytes | None":
        """The MAC of a home device's address (4 or 16 bytes)."""
        return self._macs.get(address)

    def addresses(self, mac: bytes) -> "list[bytes]":
        """All known addresses of a device."""
        return [address for address, owner in self._macs.items() if owner == mac]

    def is_own(self, address: bytes) -> bool:
        """Whether it is an address of the router itself, on whatever interface."""
        return any(own == address for _, own in self._own)

    def lan_interface(self, address: bytes) -> "int | None":
        """The index of the LAN interface whose network contains `address`; None for an address from elsewhere."""
        for (interface, own), prefix_length in self._own.items():
            if interface in self.lan and len(own) == len(address) and _same_network(own, address, prefix_length):
                return interface
        return None

    def own_global_addresses(self) -> "list[bytes]":
        """The router's addresses in the internet, at most OWN_TOLD of those outside the home's network."""
        found = [own for interface, own in self._own if interface not in self.lan and address.is_global(own)]
        return sorted(set(found))[:OWN_TOLD]

    def own_lan_address(self, family_size: int) -> "bytes | None":
        """The router's address in the home's network: 4 or 16 bytes; of IPv6 a global or unique local one."""
        for interface, own in self._own:
            if interface in self.lan and len(own) == family_size and own[:2] != b"\xfe\x80":
                return own
        return None


def _same_network(first: bytes, second: bytes, prefix_length: int) -> bool:
    whole = prefix_length // 8
    if first[:whole] != second[:whole]:
        return False
    rest = prefix_length % 8
    return rest == 0 or (first[whole] ^ second[whole]) >> (8 - rest) == 0
