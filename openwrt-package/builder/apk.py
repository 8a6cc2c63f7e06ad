"""A package in the format of apk-tools 3, unsigned, as OpenWrt's build makes it (include/package-pack.mk)."""

import hashlib
import struct
from collections.abc import Iterable, Iterator

import zopfli.zlib

from builder import adb, scripts
from builder.package import FEED, LICENSE, MAINTAINER, URL, File, Package, directories

_SCHEMA = b"pckg"
_UNIQUE_ID_BYTES = 20
_ZLIB_HEAD, _ZLIB_TAIL = 2, 4  # RFC 1950

# numbers of fields: src/apk_adb.h
_NAME, _VERSION, _HASHES, _DESCRIPTION, _ARCH, _LICENSE, _ORIGIN, _MAINTAINER, _URL = range(1, 10)
_BUILD_TIME, _INSTALLED_SIZE, _DEPENDS, _PROVIDES = 0x0B, 0x0C, 0x0F, 0x10
_SCRIPTS = {"post-install": 3, "pre-deinstall": 4, "post-deinstall": 5, "post-upgrade": 7}


def build(package: Package, epoch: int) -> bytes:
    """The .apk file; `epoch`: the time of the build and of every file, seconds since 1970."""
    files = tuple(sorted((*package.files, *_records(package)), key=lambda file: file.path.encode()))
    database = adb.Database()
    unique_id, place = database.reserved(_UNIQUE_ID_BYTES)
    folders = ["", *directories(files)]
    paths = _paths(database, folders, files, epoch)
    info = _info(database, package, files, epoch, unique_id)
    bodies = _bodies(database, package)
    database.finish(database.object({1: info, 2: paths, 3: bodies}))
    database.fill(place, hashlib.sha256(database.content()).digest()[:_UNIQUE_ID_BYTES])
    whole = adb.file_header(_SCHEMA) + adb.block(adb.BLOCK_ADB, database.content())
    whole += b"".join(_data_blocks(folders, files))
    return b"ADBd" + _deflate(whole)


def _deflate(content: bytes) -> bytes:
    """A bare deflate stream (RFC 1951); Zopfli saves 4 % of what zlib's best leaves."""
    return bytes(zopfli.zlib.compress(content)[_ZLIB_HEAD:-_ZLIB_TAIL])


def _records(package: Package) -> list[File]:
    """What OpenWrt's scripts and sysupgrade read of an installed package, where opkg had its own database."""
    stem = f"/lib/apk/packages/{package.name}"
    users = [_record(f"{stem}.rusers", [" ".join(package.users)])] if package.users else []
    listed = [_record(f"{stem}.list", sorted(file.path for file in (*package.files, *users)))]
    return [*users, *listed, *(_conffiles(package, stem) if package.conffiles else ())]


def _conffiles(package: Package, stem: str) -> list[File]:
    sums = {file.path: hashlib.sha256(file.content).hexdigest() for file in package.files}
    known = [f"{path} {sums[path]}" for path in package.conffiles]
    return [_record(f"{stem}.conffiles", package.conffiles), _record(f"{stem}.conffiles_static", known)]


def _record(path: str, lines: Iterable[str]) -> File:
    return File(path, 0o644, "".join(f"{line}\n" for line in lines).encode())


def _info(database: adb.Database, package: Package, files: tuple[File, ...], epoch: int, unique_id: int) -> int:
    texts = {
        _NAME: package.name,
        _VERSION: package.version,
        _DESCRIPTION: " ".join(package.description.split()),
        _ARCH: "noarch",
        _LICENSE: LICENSE,
        _ORIGIN: f"{FEED}/{package.source}",
        _MAINTAINER: MAINTAINER,
        _URL: URL,
    }
    fields = {field: database.text(text) for field, text in texts.items()}
    fields[_HASHES] = unique_id
    fields[_BUILD_TIME] = database.number(epoch)
    fields[_INSTALLED_SIZE] = database.number(sum(len(file.content) for file in files))
    fields[_DEPENDS] = _dependencies(database, package.depends)
    fields[_PROVIDES] = _dependencies(database, [f"{name}={package.version}" for name in package.provides])
    return database.object(fields)


def _dependencies(database: adb.Database, names: tuple[str, ...] | list[str]) -> int:
    """`name` or `name=version`."""
    parts = [name.partition("=") for name in sorted(names)]
    return database.array(database.object({1: database.text(name), 2: database.text(of)}) for name, _, of in parts)


def _bodies(database: adb.Database, package: Package) -> int:
    found = scripts.of_apk(package)
    return database.object({_SCRIPTS[name]: database.text(body) for name, body in found.items()})


def _paths(database: adb.Database, folders: list[str], files: tuple[File, ...], epoch: int) -> int:
    acl = _acl(database, 0o755)
    return database.array(
        database.object(
            {
                1: database.text(folder),
                2: acl,
                3: database.array(_file(database, file, epoch) for file in _in(folder, files)),
            }
        )
        for folder in folders
    )


def _in(folder: str, files: tuple[File, ...]) -> list[File]:
    return [file for file in files if file.path.strip("/").rpartition("/")[0] == folder]


def _file(database: adb.Database, file: File, epoch: int) -> int:
    return database.object(
        {
            1: database.text(file.path.rpartition("/")[2]),
            2: _acl(database, file.mode),
            3: database.number(len(file.content)),
            4: database.number(epoch),
            5: database.blob(hashlib.sha256(file.content).digest()),
        }
    )


def _acl(database: adb.Database, mode: int) -> int:
    return database.object({1: database.number(mode), 2: database.text("root"), 3: database.text("root")})


def _data_blocks(folders: list[str], files: tuple[File, ...]) -> Iterator[bytes]:
    """Contents, each behind the numbers of its directory and file, from 1; an empty file has none."""
    for folder_index, folder in enumerate(folders, 1):
        for file_index, file in enumerate(_in(folder, files), 1):
            if file.content:
                place = struct.pack("<II", folder_index, file_index)
                yield adb.block(adb.BLOCK_DATA, place + file.content)
