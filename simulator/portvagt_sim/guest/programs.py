"""Programs out of unpacked Debian packages, with the libraries that they are linked with, and nothing else."""

import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import cpio

_NEEDED = re.compile(r"\(NEEDED\).*\[(.+)\]")
_INTERPRETER = re.compile(r"program interpreter: (\S+)\]")
_FOLDERS = ("usr/bin", "usr/sbin", "bin", "sbin")
# links into /usr; where an older package says /bin, it lands in /usr/bin
MERGED = ("bin", "sbin", "lib", "lib64")


class Programs:
    """What lies below `root`, where packages were unpacked."""

    def __init__(self, root: Path) -> None:
        self._root = root
        # libraries lie right in the directory of the architecture, ours in /usr/lib; what lies deeper are plugins
        self._libraries = {path.name: path for folder in _library_folders(root) for path in folder.glob("*.so*")}

    def entries(self, names: Iterable[str]) -> dict[str, cpio.Entry]:
        """{path: entry} of the programs and their libraries. Raises SimulatorError for what is missing."""
        found: dict[str, cpio.Entry] = {}
        for name in names:
            self._add(self._program(name), found)
        return found

    def _program(self, name: str) -> Path:
        for folder in _FOLDERS:
            path = self._root / folder / name
            if path.exists():
                return path
        raise SimulatorError(f"none of Debian's packages has the program {name}")

    def _add(self, path: Path, found: dict[str, cpio.Entry]) -> None:
        where = merged(path.relative_to(self._root).as_posix())
        if where in found:
            return
        if path.is_symlink():
            target = path.resolve()
            found[where] = cpio.link("/" + merged(target.relative_to(self._root.resolve()).as_posix()))
            self._add(self._root / target.relative_to(self._root.resolve()), found)
            return
        found[where] = cpio.file(path.read_bytes(), 0o755)
        for needed in self._needed(path):
            self._add(needed, found)

    def _needed(self, path: Path) -> list[Path]:
        said = _readelf(path)
        libraries = [self._library(name, path) for name in _NEEDED.findall(said)]
        interpreters = [self._root / name.lstrip("/") for name in _INTERPRETER.findall(said)]
        return [*libraries, *(self._interpreter(each) for each in interpreters)]

    def _library(self, name: str, wanted_by: Path) -> Path:
        if name not in self._libraries:
            raise SimulatorError(f"none of Debian's packages has {name}, which {wanted_by.name} needs")
        return self._libraries[name]

    def _interpreter(self, path: Path) -> Path:
        """Where packages have it: the merged directories are of the packages' side only since trixie."""
        relative = path.relative_to(self._root)
        return next(each for each in (path, self._root / "usr" / relative) if each.is_symlink() or each.exists())


def merged(path: str) -> str:
    """The path in a system whose /bin, /sbin and /lib are links into /usr, and /usr/sbin one to /usr/bin."""
    path = f"usr/{path}" if path.split("/")[0] in MERGED else path
    return path.replace("usr/sbin/", "usr/bin/", 1)


def _library_folders(root: Path) -> list[Path]:
    return [root / "usr/lib", *(each for top in ("lib", "usr/lib") for each in sorted((root / top).glob("*-linux-*")))]


def _readelf(path: Path) -> str:
    done = subprocess.run(["readelf", "-ldW", path], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SimulatorError(f"readelf: {done.stderr.strip()}")
    return done.stdout
