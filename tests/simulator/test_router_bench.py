"""The benchmark of routers in QEMU, without QEMU: how a guest's answers are read, and its flood on a real kernel."""

import struct
from types import ModuleType

import pytest

from portvagt_sim.bench import guest, lab, lan_flood, router, router_floods, router_times, table
from portvagt_sim.errors import SimulatorError
from portvagt_sim.world import World

STAT = """\
cpu  929 1 1154 609 7 2 81 3 50 0
cpu0 929 1 1154 609 7 2 81 3 50 0
intr 7477 2 12
"""
MEMINFO = "MemTotal:          49492 kB\nMemFree:            5108 kB\nMemAvailable:      16232 kB\nCached: 24132 kB\n"
COUNTER = """\
table inet bench {
	chain passed {
		type filter hook forward priority 10; policy accept;
		ct state new tcp dport 25 counter packets 1234 bytes 49360
	}
}
"""
SHOWN = """\
4: br-lan: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP
    link/ether 02:00:00:01:00:01 brd ff:ff:ff:ff:ff:ff
"""
ROUTER_MAC = lan_flood.mac_bytes("02:00:00:01:00:01")
RATE, SECONDS = 400.0, 0.5


def test_a_processor_is_busy_with_all_but_idling_and_waiting_and_guests_are_not_counted_twice():
    first = guest.processor(STAT)
    assert first == (929 + 1 + 1154 + 2 + 81 + 3, 929 + 1 + 1154 + 609 + 7 + 2 + 81 + 3)
    later = guest.processor(STAT.replace("cpu  929 1 1154 609", "cpu  959 1 1164 669"))
    assert later.share_since(first) == pytest.approx(0.4)
    assert first.share_since(first) is None


def test_memory_in_kilobytes():
    assert guest.memory(MEMINFO) == {"total": 49492, "free": 5108, "available": 16232}


def test_a_counter():
    assert guest.counted(COUNTER) == 1234


def test_the_address_of_an_interface():
    assert guest.mac(SHOWN) == "02:00:00:01:00:01"


def test_pauses_between_readings_of_a_clock():
    assert guest.seconds_between("15.50 17.25 17.25\n") == [1.75, 0.0]


@pytest.mark.parametrize(
    ("read", "said"),
    [
        (guest.processor, ""),
        (guest.memory, "MemTotal: 49492 kB\n"),
        (guest.counted, "Error: No such file or directory\n"),
        (guest.counted, COUNTER * 2),
        (guest.mac, "ip: can't find device 'br-lan'\n"),
        (guest.seconds_between, "15.50\n"),
        (guest.seconds_between, "15.50 15.40\n"),
    ],
)
def test_what_a_guest_did_not_say_is_an_error(read, said):
    with pytest.raises(SimulatorError):
        read(said)


def test_the_deciding_connection_is_the_last_before_the_block():
    assert router_times.since_last(2.07, 2.0) == pytest.approx(0.07)
    assert router_times.since_last(2.49, 2.0) == pytest.approx(0.49)


def test_a_median_holds_a_target_or_does_not():
    assert router_times.row("a", [0.1, 0.15, 0.9], 150)["held"] == "yes"
    assert router_times.row("a", [0.1, 0.151, 0.9], 150)["held"] == "NO"
    assert router_times.row("a", [0.1])["held"] is None


def test_loss_is_a_miss_up_to_the_rate_that_was_aimed_at():
    flood = {"subject": "guard", "rate": 500, "lost": 0}
    assert router.flood_target(flood)["held"] == "yes"
    assert router.flood_target({**flood, "lost": 1})["held"] == "NO"
    assert router.flood_target({**flood, "rate": 1000, "lost": 1}) == {}


def test_frames_have_right_checksums_and_their_devices_addresses():
    for number in (0, 1, lab.DEVICES, 99_999):
        frame = lan_flood.frame(number, 25, ROUTER_MAC)
        packet = frame[14:]
        assert frame[:6] == ROUTER_MAC
        assert frame[6:12] == lan_flood.mac_bytes(lab.mac(number))
        assert lan_flood.checksum(packet[:20]) == 0
        assert lan_flood.checksum(packet[12:20] + struct.pack(">HH", 6, 20) + packet[20:]) == 0


def test_a_devices_connections_go_to_ever_new_networks():
    packets = [lan_flood.frame(number, 25, ROUTER_MAC)[14:] for number in range(100 * lab.DEVICES)]
    networks = [packet[16:19] for packet in packets if packet[12:16] == packets[0][12:16]]
    assert len(networks) == len(set(networks)) == 100
    assert len({packet[12:24] for packet in packets}) == len(packets)


def test_a_flood_passes_the_router_and_every_connection_is_counted_and_seen():
    with World(prefix="flood-", settings=router_floods.OBSERVE) as world:
        router_floods.wire(world)
        before = world.router.call("status")["connections_seen"]
        sent = router_floods.flood(world, RATE, SECONDS)
        assert sent == RATE * SECONDS
        assert router_floods.passed(world.router) == sent
        assert world.router.call("status")["connections_seen"] - before == sent
        macs = {device["device"] for device in world.router.call("status")["devices"]}
        assert {lab.mac(number) for number in range(lab.DEVICES)} <= macs


def test_a_benchmark_of_several_things_has_a_table_for_each():
    benchmark = ModuleType("both")
    benchmark.TITLE, benchmark.ABOUT = "Both", "\nWords.\n"
    benchmark.TABLES = {"One": {"a": "A"}, "Two": {"b": "B", "c": "C"}, "Three": {"a": "A"}}
    rows = [{"table": "Two", "b": 1, "c": "x"}, {"table": "One", "a": 2.5}]
    assert table.markdown(benchmark, rows, "Here") == (
        "# Both\n\nWords.\n\n## One\n\n| A |\n| ---: |\n| 2.5 |\n\n"
        "## Two\n\n| B | C |\n| ---: | --- |\n| 1 | x |\n\nHere\n"
    )
