"""The home: addresses, and what people and zombies can do with them when no agent is there."""

import ipaddress

import pytest

from portvagt_sim import addresses as plan
from portvagt_sim.home.home import CAST
from portvagt_sim.internet.mx import behaviour
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

MX_TRIED = 40
FAMILIES = [4, 6]


@pytest.mark.parametrize("name", CAST)
def test_device_has_lease_and_slaac_address(agentless_world: World, name: str) -> None:
    device = agentless_world.home[name]
    assert ipaddress.ip_address(device.address(4)) in ipaddress.ip_network("192.168.1.0/24")
    assert ipaddress.ip_address(device.address(6)) in ipaddress.ip_network(plan.LAN_V6)
    leases = [line.split() for line in agentless_world.router.dnsmasq.leases.read_text().splitlines()]
    assert [device.mac, device.address(4), name] in [lease[1:4] for lease in leases]


def test_addresses_differ(agentless_world: World) -> None:
    addresses = [device.address(family) for device in agentless_world.home for family in FAMILIES]
    assert len(set(addresses)) == 2 * len(CAST)


def test_temporary_address_does_not_show_the_mac(agentless_world: World) -> None:
    tail = plan.LAN_V6.removesuffix("::/64") + ":200:5eff:fe00:53"
    assert agentless_world.home.laptop.address(6) == f"{tail}10"
    assert not agentless_world.home.pc.address(6).startswith(tail)


def test_phone_sends_mail_through_the_relay(agentless_world: World) -> None:
    before = len(agentless_world.isp.relay.mails())
    sent = agentless_world.home.phone.send_mail(3)
    assert (sent["attempted"], sent["sent"], sent["errors"]) == (3, 3, [])
    mails = agentless_world.isp.relay.wait_for(before + 3, timeout=5)[before:]
    assert {mail.user for mail in mails} == {"family@isp.example"}


def test_relay_refuses_a_wrong_password(agentless_world: World) -> None:
    sent = agentless_world.home.phone.send_mail(1, password="guess")
    assert sent["sent"] == 0
    assert "535" in sent["errors"][0]


def test_mail_program_distrusts_another_authority(agentless_world: World) -> None:
    sent = agentless_world.home.nas.send_mail(1, authority=str(agentless_world.workdir / "web-ca.crt"))
    assert sent["sent"] == 0
    assert "CERTIFICATE_VERIFY_FAILED" in sent["errors"][0]


@pytest.mark.parametrize("family", FAMILIES)
def test_zombie_delivers_refused_and_silent_behave_so(agentless_world: World, family: int) -> None:
    internet = agentless_world.internet
    before = internet.connections(family), internet.mx.accepted(), len(internet.mails())
    tally = agentless_world.home.laptop.run_zombie(family=family, rate=100, count=MX_TRIED)
    expected = [behaviour(number) for number in range(1, MX_TRIED + 1)]
    assert tally["attempted"] == MX_TRIED
    assert tally["connected"] == tally["delivered"] == expected.count("accept") > 0
    assert tally["refused"] == expected.count("refuse") > 0
    assert tally["timed_out"] == expected.count("silent") > 0
    assert tally["unreachable"] == 0
    assert internet.connections(family) - before[0] == MX_TRIED
    assert internet.mx.accepted() - before[1] == expected.count("accept")
    delivered = internet.mails()[before[2] :]
    assert len(delivered) == expected.count("accept")
    assert {mail.server for mail in delivered} == {
        plan.mx(number).of(family) for number, what in enumerate(expected, start=1) if what == "accept"
    }


def test_zombie_keeps_its_rate_and_its_bounds(agentless_world: World) -> None:
    tally = agentless_world.home.pc.run_zombie(family=6, rate=20, count=1000, seconds=1)
    assert 19 <= tally["attempted"] <= 21
    assert 0.9 <= tally["last_at"] - tally["first_at"] <= 1.3


def test_zombie_can_be_stopped(agentless_world: World) -> None:
    before = agentless_world.internet.connections(4)
    zombie = agentless_world.home.laptop.start_zombie(rate=20, count=1000)
    wait_until(lambda: agentless_world.internet.connections(4) > before, 10, "the zombie is at work")
    tally = zombie.stop()
    assert 0 < tally["attempted"] < 1000
    assert not zombie.alive()


def test_zombie_uses_the_wanted_ports(agentless_world: World) -> None:
    before = agentless_world.internet.connections(4)
    tally = agentless_world.home.laptop.run_zombie(rate=100, count=10, ports=(465, 587))
    assert tally["refused"] == tally["attempted"] == 10
    assert agentless_world.internet.connections(4) - before == 10
