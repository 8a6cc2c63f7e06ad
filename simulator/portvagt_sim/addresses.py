"""The address plan: every address, network and name of the world. All are set aside for examples and tests.

home 192.168.1.0/24 ── router ── 198.51.100.0/30 ── isp ── 192.0.2.0/30 ── internet 198.18.0.0/15
     2001:db8:f000:1::/64        2001:db8:ffff:1::/64     2001:db8:ffff:2::/64      2001:db8::/32
"""

from typing import NamedTuple


class Pair(NamedTuple):
    """One host's IPv4 and IPv6 address."""

    v4: str
    v6: str

    def of(self, family: int) -> str:
        """The address of family 4 or 6."""
        return {4: self.v4, 6: self.v6}[family]


LAN_ROUTER = Pair("192.168.1.1", "2001:db8:f000:1::1")
LAN_V6 = "2001:db8:f000:1::/64"
LAN_LEASES = ("192.168.1.100", "192.168.1.249")

WAN_ROUTER = Pair("198.51.100.2", "2001:db8:ffff:1::2")
WAN_ISP_MAC = "00:00:5e:00:53:fe"  # the same in each world: a router may go on from a state in which it knew the ISP
WAN_ISP = Pair("198.51.100.1", "2001:db8:ffff:1::1")
UPLINK_ISP = Pair("192.0.2.1", "2001:db8:ffff:2::1")
UPLINK_INTERNET = Pair("192.0.2.2", "2001:db8:ffff:2::2")

BROKER = Pair("203.0.113.18", "2001:db8:ffff::18")
BROKER_NAME = "mqtt.isp.example"
BROKER_PORT = 8883
RELAY = Pair("203.0.113.25", "2001:db8:ffff::25")
RELAY_NAME = "smtp.isp.example"
RELAY_PORT = 587

# what the internet answers for, without an interface address for each: local routes (AnyIP, ip-route(8))
INTERNET_NETWORKS = Pair("198.18.0.0/15", "2001:db8::/39")
RESOLVER = Pair("198.19.0.53", "2001:db8:100::53")

MX_COUNT = 200


def mx(number: int) -> Pair:
    """Mail exchanger 1 … MX_COUNT: each in an IPv4 /24 and an IPv6 /48 of its own."""
    return Pair(f"198.18.{number}.25", f"2001:db8:{number:x}::25")


def mx_name(number: int) -> str:
    """The host name of mail exchanger `number`."""
    return f"mx{number}.example.net"
