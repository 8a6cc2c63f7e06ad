"""The machine itself: what it leaves behind, what of it can be seen, and what is said when it can't be."""

import subprocess
import time
from pathlib import Path

import psutil
import pytest

from portvagt_sim.bench import router_floods
from portvagt_sim.errors import SimulatorError
from portvagt_sim.router import accelerator, agent, image, qemu
from portvagt_sim.router.router import Options
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import ROUTERS, World

MOST_RSS_KB = 5000
CLOCK_SECONDS = 2.0
FLOODS = [(300, 4), (1000, 4), (2000, 4)]  # connections a second, s


def children():
    return {child.pid for child in psutil.Process().children(recursive=True)}


def namespaces():
    return {path.name for path in Path("/run/netns").iterdir()}


def test_nothing_is_left(request):
    before = namespaces(), children()
    with World(prefix="gone-", router=request.config.getoption("--router"), agent=False) as world:
        assert children() > before[1]
        workdir = world.workdir
    assert (namespaces(), children()) == before
    assert not workdir.exists()


def test_a_part_that_fails_leaves_nothing(request, monkeypatch):
    def fail(*_arguments):
        raise SimulatorError("the real reason")

    before = namespaces(), children()
    monkeypatch.setattr(qemu.QemuRouter, "start_agent", fail)
    with pytest.raises(SimulatorError, match="the real reason"):
        World(prefix="early-", router=request.config.getoption("--router")).__enter__()
    assert (namespaces(), children()) == before


def test_a_machine_that_does_not_boot_shows_its_serial_line(request, monkeypatch):
    monkeypatch.setattr(qemu, "BOOT_SECONDS", 3.0)
    monkeypatch.setattr(qemu, "AGENTLESS", "rdinit=/nonesuch init=/nonesuch")
    with pytest.raises(SimulatorError, match="the whole serial log: "):
        World(prefix="dead-", router=request.config.getoption("--router"), agent=False).__enter__()


def test_processes_can_be_looked_at(world):
    for name in agent.ROLES:
        assert 500 < world.router.memory_kb(name)["rss"] < MOST_RSS_KB
        assert 0 < world.router.cpu_seconds(name) < 60


def test_the_clock_of_a_machine_that_goes_on_is_right(world):
    there = float(world.router.run("date", "+%s"))
    assert abs(there - time.time()) < CLOCK_SECONDS


def test_the_timer_that_wakes_the_machine_is_one_that_is_saved_with_it(world):
    """malta's processor has one that is not: such a machine slept for 10 s when it went on."""
    assert world.router.run("cat", "/sys/devices/system/clockevents/clockevent0/current_device") != "MIPS\n"


def test_only_an_agent_that_knows_nothing_yet_is_saved(request):
    """A machine that went on from a saved state once saved what its agent had learned when that was started again."""
    machine = request.config.getoption("--router")
    for _ in range(2):
        with World(prefix="known-", router=machine) as world:
            assert world.router.call("status")["devices"] == []
            assert world.router.cli("stop", "laptop").returncode == 0
            world.router.stop_agent()
            world.router.start_agent()
            world.router.wait_ready()


def test_a_network_card_hears_again_after_a_flood(request):
    """malta's cards share an interrupt, which is lost when it is taken for an edge-triggered one."""
    with World(prefix="deaf-", router=request.config.getoption("--router"), agent=False) as world:
        world.router.run("sysctl", "-qw", *router_floods.SYSCTLS)
        router_floods.wire(world)
        for rate, seconds in FLOODS:
            router_floods.flood(world, rate, seconds)
        world.router.run("sh", "-c", "conntrack -F 2>/dev/null")
        before = router_floods.passed(world.router)
        sent = router_floods.flood(world, 20, 1)
        wait_until(lambda: router_floods.passed(world.router) - before == sent, 5, "all have passed", pause=0.2)


def test_what_passes_the_ports_can_be_kept(request, tmp_path):
    machine = request.config.getoption("--router")
    with World(prefix="dump-", router=machine, agent=False, options=Options(pcap=tmp_path)) as world:
        assert world.home.tv.fetch("http://www.example.com/").status == 200
        wait_until(lambda: all(b"www" in path.read_bytes() for path in _dumps(tmp_path)), 5, "it is in both files")


def _dumps(directory):
    return [directory / f"{port}.pcap" for port in ("lan", "wan")]


def test_an_accelerator_that_hangs_is_not_taken(request, monkeypatch):
    """As on hosts where /dev/kvm can be opened and no guest runs."""
    built = image.build(request.config.getoption("--router"), print)
    monkeypatch.setattr(accelerator, "PROBE_SECONDS", 0.01)
    accelerator.probe.cache_clear()
    try:
        assert accelerator.best(built) == accelerator.TRANSLATION
    finally:
        accelerator.probe.cache_clear()


def test_another_runtime_is_refused(request):
    machine = request.config.getoption("--router")
    with pytest.raises(SimulatorError, match=f"the router {machine} has no cpython; type: --runtime micropython"):
        World(prefix="wrong-", router=machine, runtime="cpython").__enter__()


def test_every_machine_of_the_table_is_a_router():
    assert set(ROUTERS) == {"netns", *image.MACHINES}


def test_a_kernel_without_a_root_ends_by_itself(request):
    """What the probe of accelerators rests on."""
    built = image.build(request.config.getoption("--router"), print)
    argv = [*accelerator.trial(accelerator.TRANSLATION, built.machine, built.kernel)]
    assert subprocess.run(argv, capture_output=True, timeout=60, check=False).returncode == 0
