"""The images, built before the sandbox: ./dev does it for whoever names tests/router."""

from pathlib import Path

import pytest

from portvagt_sim.router import image
from portvagt_sim.router.machines import MACHINES


@pytest.fixture(params=list(MACHINES))
def built(request: pytest.FixtureRequest) -> image.Image:
    """The image of each machine."""
    return image.build(request.param, print)


@pytest.fixture
def serial(tmp_path: Path) -> Path:
    """Where the router's console goes."""
    return tmp_path / "serial.log"
