"""A machine that has booted, in a file beside its image: the next one of its kind starts in a second."""

import hashlib
import subprocess
from collections.abc import Sequence
from pathlib import Path

from portvagt_sim.router.image import Image
from portvagt_sim.router.virtual_machine import VirtualMachine

LETTERS = 16


def path(image: Image, argv: Sequence[str]) -> Path:
    """Where the state of such a machine is kept: other options, or another QEMU, have another file."""
    version = subprocess.run([image.machine.program, "--version"], capture_output=True, check=True).stdout
    digest = hashlib.sha256(b"\0".join([version, *(word.encode() for word in argv)]))
    return image.kernel.parent / f"booted-{digest.hexdigest()[:LETTERS]}"


def keep(vm: VirtualMachine, target: Path) -> None:
    """Save the machine, which is paused then."""
    new = target.with_suffix(".new")
    vm.save(new)
    new.rename(target)
