"""The router: firewall, address translation, the probe hosts' sets, and the agent's privileges."""

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from portvagt_sim import addresses as plan
from portvagt_sim import runtimes
from portvagt_sim.errors import SimulatorError
from portvagt_sim.internet.sites import PROBE_HOSTS, SITES
from portvagt_sim.namespaces import answers, nft_load, several_uids
from portvagt_sim.program import Program
from portvagt_sim.router import agent, uci
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

HOST = PROBE_HOSTS[0]
SETS = """
table inet portvagt {
    set probe4 { type ipv4_addr; size 64; }
    set probe6 { type ipv6_addr; size 64; }
}
"""
# what a role can do: its privileges, and which of the guard's sockets let it in
PROBE = """
import json, pathlib, socket, sys, time
status = dict(line.split(":\\t", 1) for line in pathlib.Path("/proc/self/status").read_text().splitlines())
def connects(role):
    try:
        socket.socket(socket.AF_UNIX).connect(f"{sys.argv[1]}/{role}/{role}.sock")
    except PermissionError:
        return False
    return True
print(json.dumps({"status": status, "doors": [r for r in ("portal", "reporter", "admin") if connects(r)]}))
"""
# a stand-in for the guard: it opens its sockets as interface and layout say
DOORS = """
import os, pathlib, socket, sys, time
kept = []
for role in ("portal", "reporter", "admin"):
    path = f"{sys.argv[1]}/{role}/{role}.sock"
    kept.append(socket.socket(socket.AF_UNIX)); kept[-1].bind(path); os.chmod(path, 0o660); kept[-1].listen()
print("open", flush=True)
time.sleep(60)
"""


def as_role(name: str, world: World, code: str, run_dir: Path, log: Path) -> Program:
    runtime = runtimes.Runtime((sys.executable, "-c", code, str(run_dir)), {}, module=())
    return agent.start(name, world.router.netns, runtime, world.router.configuration, log)


@pytest.fixture(scope="module")
def run_dir(agentless_world: World) -> Iterator[Path]:
    """A run directory with the guard's sockets in it, held by a process with the guard's rights."""
    base = agentless_world.workdir / "doors"
    for directory in (base, base / "run", base / "state"):
        directory.mkdir()
    agent.prepare_directories(base / "run", base / "state")
    doors = as_role("guard", agentless_world, DOORS, base / "run", base / "doors.log")
    doors.wait_until(lambda: doors.log() == "open\n", 10, "it has opened its sockets")
    yield base / "run"
    doors.stop()


# what each role has: CapEff = CapPrm = CapBnd; bit 12 is CAP_NET_ADMIN (<linux/capability.h>)
CAPABILITIES = {"guard": 1 << 12, "portal": 0, "reporter": 0}


@pytest.mark.parametrize("role", CAPABILITIES)
def test_role_has_least_privilege(agentless_world: World, run_dir: Path, role: str) -> None:
    log = run_dir.parent / f"{role}.log"
    program = as_role(role, agentless_world, PROBE, run_dir, log)
    assert program.wait(10) == 0, program.tail()
    found = json.loads(program.log())
    status = found["status"]
    assert {int(status[kind], 16) for kind in ("CapEff", "CapPrm", "CapBnd")} == {CAPABILITIES[role]}
    assert status["NoNewPrivs"] == "1"
    if several_uids():
        assert set(status["Uid"].split()) == {str(agent.ROLES[role].uid)}
        own_doors = {"guard": ["portal", "reporter", "admin"]}.get(role, [role])
        assert found["doors"] == own_doors


def test_key_is_for_the_reporter_alone(agentless_world: World) -> None:
    key = (agentless_world.router.state_dir / "cpe.key").stat()
    assert key.st_mode & 0o777 == 0o400
    assert key.st_uid == (agent.ROLES["reporter"].uid if several_uids() else 0)


def test_internet_cannot_open_connections_to_the_home(agentless_world: World) -> None:
    laptop = agentless_world.home.laptop
    assert not answers(agentless_world.isp.netns, plan.WAN_ROUTER.v6, 53)
    assert not answers(agentless_world.isp.netns, laptop.address(6), 22)


def test_ipv4_is_translated_and_ipv6_is_not(agentless_world: World) -> None:
    laptop = agentless_world.home.laptop
    for family, peer in ((4, "198.51.100.2"), (6, laptop.address(6))):
        laptop.run_zombie(family=family, count=1)
        assert agentless_world.internet.mails()[-1].peer == peer


def test_dnsmasq_fills_the_sets_of_probe_hosts(agentless_world: World) -> None:
    router = agentless_world.router
    nft_load(router.netns, SETS)
    try:
        for family in (4, 6):
            agentless_world.home.tv.fetch(f"http://{HOST}/generate_204", family=family)
        agentless_world.home.tv.fetch("http://www.example.com/")
        for name, address in zip(("probe4", "probe6"), SITES[HOST], strict=True):
            listing = json.loads(router.nft("-j", "list", "set", "inet", "portvagt", name))
            assert listing["nftables"][1]["set"]["elem"] == [address]
    finally:
        router.nft("delete", "table", "inet", "portvagt")


def test_nft_error_is_one_line(agentless_world: World) -> None:
    with pytest.raises(SimulatorError, match="No such file or directory"):
        agentless_world.router.nft("list", "table", "inet", "nonesuch")


def test_processes_are_named(agentless_world: World) -> None:
    router = agentless_world.router
    with pytest.raises(SimulatorError, match="no process 'ghost'"):
        router.start_process("ghost")
    with pytest.raises(SimulatorError, match="guard has not been started"):
        router.kill("guard", signal.SIGTERM)
    assert not router.alive("guard")


def test_unknown_runtime() -> None:
    with pytest.raises(SimulatorError, match="no agent runtime 'cobol'; there are: cpython"):
        runtimes.runtime("cobol")


def test_configuration_file() -> None:
    usual: uci.Settings = {"main": {"policy": "stop", "lan": ["br-lan"]}}
    settings = uci.merged(usual, {"main": {"policy": "observe"}, "warn": {"port": 80}})
    assert uci.rendered(settings) == (
        "config main 'main'\n\toption policy 'observe'\n\tlist lan 'br-lan'\nconfig warn 'warn'\n\toption port '80'\n"
    )


def test_stopped_process_is_gone_with_its_children(agentless_world: World, tmp_path: Path) -> None:
    parent = Program("parent", agentless_world.router.netns, ["sh", "-c", "sleep 61 & echo $!; wait"], tmp_path / "log")
    wait_until(lambda: parent.log().endswith("\n"), 5, "the child runs")
    child = Path("/proc", parent.log().strip())
    assert child.exists()
    parent.stop()
    wait_until(lambda: not child.exists(), 5, "the child is gone")
    assert not parent.alive()
