"""Worlds whose router is a machine, and what can happen to one."""

from collections.abc import Iterator

import pytest

from portvagt_sim.router.router import Options
from portvagt_sim.world import World

SETTINGS = {"judge": {"release_quiet_minutes": 0}}


@pytest.fixture
def options() -> Options:
    """How the machine differs from its usual self; a test may override it."""
    return Options()


@pytest.fixture
def world(options: Options, request: pytest.FixtureRequest) -> Iterator[World]:
    """A world whose router is the machine that --router names."""
    machine = request.config.getoption("--router")
    with World(prefix="machine-", router=machine, settings=SETTINGS, options=options) as started:
        yield started


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without a machine there is nothing to test here."""
    names = {item.path.stem for item in items if "tests/qemu" in item.nodeid} - {"test_openwrt"}
    if config.getoption("--router") == "netns" and names:
        raise pytest.UsageError("tests/qemu needs a machine; type: ./dev test tests/qemu --router malta")
