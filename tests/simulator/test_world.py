"""The world as a whole: its start, its errors, and that it ends."""

import os
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from portvagt_sim import requirements, sandbox
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.device import Device
from portvagt_sim.isp import broker
from portvagt_sim.router import netns, wires
from portvagt_sim.world import World

START_SECONDS = 10.0


def namespaces() -> set[str]:
    return {path.name for path in Path("/run/netns").iterdir()}


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_starts_fast_and_leaves_nothing() -> None:
    before = namespaces(), children()
    with World(agent=False, prefix="fast-") as world:
        assert world.start_seconds < START_SECONDS
        assert "fast-router" in namespaces()
        assert children() > before[1]
        assert world.workdir.exists()
    assert (namespaces(), children()) == before
    assert not world.workdir.exists()


def test_a_host_without_taps_is_told_so_before_anything_is_made(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """In a sandbox without root's rights: nobody may open what belongs to an owner from outside."""
    monkeypatch.setattr(wires, "TUN", tmp_path / "tun")
    before = namespaces(), children()
    with pytest.raises(SimulatorError, match=r"no access to .*/tun, so no cable to a machine; type: sudo chmod a\+rw"):
        World(router="malta", prefix="taps-").__enter__()
    assert (namespaces(), children()) == before


def test_part_that_fails_is_named_and_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    before = namespaces(), children()
    monkeypatch.setattr(broker, "CONFIGURATION", "nonsense {port}\n")
    with pytest.raises(SimulatorError, match=r"broker ended at once[^\n]*\n.*nonsense"):
        World(agent=False, prefix="fail-").__enter__()
    assert (namespaces(), children()) == before


@pytest.mark.parametrize("owner, method", [(netns, "nft_load"), (Device, "connect")])
def test_failure_is_told_although_later_parts_never_ran(
    monkeypatch: pytest.MonkeyPatch, owner: object, method: str
) -> None:
    def fail(*_arguments: object) -> None:
        raise SimulatorError("the real reason")

    before = namespaces(), children()
    monkeypatch.setattr(owner, method, fail)
    with pytest.raises(SimulatorError, match="the real reason"):
        World(agent=False, prefix="early-").__enter__()
    assert (namespaces(), children()) == before


def test_interrupted_start_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(_world: World) -> None:
        raise KeyboardInterrupt

    before = namespaces(), children()
    monkeypatch.setattr(World, "_wait_ready", interrupt)
    with pytest.raises(KeyboardInterrupt):
        World(agent=False, prefix="stop-").__enter__()
    assert (namespaces(), children()) == before


def test_unknown_router() -> None:
    with pytest.raises(SimulatorError, match="no router 'fax'; there are: netns"):
        World(router="fax")


def test_work_directory_must_be_empty(tmp_path: Path) -> None:
    (tmp_path / "something").touch()
    with pytest.raises(SimulatorError, match="not empty"):
        World(tmp_path, agent=False).__enter__()


def test_missing_programs_are_named_with_their_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(
        SimulatorError, match=r"missing: ip, nft.*; type: sudo apt install iproute2 nftables dnsmasq-base"
    ):
        requirements.check()


def test_outside_the_sandbox_the_world_says_what_to_type() -> None:
    environment = {name: value for name, value in os.environ.items() if name != sandbox.INSIDE}
    code = "from portvagt_sim.world import World; World().__enter__()"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "type: python -m portvagt_sim enter -- COMMAND" in done.stderr.splitlines()[-1]
