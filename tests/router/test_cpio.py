"""The archive is what cpio(1) reads; busybox's is the judge."""

import os
import stat
import subprocess
from pathlib import Path

from portvagt_sim.guest import cpio

ENTRIES = {
    "etc/deep/file": cpio.file(b"content\n"),
    "bin/program": cpio.file(b"#!/bin/sh\n", 0o755),
    "empty": cpio.file(b""),
    "link": cpio.link("etc/deep/file"),
    "tmp": cpio.directory(0o1777),
    "dev/console": cpio.Entry(stat.S_IFCHR | 0o600, device=(5, 1)),
}


def listed(archive: bytes) -> list[str]:
    return (
        subprocess.run(["busybox", "cpio", "-t"], input=archive, capture_output=True, check=True)
        .stdout.decode()
        .split()
    )


def test_every_entry_and_its_directories(tmp_path: Path) -> None:
    names = listed(cpio.archive(ENTRIES))
    assert names == sorted([*ENTRIES, "etc", "etc/deep", "bin", "dev"])


def test_content_and_modes(tmp_path: Path) -> None:
    files = {path: entry for path, entry in ENTRIES.items() if not stat.S_ISCHR(entry.mode)}
    subprocess.run(["busybox", "cpio", "-id"], input=cpio.archive(files), cwd=tmp_path, capture_output=True, check=True)
    assert (tmp_path / "etc" / "deep" / "file").read_bytes() == b"content\n"
    assert (tmp_path / "empty").read_bytes() == b""
    assert os.readlink(tmp_path / "link") == "etc/deep/file"
    modes = {name: stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("bin/program", "etc/deep/file", "tmp")}
    assert modes == {"bin/program": 0o755, "etc/deep/file": 0o644, "tmp": 0o1777}


def test_order_of_the_entries_does_not_matter() -> None:
    assert cpio.archive(dict(reversed(ENTRIES.items()))) == cpio.archive(ENTRIES)
