"""What makes a machine fast: the host's own processor where that truly works, translation everywhere else."""

import contextlib
import functools
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.router.image import Image
from portvagt_sim.router.machines import Machine

# A healthy host takes less than one. There are hosts where /dev/kvm opens and small guests run, but no kernel does.
PROBE_SECONDS = 3.0


class Accelerator(NamedTuple):
    """One that QEMU knows: its name there, the device, and the (host, machine) pairs that it is for."""

    name: str
    device: Path
    pairs: Sequence[tuple[str, str]]


ACCELERATORS = [Accelerator("kvm", Path("/dev/kvm"), [("x86_64", "x86"), ("aarch64", "armvirt")])]
TRANSLATION = "tcg"


def best(image: Image) -> str:
    """The name of the fastest accelerator that works for a machine on this host."""
    here = (platform.machine(), image.machine.name)
    return next((each.name for each in ACCELERATORS if here in each.pairs and _works(each, image)), TRANSLATION)


def _works(accelerator: Accelerator, image: Image) -> bool:
    return os.access(accelerator.device, os.R_OK | os.W_OK) and probe(accelerator.name, image.machine, image.kernel)


@functools.cache
def probe(accelerator: str, machine: Machine, kernel: Path) -> bool:
    """Whether the kernel gets so far as to miss its root in time; it resets the machine then, which ends QEMU."""
    argv = trial(accelerator, machine, kernel)
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        return subprocess.run(argv, capture_output=True, timeout=PROBE_SECONDS, check=False).returncode == 0
    return False


def trial(accelerator: str, machine: Machine, kernel: Path) -> list[str]:
    """The command line of a machine that has a kernel and nothing else."""
    argv = [machine.program, "-accel", accelerator, "-M", machine.machine, "-cpu", machine.cpu, "-m", "128"]
    argv += ["-nodefaults", "-display", "none", "-no-reboot", "-kernel", str(kernel)]
    return [*argv, "-append", f"console={machine.console} quiet panic=-1"]
