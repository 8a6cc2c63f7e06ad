"""/usr as a squashfs file system, which a router reads without keeping it unpacked in memory."""

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import cpio

# zstd: emulated, xz takes 3 times as long to read. Times and owner depend on nothing but the content
OPTIONS = ("-comp", "zstd", "-all-root", "-all-time", "0", "-mkfs-time", "0", "-no-xattrs", "-noappend", "-quiet")


def pack(entries: Mapping[str, cpio.Entry], scratch: Path) -> bytes:
    """The image of these files and links; `scratch`: an empty directory to lay them out in. Raises SimulatorError."""
    tree, image = scratch / "tree", scratch / "image"
    tree.mkdir()
    for path, entry in entries.items():
        _write(tree / path, entry)
    _make_folders_alike(tree)
    done = subprocess.run(["mksquashfs", tree, image, *OPTIONS], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SimulatorError(f"mksquashfs: {done.stderr.strip()}")
    return image.read_bytes()


def _write(path: Path, entry: cpio.Entry) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if stat.S_ISLNK(entry.mode):
        path.symlink_to(entry.content.decode())
        return
    path.write_bytes(entry.content)
    path.chmod(stat.S_IMODE(entry.mode))


def _make_folders_alike(tree: Path) -> None:
    """Whatever this process' umask is."""
    for folder, _folders, _files in os.walk(tree):
        Path(folder).chmod(0o755)
