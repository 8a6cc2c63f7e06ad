"""An unmodified image of OpenWrt: which machine it is for, and what QEMU is told to boot it.

    [TARGET=]COMBINED[,PACKAGE…]               x86-64 only: its boot loader starts by the BIOS
    [TARGET=]KERNEL,ROOTFS[,INITRD][,PACKAGE…]

Files may end in .gz. TARGET is needed where the first file's name does not have it. A PACKAGE is a .apk or .ipk that
our own needs and that neither the image has nor a network gives.
"""

import hashlib
import os
import shutil
import subprocess
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import kept
from portvagt_sim.router.image import IMAGES

VARIABLE = "PORTVAGT_OPENWRT_IMAGE"
FORM = "[TARGET=]COMBINED or [TARGET=]KERNEL,ROOTFS[,INITRD], then what our packages need: ,PACKAGE…"
MISSING = f"what is missing can be given with the image: {FORM}"
PACKAGES = (".apk", ".ipk")
GZIP = ".gz"
CHUNK = 1 << 20
MEMORY = "256"  # MiB


class Target(NamedTuple):
    """A target of OpenWrt, as QEMU's machine; `debian` is the package that has `program`."""

    program: str
    debian: str
    machine: tuple[str, ...]
    console: str
    root: str
    nic: str
    disk: tuple[str, ...]
    boots_combined: bool = False


_VIRT = ("ttyAMA0", "/dev/vda", "virtio-net-device", ("-device", "virtio-blk-device,drive=root"))
_MALTA = ("ttyS0", "/dev/sda", "pcnet", ("-device", "ide-hd,drive=root"))
TARGETS = {
    "x86-64": Target(
        "qemu-system-x86_64",
        "qemu-system-x86",
        ("-M", "q35", "-cpu", "max"),
        "ttyS0",
        "/dev/vda",
        "virtio-net-pci",
        ("-device", "virtio-blk-pci,drive=root"),
        boots_combined=True,
    ),
    "armsr-armv7": Target(
        "qemu-system-arm", "qemu-system-arm", ("-M", "virt,highmem=off", "-cpu", "cortex-a15"), *_VIRT
    ),
    "armsr-armv8": Target("qemu-system-aarch64", "qemu-system-arm", ("-M", "virt", "-cpu", "cortex-a53"), *_VIRT),
    "malta-be": Target("qemu-system-mips", "qemu-system-mips", ("-M", "malta", "-cpu", "24Kf"), *_MALTA),
    "malta-le": Target("qemu-system-mipsel", "qemu-system-mips", ("-M", "malta", "-cpu", "24Kf"), *_MALTA),
}


class OpenWrtImage(NamedTuple):
    """Files of a release, none of which is ever written to: combined, or kernel, root file system and initrd."""

    target: Target
    files: tuple[Path, ...]
    packages: tuple[Path, ...]


def parsed(words: str) -> OpenWrtImage:
    """What the words name, as of the module's head. Raises SimulatorError."""
    head, given, rest = words.partition("=")
    paths = [Path(each).absolute() for each in (rest if given else words).split(",")]
    for path in paths:
        if not path.is_file():
            raise SimulatorError(f"no such file: {path}; an image is given as {FORM}")
    packages = tuple(path for path in paths if path.suffix in PACKAGES)
    files = tuple(path for path in paths if path.suffix not in PACKAGES)
    target = TARGETS[_target(head if given else "", files)]
    if not 1 <= len(files) <= 3 or (len(files) == 1 and not target.boots_combined):
        raise SimulatorError(f"an image is given as {FORM}; a combined one for x86-64 only")
    return OpenWrtImage(target, files, packages)


def _target(given: str, files: tuple[Path, ...]) -> str:
    found = [name for name in TARGETS if given == name or (not given and files and f"-{name}-" in files[0].name)]
    if not found:
        raise SimulatorError(f"which target is it for? write TARGET=FILE…; there are: {', '.join(TARGETS)}")
    return found[0]


def require_programs(target: Target) -> None:
    """Raises SimulatorError where its QEMU or ssh is missing."""
    needed = ((target.program, target.debian), ("qemu-img", "qemu-utils"), ("ssh", "openssh-client"))
    for program, package in needed:
        if shutil.which(program) is None:
            raise SimulatorError(f"no {program} here; type: sudo apt-get install {package}")


def argv(image: OpenWrtImage, rtc: str) -> list[str]:
    """QEMU's command line but for the network and the disk's file: `disk` has that."""
    target = image.target
    kernel = [_unpacked(path) for path in _in_boot_order(image.files)[:-1]]
    words = [target.program, "-accel", "tcg", *target.machine, "-m", MEMORY, "-rtc", f"base={rtc}"]
    words += ["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot"]
    words += target.disk
    if kernel:
        words += ["-kernel", str(kernel[0]), "-append", f"console={target.console} root={target.root} rootwait quiet"]
        words += ["-initrd", str(kernel[1])] if kernel[1:] else []
    return words


def overlay(image: OpenWrtImage, disk: Path) -> None:
    """Make a disk of the image that can be written to, and leave the image's own file as it is."""
    argv = ["qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", str(root(image)), str(disk)]
    subprocess.run(argv, check=True)


def root(image: OpenWrtImage) -> Path:
    """The file with the root file system, unpacked."""
    return _unpacked(_in_boot_order(image.files)[-1])


def drive(disk: Path) -> list[str]:
    """QEMU's words for a disk of `overlay`."""
    return ["-drive", f"file={disk},if=none,id=root,format=qcow2"]


def _in_boot_order(files: Sequence[Path]) -> list[Path]:
    """The root file system last."""
    return [*files[:1], *files[2:], *files[1:2]]


def _unpacked(path: Path) -> Path:
    """The file itself, or, of a .gz, what is in it: unpacked once, below build/images."""
    if path.suffix != GZIP:
        return path
    state = path.stat()
    digest = hashlib.sha256(f"{path}\0{state.st_size}\0{state.st_mtime_ns}".encode()).hexdigest()[:16]

    def make(directory: Path) -> None:
        # OpenWrt's images have a signature behind the compressed data, which `gzip` takes for an error
        inflating = zlib.decompressobj(zlib.MAX_WBITS | 16)
        with path.open("rb") as packed, (directory / path.stem).open("wb") as plain:
            while not inflating.eof:
                part = packed.read(CHUNK)
                if not part:
                    raise SimulatorError(f"{path} ends too soon")
                try:
                    plain.write(inflating.decompress(part))
                except zlib.error as error:
                    raise SimulatorError(f"{path}: {error}") from None

    return kept.directory(IMAGES / f"openwrt-{digest}", make) / path.stem


def named(words: str) -> str:
    """The words for an image: those given, else the environment's. Raises SimulatorError without any."""
    found = words or os.environ.get(VARIABLE, "")
    if not found:
        raise SimulatorError(f"no image of OpenWrt; type: --image {FORM}, or set {VARIABLE}")
    return found
