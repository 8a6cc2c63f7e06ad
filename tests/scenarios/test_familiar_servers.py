"""After a verdict the person's own mail program goes on, to the servers that it used on earlier days."""

import json

import pytest
from tests.scenarios import steps

from portvagt.familiar_file import FamiliarFile
from portvagt.judge.familiar import DAY_S, Familiar
from portvagt.watch.address import mac_bytes, network_bytes
from portvagt_sim.addresses import mx
from portvagt_sim.namespaces import answers

USUAL, OTHER = mx(190), mx(191)
FILE = "familiar.json"


def reaches(world, device, server, family, port):
    """Whether a connection of a device gets as far as the internet: nobody needs to listen there."""
    before = world.internet.connections(family)
    answers(device.netns, server.of(family), port)
    return world.internet.connections(family) > before


@pytest.fixture
def acquainted(world, tmp_path):
    """A world whose guard knows since yesterday which server the laptop uses."""
    world.router.kill("guard")
    world.router.wait_ended("guard")
    laptop = world.home.laptop
    servers = Familiar()
    for at in (0, DAY_S):
        for network in ("198.18.190.0/24", "2001:db8:be::/48"):
            servers.used(at, mac_bytes(laptop.mac), network_bytes(network))
    FamiliarFile(str(tmp_path / FILE), 0).save(DAY_S + 3600, servers)
    world.router.write(world.router.state_dir / "guard" / FILE, (tmp_path / FILE).read_text())
    world.router.start_process("guard")
    world.router.wait_ready()
    return world


@pytest.mark.parametrize("family", [4, 6])
def test_a_stopped_laptop_reaches_its_usual_server_and_no_other(acquainted, family):
    laptop, phone = acquainted.home.laptop, acquainted.home.phone
    steps.outbreak(acquainted, laptop, 4)
    assert reaches(acquainted, laptop, USUAL, family, 587)
    assert not reaches(acquainted, laptop, USUAL, family, 25)
    assert not reaches(acquainted, laptop, OTHER, family, 587)
    assert reaches(acquainted, phone, OTHER, family, 587)
    said = acquainted.router.cli("explain", "laptop").stdout
    assert "may go on to 2 networks that it used on earlier days" in said
    assert steps.button(acquainted, laptop).status == 303
    assert "sædvanlige udbyder" in steps.page(acquainted, laptop).body


def test_what_the_guard_learned_survives_its_end(acquainted):
    acquainted.router.stop_agent()
    text = acquainted.router.read(acquainted.router.state_dir / "guard" / FILE)
    lines = [json.loads(line) for line in text.splitlines()]
    assert {line["network"] for line in lines if line.get("familiar")} == {"198.18.190.0/24", "2001:db8:be::/48"}
