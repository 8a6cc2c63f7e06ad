"""The image of a QEMU router: a kernel, and an initramfs that is the whole system, made of Debian's packages.

What is in it, and how it starts: portvagt_sim/guest. NICs in this order: LAN port (in br-lan), WAN, management. At
10.255.255.2 on the management wire, whose other end is 10.255.255.1, port 2300 is a root shell a connection and port
2301 the guard's admin socket. The agent is started by the package's init script at boot; `agent=no` behind `append`
leaves that to the shell: `/etc/init.d/portvagt start`, then `instance stop portvagt.guard` and so on (guest's
sbin/instance). A disk with an ext4 file system labelled `flash` keeps /etc; without it, /etc is in memory.
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from portvagt_sim import debian_packages
from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import cpio, cross, kept, package, root, squashfs
from portvagt_sim.router.machines import MACHINES, Machine

PROJECT = Path(__file__).resolve().parents[3]
IMAGES = PROJECT / "build" / "images"
PACKAGES = "packages"  # in an image's directory: the names of the files that it was made of
# the kernel defends nobody here, and what it does for that costs an emulated processor 1.5 s
APPEND = "console={console} quiet panic=-1 mitigations=off audit=0 lsm=capability"
SIMULATOR = Path(__file__).resolve().parents[1]
BESIDE_THE_GUEST = (
    "addresses.py",
    "network.py",
    "router/dnsmasq.py",
    "router/fw4.nft",
    "router/image.py",
    "router/machines.py",
)


class Image(NamedTuple):
    """What QEMU starts: -kernel, -initrd and -append."""

    machine: Machine
    kernel: Path
    initrd: Path
    append: str


def build(machine: str, say: Callable[[str], None]) -> Image:
    """The image of a machine, built unless one of the same inputs is there. Raises SimulatorError.

    `say` is told what takes time, before it does. Packages that were fetched once are used until `refresh`.
    """
    chosen = _machine(machine)
    archives = _archives(chosen, say)
    ipks = package.built()
    own = _built_here(chosen, say)

    def make(target: Path) -> None:
        say(f"building the image of {machine}")
        _remove_older(machine)
        _make(archives, own, ipks, target)

    target = kept.directory(IMAGES / f"{machine}-{_fingerprint(chosen, archives, own, ipks)}", make)
    return Image(chosen, target / "kernel", target / "initrd", APPEND.format(console=chosen.console))


def _built_here(machine: Machine, say: Callable[[str], None]) -> list[Path]:
    """Directories to be laid over what Debian has."""
    if machine.architecture not in cross.TARGETS:
        return []
    return [cross.micropython(machine.architecture, machine.suite, say)]


def _machine(name: str) -> Machine:
    if name not in MACHINES:
        raise SimulatorError(f"no machine {name!r}; there are: {', '.join(MACHINES)}")
    return MACHINES[name]


def refresh(machine: str) -> None:
    """Forget the machine's packages, so that the next image is made of today's. Raises SimulatorError."""
    shutil.rmtree(_archives_of(_machine(machine)), ignore_errors=True)


def _packages(machine: Machine) -> list[str]:
    micropython = cross.RUN_TIME if machine.architecture in cross.TARGETS else ("micropython",)
    return [*sorted(set(root.PROGRAMS.values())), *micropython]


def _archives_of(machine: Machine) -> Path:
    """Another list of packages is fetched to another place."""
    wanted = hashlib.sha256(" ".join([machine.kernel, *_packages(machine)]).encode()).hexdigest()[:8]
    return kept.CACHE / f"{machine.suite}-{machine.architecture}-{wanted}"


def _archives(machine: Machine, say: Callable[[str], None]) -> list[Path]:
    """Debian's packages: of the same ones, the same image is made."""

    def fetch(target: Path) -> None:
        say(f"fetching Debian's packages for {machine.name}, 50 MB (once)")
        debian_packages.fetch(machine.suite, machine.architecture, _packages(machine), target, machine.kernel)

    return sorted(kept.directory(_archives_of(machine), fetch).glob("*.deb"))


def _fingerprint(machine: Machine, archives: Iterable[Path], own: Iterable[Path], ipks: Iterable[bytes]) -> str:
    """Of all that goes into an image. Debian never has two packages of the same name and version."""
    digest = hashlib.sha256(repr(machine).encode())
    for path in archives:
        digest.update(f"\0{path.name}".encode())
    built = [path for directory in own for path in sorted(directory.rglob("*")) if path.is_file()]
    for path in [*built, *_own_sources()]:
        digest.update(f"\0{path.name}\0".encode() + path.read_bytes())
    for ipk in ipks:
        digest.update(ipk)
    return digest.hexdigest()[:16]


def _own_sources() -> list[Path]:
    inside = [path for path in (SIMULATOR / "guest").rglob("*") if path.is_file() and path.suffix != ".pyc"]
    return sorted([*inside, *(SIMULATOR / name for name in BESIDE_THE_GUEST)])


def _remove_older(machine: str) -> None:
    for path in IMAGES.glob(f"{machine}-*"):
        shutil.rmtree(path)


def _make(archives: list[Path], own: list[Path], ipks: list[bytes], target: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="portvagt-image-") as name:
        debian, usr = Path(name, "debian"), Path(name, "usr")
        debian_packages.unpack_archives(archives, debian)
        for directory in own:
            shutil.copytree(directory, debian, dirs_exist_ok=True)
        (modules,) = [path.parent for path in debian.glob("**/lib/modules/*/modules.builtin")]
        (kernel,) = (debian / "boot").glob("vmlinu*")
        whole = root.assembled(debian, modules, ipks)
        usr.mkdir()
        packed = cpio.file(squashfs.pack(whole.usr, usr))
        (target / "initrd").write_bytes(cpio.archive(whole.rest | {"boot/usr.squashfs": packed}))
        shutil.copyfile(kernel, target / "kernel")
    (target / PACKAGES).write_text("".join(f"{path.name}\n" for path in archives))
