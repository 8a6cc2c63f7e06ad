"""The disk is full or read-only, from the start or in the middle: all three processes go on, and write later."""

import contextlib
import json
import subprocess

import pytest
from tests.scenarios import steps

from portvagt import cases, guard
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

DISK_BYTES = 512 * 1024
WRITTEN_SECONDS = guard.SAVE_PAUSE_S + 15.0


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def move_to_disk(directory):
    """A small file system of its own for `directory`, with what is in it."""
    before = directory.with_name(directory.name + "-before")
    subprocess.run(["cp", "-a", str(directory), str(before)], check=True)
    mount("-t", "tmpfs", "-o", f"size={DISK_BYTES},mode=755", "tmpfs", str(directory))
    subprocess.run(["cp", "-a", f"{before}/.", str(directory)], check=True)


def fill(directory):
    with contextlib.suppress(OSError), (directory / "filler").open("wb", buffering=0) as filler:
        while True:
            filler.write(bytes(4096))


def make_room(directory):
    (directory / "filler").unlink()


def forbid(directory):
    mount("-o", "remount,ro", str(directory))
    # the file system only: the processes have copies of the mount, with flags that nobody could take back
    mount("-o", "remount,bind,rw", str(directory))


def allow(directory):
    mount("-o", "remount,rw", str(directory))


@pytest.fixture
def world(request):
    with World(prefix="scene-", agent=False, runtime=request.config.getoption("--runtime")) as made:
        yield made


# a minute each: the guard waits for so long before it writes again, so two of the four that there are
@pytest.mark.parametrize(("spoil", "mend", "at_the_start"), [(fill, make_room, True), (forbid, allow, False)])
@pytest.mark.timeout(180)
def test_a_disk_that_takes_nothing_stops_nothing(world, at_the_start, spoil, mend):
    router, laptop = world.router, world.home.laptop
    # nothing can listen on a read-only run_dir; /var/run is memory on a router
    disks = [router.state_dir] if spoil is forbid else [router.state_dir, router.run_dir]
    with contextlib.ExitStack() as mounted:
        for disk in disks:
            mounted.callback(lambda disk=disk: subprocess.run(["umount", "-l", str(disk)], check=True))
            move_to_disk(disk)
        if at_the_start:
            for disk in disks:
                spoil(disk)
        router.start_agent()
        router.wait_ready()
        steps.wait_online(world)
        if not at_the_start:
            for disk in disks:
                spoil(disk)
        steps.outbreak(world, laptop, 4)
        assert steps.escapes(world, laptop, 4) == 0
        assert steps.event(world, "stopped")
        assert "Vi har stoppet mail" in steps.page(world, laptop).body
        wait_until(lambda: "cases can't be saved" in router.log("guard"), steps.EVENT_SECONDS, "it is said")
        assert all(router.alive(name) for name in ("guard", "portal", "reporter"))

        for disk in disks:
            mend(disk)
        saved = router.state_dir / "guard" / "cases.json"
        wait_until(lambda: saved.exists() and laptop.mac in saved.read_text(), WRITTEN_SECONDS, "it is written")
        assert json.loads(saved.read_text().splitlines()[0])["version"] == cases.VERSION
        assert router.log("guard").count("cases can't be saved") <= 3
        router.stop_agent()
