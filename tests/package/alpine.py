"""apk-tools of Alpine, from the initial RAM disk of a virtual machine's image on PyPI: a reader that isn't ours."""

import gzip
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

WANTED = ("usr/lib/", "usr/sbin/apk")
_HEADER = 110  # bytes of a member's header, cpio(5), "newc"


def unpack(image: Path, target: Path) -> None:
    """Write apk, the C library and all else that lies in WANTED below `target`."""
    for name, mode, content in members(gzip.decompress(image.read_bytes())):
        if not name.startswith(WANTED):
            continue
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if stat.S_ISLNK(mode):
            path.symlink_to(content.decode())
        elif stat.S_ISREG(mode):
            path.write_bytes(content)
            path.chmod(0o755)


def members(archive: bytes) -> Iterator[tuple[str, int, bytes]]:
    """(path, mode, content) of each member of a cpio archive."""
    place = 0
    while archive[place : place + 6] == b"070701":
        numbers = [int(archive[place + at : place + at + 8], 16) for at in range(6, _HEADER, 8)]
        mode, size, name_size = numbers[1], numbers[6], numbers[11]
        begin = _aligned(place + _HEADER + name_size)
        yield archive[place + _HEADER :][: name_size - 1].decode(), mode, archive[begin : begin + size]
        place = _aligned(begin + size)


def _aligned(place: int) -> int:
    return (place + 3) & ~3


class Apk:
    """apk below `root`, started by its own loader. It never looks at this machine's root."""

    def __init__(self, root: Path) -> None:
        (loader,) = (root / "usr" / "lib").glob("ld-musl-*.so.1")
        self._argv = [str(loader), "--library-path", f"{root}/usr/lib", f"{root}/usr/sbin/apk"]

    def run(self, *words: str) -> str:
        """What it prints; Refused with its words when it fails."""
        done = subprocess.run([*self._argv, *words], capture_output=True, text=True, timeout=60, check=False)
        if done.returncode:
            raise Refused(done.stderr + done.stdout)
        return done.stdout


class Refused(Exception):
    """apk said no."""
