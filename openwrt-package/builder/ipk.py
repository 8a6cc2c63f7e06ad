"""A package in opkg's format: a gzip-compressed tar of debian-binary, data.tar.gz and control.tar.gz."""

import gzip
import io
import tarfile
from collections.abc import Iterable

from builder import scripts
from builder.package import FEED, LICENSE, MAINTAINER, URL, File, Package, directories


def build(package: Package, epoch: int) -> bytes:
    """The .ipk file; `epoch`: the time of every file, seconds since 1970."""
    data = _archive(package.files, epoch)
    control = _archive(_control_files(package), epoch)
    members = (
        File("/debian-binary", 0o644, b"2.0\n"),
        File("/data.tar.gz", 0o644, data),
        File("/control.tar.gz", 0o644, control),
    )
    return _archive(members, epoch, in_order=True)


def _archive(files: Iterable[File], epoch: int, in_order: bool = False) -> bytes:
    files = tuple(files)
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=tarfile.GNU_FORMAT) as archive:
        for folder in ["", *directories(files)]:
            archive.addfile(_member(folder, 0o755, epoch, tarfile.DIRTYPE))
        for file in files if in_order else sorted(files):
            member = _member(file.path.strip("/"), file.mode, epoch, tarfile.REGTYPE)
            member.size = len(file.content)
            archive.addfile(member, io.BytesIO(file.content))
    return gzip.compress(written.getvalue(), 9, mtime=0)


def _member(path: str, mode: int, epoch: int, kind: bytes) -> tarfile.TarInfo:
    member = tarfile.TarInfo(f"./{path}")
    member.type, member.mode, member.mtime = kind, mode, epoch
    member.uname = member.gname = "root"
    return member


def _control_files(package: Package) -> Iterable[File]:
    yield File("/control", 0o644, _control(package).encode())
    if package.conffiles:
        yield File("/conffiles", 0o644, "".join(f"{path}\n" for path in package.conffiles).encode())
    for name, body in scripts.of_ipk(package).items():
        yield File(f"/{name}", 0o755, body.encode())


def _control(package: Package) -> str:
    fields = {
        "Package": package.name,
        "Version": package.version,
        "Depends": ", ".join(package.depends),
        "Conflicts": ", ".join(package.conflicts),
        "Provides": ", ".join(package.provides),
        "Source": f"{FEED}/{package.source}",
        "SourceName": package.source,
        "License": LICENSE,
        "Section": package.section,
        "Require-User": " ".join(package.users),
        "URL": URL,
        "Maintainer": MAINTAINER,
        "Architecture": "all",
        "Installed-Size": str(sum(len(file.content) for file in package.files)),
        "Description": "\n ".join([package.title, *package.description.strip().splitlines()]),
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items() if value)
