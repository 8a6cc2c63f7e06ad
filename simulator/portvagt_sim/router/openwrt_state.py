"""A machine's memory and disk in a directory: the next OpenWrt of the same image goes on from there, within seconds."""

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.guest import kept
from portvagt_sim.router import snapshot
from portvagt_sim.router.image import IMAGES
from portvagt_sim.router.openwrt_image import OpenWrtImage, Target
from portvagt_sim.router.virtual_machine import VirtualMachine

STATES = IMAGES / "openwrt-states"


class State(NamedTuple):
    """Where a state is kept, be it there or not. `disk` holds what was written since the image."""

    directory: Path

    @property
    def memory(self) -> Path:
        """A file of VirtualMachine.save."""
        return self.directory / "memory"

    @property
    def disk(self) -> Path:
        """A qcow2 over the image's file."""
        return self.directory / "disk"

    def is_kept(self) -> bool:
        """Whether it is there, to be used now."""
        return snapshot.take(self.directory) is not None

    def keep(self, vm: VirtualMachine, disk: Path) -> None:
        """Save the machine and what it wrote to `disk`, and let it go on."""

        def fill(new: Path) -> None:
            vm.save(new / self.memory.name)
            shutil.copyfile(disk, new / self.disk.name)

        kept.directory(self.directory, fill)
        vm.go_on()
        snapshot.forget_oldest(self.directory)


def state(target: Target, name: str, words: Iterable[str]) -> State:
    """The place of a state. `words`: all that it depends on but QEMU; what differs has another place."""
    return State(STATES / f"{name}-{snapshot.fingerprint(target.program, words)}")


def identity(image: OpenWrtImage) -> list[str]:
    """Words for the contents of an image's files."""
    states = [(path, path.stat()) for path in (*image.files, *image.packages)]
    return [f"{path} {found.st_size} {found.st_mtime_ns}" for path, found in states]


def key() -> Path:
    """The key that saved machines let in by ssh, made once; beside it, with .pub, its public half."""

    def fill(new: Path) -> None:
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(new / "id")], check=True)

    return kept.directory(IMAGES / "openwrt-key", fill) / "id"
