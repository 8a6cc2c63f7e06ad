"""Our .ipk files, read by tar and gzip."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.package.conftest import EPOCH

from builder.package import Package

NAMES = ("portvagt", "portvagt-cpython", "portvagt-languages", "luci-app-portvagt", "luci-i18n-portvagt-da")


def path_of(built: Path, name: str) -> Path:
    (found,) = built.glob(f"{name}_*.ipk")
    return found


def inner(built: Path, name: str, member: str) -> tarfile.TarFile:
    with tarfile.open(path_of(built, name), "r:gz") as outer:
        content = outer.extractfile(f"./{member}").read()
    return tarfile.open(fileobj=io.BytesIO(content), mode="r:gz")


def text(archive: tarfile.TarFile, name: str) -> str:
    return archive.extractfile(f"./{name}").read().decode()


def fields(built: Path, name: str) -> dict[str, str]:
    lines = text(inner(built, name, "control.tar.gz"), "control").splitlines()
    return dict(line.split(": ", 1) for line in lines if not line.startswith(" "))


@pytest.mark.parametrize("name", NAMES)
def test_members_in_order(built: Path, name: str) -> None:
    listed = subprocess.run(["tar", "-tzf", path_of(built, name)], capture_output=True, text=True, check=True).stdout
    assert [line for line in listed.split() if line != "./"] == [
        "./debian-binary",
        "./data.tar.gz",
        "./control.tar.gz",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_control(built: Path, packages: dict[str, Package], name: str) -> None:
    control, package = fields(built, name), packages[name]
    assert (control["Package"], control["Version"], control["Architecture"]) == (name, package.version, "all")
    assert control["Depends"].split(", ") == list(package.depends)
    assert control.get("Require-User", "").split() == list(package.users)
    assert int(control["Installed-Size"]) == sum(len(file.content) for file in package.files)


def test_editions_exclude_each_other(built: Path) -> None:
    first, second = fields(built, "portvagt"), fields(built, "portvagt-cpython")
    assert first["Conflicts"] == "portvagt-cpython" and "Provides" not in first
    assert (second["Conflicts"], second["Provides"]) == ("portvagt", "portvagt")


@pytest.mark.parametrize("name", NAMES)
def test_data(built: Path, packages: dict[str, Package], name: str) -> None:
    archive = inner(built, name, "data.tar.gz")
    for file in packages[name].files:
        member = archive.getmember(f".{file.path}")
        assert archive.extractfile(member).read() == file.content
        assert (member.mode, member.uid, member.gid, member.mtime) == (file.mode, 0, 0, EPOCH)
    assert len([member for member in archive if member.isfile()]) == len(packages[name].files)


def test_every_directory_comes_before_what_is_in_it(built: Path) -> None:
    seen = {"."}
    for name in inner(built, "portvagt", "data.tar.gz").getnames():
        assert name == "." or name.rpartition("/")[0] in seen
        seen.add(name)


@pytest.mark.parametrize("script", ["postinst", "prerm", "postrm", "postinst-pkg", "prerm-pkg"])
def test_scripts_can_be_started(built: Path, script: str) -> None:
    archive = inner(built, "portvagt", "control.tar.gz")
    assert archive.getmember(f"./{script}").mode == 0o755
    assert text(archive, script).startswith("#!/bin/sh\n")


def test_conffiles(built: Path) -> None:
    assert text(inner(built, "portvagt", "control.tar.gz"), "conffiles") == "/etc/config/portvagt\n"
