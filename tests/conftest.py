"""Fixtures that need the simulated world; the tests of single modules use none of them.

PYTHONPATH=simulator:agent python -m portvagt_sim enter -- python -m pytest
"""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from portvagt import log

if TYPE_CHECKING:
    from portvagt_sim.world import World

IMAGE_SECONDS = 1200  # of a test with a boot of OpenWrt in it, translated


def pytest_addoption(parser: pytest.Parser) -> None:
    """Scenarios run on whatever the agent runs on, in whatever router."""
    parser.addoption("--runtime", help="what the agent runs on in scenarios (cpython; micropython in a machine)")
    parser.addoption("--router", default="netns", help="what the router is made of in scenarios (netns)")
    parser.addoption("--image", default="", help="an image of OpenWrt that is the router: docs/qemu.md")
    parser.addoption("--pcap", type=Path, help="a directory for what passes a machine's ports in the last scenario")


@pytest.fixture
def sandbox() -> None:
    """The test changes the kernel of the network namespace that it runs in."""
    from portvagt_sim.errors import SimulatorError
    from portvagt_sim.sandbox import require_inside

    try:
        require_inside()
    except SimulatorError as error:
        pytest.fail(str(error), pytrace=False)


@pytest.fixture
def common_path() -> "Generator[Path]":
    """A directory that the agent's users may enter, unlike tmp_path."""
    with tempfile.TemporaryDirectory(dir="/run") as name:
        path = Path(name)
        path.chmod(0o755)
        yield path


def pytest_configure(config: pytest.Config) -> None:
    """In the sandbox everybody is root, so pytest's directory in the machine's /tmp may be somebody else's."""
    if config.getoption("--image"):
        config.option.router = "openwrt"
    if "PORTVAGT_SIM_INSIDE" in os.environ:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", "/run")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where the router is an image of OpenWrt, each world takes minutes to boot."""
    if config.getoption("--router") == "openwrt":
        for item in items:
            item.add_marker(pytest.mark.timeout(IMAGE_SECONDS))


@pytest.fixture(scope="session")
def world() -> "Generator[World]":
    """The world with the agent on its router, shared by a whole run."""
    yield from _started(agent=True)


@pytest.fixture(scope="session")
def agentless_world() -> "Generator[World]":
    """The world as it is without us, shared by a whole run."""
    yield from _started(agent=False, prefix="bare-")


def _started(**options: object) -> "Generator[World]":
    from portvagt_sim.errors import SimulatorError
    from portvagt_sim.world import World

    try:
        started = World(**options).__enter__()  # type: ignore[arg-type]
    except SimulatorError as error:
        pytest.fail(str(error), pytrace=False)
    yield started
    started.__exit__(None, None, None)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Function) -> Generator[None]:
    """Show what the agent's processes said when a test of the world fails."""
    outcome = yield
    report = outcome.get_result()  # type: ignore[attr-defined]
    playing = getattr(item, "funcargs", {}).get("world")
    if report.failed and playing is not None:
        for name, tail in playing.router.tails().items():
            report.sections.append((f"log of {name}", tail))


@pytest.fixture(autouse=True)
def empty_log_window() -> None:
    """What other tests logged within the minute must not silence what this one waits for."""
    log._windows.clear()
