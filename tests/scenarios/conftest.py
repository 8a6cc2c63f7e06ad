"""One world a test: what the agent learned in one story must not help it in the next."""

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from portvagt_sim.router.router import Options
from portvagt_sim.world import World

HERE = Path(__file__).parent
CONTRACT = HERE.parents[1] / "docs" / "contract"
SCHEMAS = {kind: json.loads((CONTRACT / f"{kind}.schema.json").read_text()) for kind in ("event", "state", "ack")}


# module or test: why it is not played where the router is a machine
NOT_ON_A_MACHINE = {
    "test_where_no_cap_holds_the_guard_hears_the_flood_and_still_notices_the_next_zombie": (
        "10,000 devices within seconds are more than a translated processor and 64 MiB take"
    ),
    "test_tls_refusals": "a reporter alone, without a router; tests/qemu/test_tls.py asks the same of a machine",
}
# the same where the router is an image of OpenWrt
NOT_ON_OPENWRT = {
    "test_devices_hear_of_it_over_both_families": (
        "odhcpd speaks DHCPv6 there, and is told by who wants it (docs/captive-portal-api.md)"
    ),
    "test_a_wrong_configuration_leaves_the_rules": (
        "the init script refuses such a configuration before a process of ours reads it; tests/package asks that of it"
    ),
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out, and say so, what needs no router at all."""
    if config.getoption("--router") == "netns":
        return
    reasons = NOT_ON_A_MACHINE | (NOT_ON_OPENWRT if config.getoption("--router") == "openwrt" else {})
    ours = [item for item in items if item.path.parent == HERE]
    names = {item: name for item in ours for name in (item.path.stem, item.originalname) if name in reasons}
    config.hook.pytest_deselected(items=[*names])
    items[:] = [item for item in items if item not in names]
    for name in sorted(set(names.values())):
        terminal = config.pluginmanager.get_plugin("terminalreporter")
        terminal.write_line(f"not on a machine: {name}: {reasons[name]}")


@pytest.fixture
def settings() -> dict:
    """Changes of the agent's configuration; a test module may override it. Nobody waits an hour for a release here."""
    return {"judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def parts(request: pytest.FixtureRequest) -> dict:
    """Of what the world is made in this run: its router, and what the agent runs on."""
    options = Options(**{name: request.config.getoption(f"--{name}") for name in ("pcap", "image")})
    return {"options": options, **{name: request.config.getoption(f"--{name}") for name in ("router", "runtime")}}


@pytest.fixture
def world(settings: dict, parts: dict) -> Iterator[World]:
    """A world with the agent on its router. Whatever it told the ISP must be in the contract."""
    with World(prefix="scene-", settings=settings, **parts) as started:
        yield started
        for message in started.isp.messages():
            validate(message)
            assert not revealed(started, message), message.payload


# names, networks and servers of the simulated world, as they would stand in a message
NEVER_TOLD = ("laptop", "phone", "192.168.1.", "2001:db8:f000:1:", "198.18.", "::25")


def revealed(world: World, message) -> list[str]:
    """What a message says that must never leave the home: MACs, names and addresses of devices, and destinations."""
    text = message.payload.decode().lower()
    return [each for each in (*NEVER_TOLD, *(device.mac for device in world.home)) if each in text]


def validate(message) -> dict:
    """The message's document; raises jsonschema.ValidationError when the contract does not allow it."""
    document = message.json()
    kind = message.topic.rsplit("/", 1)[1]
    jsonschema.validate(document, SCHEMAS[kind], format_checker=jsonschema.FormatChecker())
    return document
