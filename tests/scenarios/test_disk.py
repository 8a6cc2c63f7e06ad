"""The disk is full or read-only, from the start or in the middle: all three processes go on, and write later."""

import contextlib
import json

import pytest
from tests.scenarios import steps

from portvagt import cases, guard
from portvagt_sim.errors import SimulatorError
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

DISK_BYTES = 512 * 1024
WRITTEN_SECONDS = guard.SAVE_PAUSE_S + 15.0


def move_to_disk(router, directory):
    """A small file system of its own for `directory`, with what is in it."""
    before = directory.with_name(directory.name + "-before")
    router.run("mkdir", "-p", str(directory))
    router.run("cp", "-a", str(directory), str(before))
    router.run("mount", "-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(directory))
    router.run("cp", "-a", f"{before}/.", str(directory))


def fill(router, directory):
    with pytest.raises(SimulatorError, match="No space left"):
        router.run("dd", "if=/dev/zero", f"of={directory}/filler", "bs=4096")


def make_room(router, directory):
    router.run("rm", f"{directory}/filler")


def forbid(router, directory):
    router.run("mount", "-o", "remount,ro", str(directory))
    # the file system only: the processes have copies of the mount, with flags that nobody could take back
    router.run("mount", "-o", "remount,bind,rw", str(directory))


def allow(router, directory):
    router.run("mount", "-o", "remount,rw", str(directory))


def saved(router):
    return router.run("find", str(router.state_dir / "guard"), "-name", "cases.json", "-exec", "cat", "{}", ";")


@pytest.fixture
def world(parts):
    with World(prefix="scene-", agent=False, **parts) as made:
        yield made


# a minute each: the guard waits for so long before it writes again, so two of the four that there are
@pytest.mark.parametrize(("spoil", "mend", "at_the_start"), [(fill, make_room, True), (forbid, allow, False)])
@pytest.mark.timeout(180)
def test_a_disk_that_takes_nothing_stops_nothing(world, parts, at_the_start, spoil, mend):
    router, laptop = world.router, world.home.laptop
    # nothing can listen on a read-only run_dir; on a router it is memory, some of which the init script needs
    spare_run_dir = spoil is forbid or parts["router"] != "netns"
    disks = [router.state_dir] if spare_run_dir else [router.state_dir, router.run_dir]
    with contextlib.ExitStack() as mounted:
        for disk in disks:
            mounted.callback(lambda disk=disk: router.run("umount", "-l", str(disk)))
            move_to_disk(router, disk)
        if at_the_start:
            for disk in disks:
                spoil(router, disk)
        router.start_agent()
        router.wait_ready()
        steps.wait_online(world)
        if not at_the_start:
            for disk in disks:
                spoil(router, disk)
        steps.outbreak(world, laptop, 4)
        assert steps.escapes(world, laptop, 4) == 0
        assert steps.event(world, "stopped")
        assert "Vi har stoppet mail" in steps.page(world, laptop).body
        wait_until(lambda: "cases can't be saved" in router.log("guard"), steps.EVENT_SECONDS, "it is said")
        assert all(router.alive(name) for name in ("guard", "portal", "reporter"))

        for disk in disks:
            mend(router, disk)
        wait_until(lambda: laptop.mac in saved(router), WRITTEN_SECONDS, "it is written")
        assert json.loads(saved(router).splitlines()[0])["version"] == cases.VERSION
        assert router.log("guard").count("cases can't be saved") <= 3
        router.stop_agent()
