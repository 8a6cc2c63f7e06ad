"""A machine's state in a file beside its image: the next machine of its kind goes on from there, within a second."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path

from portvagt_sim.router.image import Image
from portvagt_sim.router.virtual_machine import VirtualMachine

LETTERS = 16
MOST = 4  # of those with the same name; 60 MB each on malta, 70 of OpenWrt


def path(image: Image, name: str, words: Iterable[str]) -> Path:
    """Where a state is kept. `words`: all that it depends on but image and QEMU; what differs has another file."""
    return image.kernel.parent / f"{name}-{fingerprint(image.machine.program, words)}"


def fingerprint(program: str, words: Iterable[str]) -> str:
    """Of QEMU's program and all else that a state depends on."""
    version = subprocess.run([program, "--version"], capture_output=True, check=True).stdout
    digest = hashlib.sha256(b"\0".join([version, *(word.encode() for word in words)]))
    return digest.hexdigest()[:LETTERS]


def take(target: Path) -> Path | None:
    """The state, if it is there; the ones that are not used for the longest time go first."""
    try:
        os.utime(target)
    except FileNotFoundError:
        return None
    return target


def keep(vm: VirtualMachine, target: Path) -> None:
    """Save the machine and let it go on."""
    # another run, whose processes have the same numbers in their sandbox, may be about to save the same
    with tempfile.TemporaryDirectory(prefix="saving-", dir=target.parent) as alone:
        new = Path(alone, target.name)
        vm.save(new)
        new.rename(target)
    vm.go_on()
    forget_oldest(target)


def forget_oldest(target: Path) -> None:
    """Remove the states of the name of `target`, files or directories, but for the MOST that were used last."""
    name = target.name.partition("-")[0]
    by_age = sorted(target.parent.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime)
    for old in by_age[:-MOST]:
        if old.is_dir():
            shutil.rmtree(old, ignore_errors=True)
        else:
            old.unlink(missing_ok=True)
