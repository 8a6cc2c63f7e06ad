"""Our package as opkg would install it: out of the built .ipk, never from the source tree."""

import io
import tarfile

from builder import ipk, recipe
from portvagt_sim import micropython
from portvagt_sim.guest import cpio

# of every file in it: an image is to be the same after a commit that changes no file of the agent
EPOCH = 0
SCRIPT = "etc/init.d/portvagt"


def built() -> list[bytes]:
    """The .ipk files of the agent for MicroPython and of its further languages. Raises SimulatorError."""
    compiled = micropython.compile_agent()
    packages = (recipe.package(recipe.EDITIONS[0], compiled), recipe.languages(compiled))
    return [ipk.build(package, EPOCH) for package in packages]


def entries(content: bytes) -> dict[str, cpio.Entry]:
    """{path: entry} of the files in a .ipk."""
    with tarfile.open(fileobj=_member(content, "./data.tar.gz")) as data:
        files = [member for member in data.getmembers() if member.isfile()]
        return {file.name.removeprefix("./"): cpio.file(_read(data, file.name), file.mode) for file in files}


def users(content: bytes) -> list[tuple[str, int]]:
    """(name, number) of the users that a .ipk asks for; each has a group of its own name and number."""
    with tarfile.open(fileobj=_member(content, "./control.tar.gz")) as control:
        lines = _read(control, "./control").decode().splitlines()
    (words,) = [line.partition(":")[2].split() for line in lines if line.startswith("Require-User:")] or [[]]
    pairs = [word.partition(":")[0].split("=") for word in words]
    return [(name, int(number)) for name, number in pairs]


def _member(content: bytes, name: str) -> io.BytesIO:
    with tarfile.open(fileobj=io.BytesIO(content)) as outer:
        return io.BytesIO(_read(outer, name))


def _read(archive: tarfile.TarFile, name: str) -> bytes:
    found = archive.extractfile(name)
    assert found, name
    return found.read()
