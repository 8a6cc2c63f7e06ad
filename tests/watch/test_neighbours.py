import ipaddress
import struct

import pytest

from portvagt.watch import address, leases, netlink, rtnetlink
from portvagt.watch.address import ip_bytes, mac_bytes
from portvagt.watch.neighbours import ADDRESSES_MAX, Neighbours
from portvagt.watch.rtnetlink import OwnAddress

LAPTOP = mac_bytes("02:00:5e:00:00:01")
LAN, WAN = 3, 2
REACHABLE, FAILED = 0x02, 0x20


def neighbour_message(address, mac, interface=LAN, state=REACHABLE):
    payload = struct.pack("BBHiHBB", 2, 0, 0, interface, state, 0, 0)
    return netlink.message(28, 0, 0, payload + netlink.attribute(1, address) + netlink.attribute(2, mac))


def address_message(address, prefix_length, interface=LAN, kind=20):
    payload = struct.pack("BBBBI", 2, prefix_length, 0, 0, interface)
    return netlink.message(kind, 0, 0, payload + netlink.attribute(1, address))


def table(*messages):
    neighbours = Neighbours()
    neighbours.lan = {LAN}
    data = b"".join(messages)
    for fact in rtnetlink.parse(data, len(data)):
        neighbours.learn(fact)
    return neighbours


def test_one_device_has_addresses_of_both_families():
    v4, v6 = ip_bytes("192.168.1.20"), ip_bytes("fe80::1")
    neighbours = table(neighbour_message(v4, LAPTOP), neighbour_message(v6, LAPTOP))
    assert neighbours.mac(v4) == neighbours.mac(v6) == LAPTOP
    assert neighbours.addresses(LAPTOP) == [v4, v6]


def test_the_last_owner_of_an_address_counts():
    v4, other = ip_bytes("192.168.1.20"), mac_bytes("02:00:5e:00:00:02")
    assert table(neighbour_message(v4, LAPTOP), neighbour_message(v4, other)).mac(v4) == other


def test_neighbours_elsewhere_unusable_and_without_mac_are_not_learnt():
    v4 = ip_bytes("100.64.0.1")
    assert table(neighbour_message(v4, LAPTOP, interface=WAN)).mac(v4) is None
    assert table(neighbour_message(v4, LAPTOP, state=FAILED)).mac(v4) is None
    assert table(neighbour_message(v4, b"\0" * 6)).mac(v4) is None


def test_forged_addresses_can_not_grow_the_table():
    forged = [neighbour_message(struct.pack(">I", 0x0A000000 + each), LAPTOP) for each in range(ADDRESSES_MAX + 10)]
    assert len(table(*forged).addresses(LAPTOP)) == ADDRESSES_MAX


def test_the_home_network_is_known_by_the_routers_own_addresses():
    neighbours = table(
        address_message(ip_bytes("192.168.1.1"), 24), address_message(ip_bytes("100.64.0.2"), 10, interface=WAN)
    )
    assert neighbours.lan_interface(ip_bytes("192.168.1.77")) == LAN
    assert neighbours.lan_interface(ip_bytes("192.168.2.77")) is None
    assert neighbours.lan_interface(ip_bytes("100.64.0.1")) is None
    assert neighbours.own_lan_address(4) == ip_bytes("192.168.1.1")


def test_prefixes_that_end_within_a_byte():
    neighbours = table(address_message(ip_bytes("10.1.130.1"), 23))
    assert neighbours.lan_interface(ip_bytes("10.1.131.9")) == LAN
    assert neighbours.lan_interface(ip_bytes("10.1.132.9")) is None


def test_an_address_that_was_removed_is_forgotten():
    own = ip_bytes("192.168.1.1")
    assert table(address_message(own, 24), address_message(own, 24, kind=21)).own_lan_address(4) is None


def test_lease_names():
    text = (
        "1790000000 02:00:5E:00:00:01 192.168.1.20 laptop 01:02:00:5e:00:00:01\n"
        "1790000000 02:00:5e:00:00:02 192.168.1.21 * *\n"
        "duid 00:01:00:01\nnonsense\n\n"
    )
    assert leases.parse(text) == {"02:00:5e:00:00:01": "laptop"}


def test_a_lease_file_that_is_absent_or_no_text_names_nobody(tmp_path):
    assert leases.read(str(tmp_path / "none")) == {}
    (tmp_path / "leases").write_bytes(b"1 02:00:5e:00:00:01 192.168.1.20 \xff\xfe *\n")
    assert leases.read(str(tmp_path / "leases")) == {}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("198.51.100.2", True), ("223.255.255.255", True), ("0.1.2.3", False), ("10.0.0.1", False),
        ("100.63.255.255", True), ("100.64.0.1", False), ("100.127.255.255", False), ("100.128.0.1", True),
        ("127.0.0.1", False), ("169.254.1.1", False), ("172.16.0.1", False), ("172.32.0.1", True),
        ("192.168.1.1", False), ("224.0.0.1", False), ("255.255.255.255", False),
        ("2001:db8::1", True), ("fe80::1", False), ("fd00::1", False), ("::1", False),
    ],
)  # fmt: skip
def test_which_addresses_are_in_the_internet(text, expected):
    assert address.is_global(address.ip_bytes(text)) is expected
    assert expected or not ipaddress.ip_address(text).is_global or ipaddress.ip_address(text).is_multicast


def test_the_routers_addresses_in_the_internet_are_those_outside_the_home():
    table = Neighbours()
    table.lan = {1}
    for interface, text in ((1, "2001:db8:1::1"), (2, "198.51.100.2"), (2, "10.0.0.2"), (3, "2001:db8:2::1")):
        table.learn(OwnAddress(interface, address.ip_bytes(text), 24, True))
    assert [address.ip_text(each) for each in table.own_global_addresses()] == ["2001:db8:2::1", "198.51.100.2"]
