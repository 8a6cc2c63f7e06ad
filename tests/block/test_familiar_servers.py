"""What a stopped device may still open, tried on the simulated router: its kernel, our table, no agent."""

import pytest

from portvagt import config
from portvagt.block import ruleset
from portvagt.block.nft import run_nft
from portvagt.block.table import Table
from portvagt.watch.address import ip_bytes, mac_bytes
from portvagt_sim.addresses import mx
from portvagt_sim.namespaces import answers, entered

BURST = 5
FAMILIAR, OTHER = mx(5), mx(6)
NETWORKS = [ip_bytes(FAMILIAR.v4)[:3], ip_bytes(FAMILIAR.v6)[:6]]
SETTINGS = """config main
	option run_dir '{}'
config block
	option submission_per_hour '1'
	option submission_burst '{}'
"""


@pytest.fixture
def table(agentless_world, tmp_path):
    (tmp_path / "guard").mkdir()
    with entered(agentless_world.router.netns):  # a socket and a program belong where they are opened
        loaded = Table(config.parse(SETTINGS.format(tmp_path, BURST), "test"))
        loaded.load([])
    yield loaded
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    with entered(agentless_world.router.netns):
        run_nft(str(tmp_path / "removal.nft"))


@pytest.fixture
def reaches(agentless_world):
    """Whether a connection of a device gets as far as the internet: nobody needs to listen there."""

    def tried(device, address, port):
        family = 6 if ":" in address else 4
        before = agentless_world.internet.connections(family)
        answers(device.netns, address, port)
        return agentless_world.internet.connections(family) > before

    return tried


@pytest.fixture
def laptop(agentless_world, table):
    """A stopped device with two familiar networks."""
    table.stop(mac_bytes(agentless_world.home.laptop.mac), NETWORKS)
    return agentless_world.home.laptop


@pytest.mark.parametrize("family", [4, 6])
def test_a_stopped_device_reaches_its_familiar_servers_and_no_others(laptop, family, reaches):
    assert reaches(laptop, FAMILIAR.of(family), 587)
    assert reaches(laptop, FAMILIAR.of(family), 465)
    assert not reaches(laptop, FAMILIAR.of(family), 25)
    assert not reaches(laptop, OTHER.of(family), 587)
    assert not reaches(laptop, OTHER.of(family), 25)


@pytest.mark.parametrize("family", [4, 6])
def test_what_is_familiar_to_one_device_is_not_to_another(agentless_world, table, laptop, family, reaches):
    pc = agentless_world.home.pc
    table.stop(mac_bytes(pc.mac), [])
    assert not reaches(pc, FAMILIAR.of(family), 587)
    assert reaches(laptop, FAMILIAR.of(family), 587)


def test_the_cap_holds_for_familiar_servers(laptop, reaches):
    reached = [reaches(laptop, FAMILIAR.v4, 587) for _ in range(BURST + 2)]
    assert reached == [True] * BURST + [False] * 2


def test_only_refused_connections_are_attempts(table, laptop, reaches):
    mac = mac_bytes(laptop.mac)
    assert reaches(laptop, FAMILIAR.v4, 587)
    assert table.attempts() == {}
    assert not reaches(laptop, OTHER.v4, 587)
    [(key, attempts)] = table.attempts().items()
    assert key == mac and attempts.packets == 1 and 0 <= attempts.seconds_ago < 5


def test_the_packet_path_dates_the_last_attempt(agentless_world, table, laptop, reaches):
    """The element is put in as if its last attempt were 20 days old: nobody waits that long in a test."""
    element = "{ " + laptop.mac + " counter packets 41 bytes 2460 expires 10d }"
    agentless_world.router.nft("add", "element", "inet", "portvagt", "attempts_mac", element)
    before = table.attempts()[mac_bytes(laptop.mac)]
    assert before.packets == 41 and before.seconds_ago == pytest.approx(20 * 86400, abs=60)
    assert reaches(laptop, FAMILIAR.v4, 587)
    assert table.attempts()[mac_bytes(laptop.mac)].seconds_ago == pytest.approx(20 * 86400, abs=60)
    assert not reaches(laptop, OTHER.v6, 25)
    after = table.attempts()[mac_bytes(laptop.mac)]
    assert after.packets == 42 and after.seconds_ago < 5


def test_a_full_set_of_attempts_opens_nothing(agentless_world, table, laptop, reaches):
    keys = ", ".join(f"02:00:00:00:01:{number:02x}" for number in range(ruleset.DEVICES))
    agentless_world.router.nft("add", "element", "inet", "portvagt", "attempts_mac", "{ " + keys + " }")
    assert not reaches(laptop, OTHER.v4, 25)
    assert not reaches(laptop, OTHER.v4, 587)
