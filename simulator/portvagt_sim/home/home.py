"""The home and its cast. MAC addresses: RFC 7042's block for documentation, or random as phones make them."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.home.device import Device
from portvagt_sim.network import Network


class Character(NamedTuple):
    """A device of the cast: its MAC address, what it does, and whether it uses temporary IPv6 addresses."""

    mac: str
    part: str
    temporary_addresses: bool


CAST = {
    "laptop": Character("00:00:5e:00:53:10", "a zombie over IPv4", False),
    "pc": Character("00:00:5e:00:53:11", "a zombie over IPv6", True),
    "phone": Character("06:5a:1c:e3:0b:2f", "mail through the ISP's relay; random MAC address", True),
    "nas": Character("00:00:5e:00:53:13", "mail through the ISP's relay, at night", False),
    "tv": Character("00:00:5e:00:53:14", "web only", False),
}
MACS = {name: character.mac for name, character in CAST.items()}
PRIVATE = [name for name, character in CAST.items() if character.temporary_addresses]


class Home:
    """The devices: `home.laptop`, `home.pc`, `home.phone`, `home.nas`, `home.tv`; iterating gives all."""

    laptop: Device
    pc: Device
    phone: Device
    nas: Device
    tv: Device

    def __init__(self, network: Network, workdir: Path, authorities: Mapping[str, Path]) -> None:
        workdir.mkdir()
        self._devices = {
            name: Device(name, character.mac, network.name(name), workdir, authorities)
            for name, character in CAST.items()
        }
        for name, device in self._devices.items():
            setattr(self, name, device)

    def __iter__(self) -> Iterator[Device]:
        return iter(self._devices.values())

    def __getitem__(self, name: str) -> Device:
        return self._devices[name]

    def connect(self) -> None:
        """Plug every device in, all at once; `wait_ready` tells when all have their addresses."""
        for device in self:
            device.connect()

    def wait_ready(self) -> None:
        """Wait until every device has an IPv4 and an IPv6 address."""
        for device in self:
            device.wait_connected()

    def stop(self) -> None:
        """End what still runs on the devices."""
        for device in self:
            device.stop()
