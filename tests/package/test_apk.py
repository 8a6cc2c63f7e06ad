"""Our .apk files, read by apk-tools itself."""

import hashlib
import json
from pathlib import Path

import pytest
from tests.package.alpine import Apk, Refused
from tests.package.conftest import EPOCH

from builder import apk as writer
from builder.package import File, Package

NAMES = ("portvagt", "portvagt-cpython", "portvagt-languages", "luci-app-portvagt", "luci-i18n-portvagt-da")
EDITIONS = NAMES[:2]
ABSENT_AT_HOME = ("--allow-untrusted", "--no-network", "--no-scripts", "--force-non-repository")


def path_of(built: Path, name: str) -> str:
    (found,) = built.glob(f"{name}-[0-9]*.apk")
    return str(found)


def dump(apk: Apk, path: str) -> dict:
    return json.loads(apk.run("adbdump", "--format", "json", path))


@pytest.mark.parametrize("name", NAMES)
def test_verify(apk: Apk, built: Path, name: str) -> None:
    assert "OK" in apk.run("verify", "--allow-untrusted", path_of(built, name))


@pytest.mark.parametrize("name", NAMES)
def test_metadata(apk: Apk, built: Path, packages: dict[str, Package], name: str) -> None:
    info, package = dump(apk, path_of(built, name))["info"], packages[name]
    assert (info["name"], info["version"], info["arch"]) == (name, package.version, "noarch")
    assert tuple(info["depends"]) == package.depends
    assert info["license"] == "Apache-2.0"


def test_the_second_edition_stands_for_the_first(apk: Apk, built: Path, packages: dict[str, Package]) -> None:
    info = dump(apk, path_of(built, "portvagt-cpython"))["info"]
    assert info["provides"] == [f"portvagt={packages['portvagt'].version}"]


@pytest.mark.parametrize("name", NAMES)
def test_extract(apk: Apk, built: Path, packages: dict[str, Package], name: str, tmp_path: Path) -> None:
    apk.run("extract", "--allow-untrusted", "--no-chown", "--destination", str(tmp_path), path_of(built, name))
    for file in packages[name].files:
        path = tmp_path / file.path.lstrip("/")
        assert path.read_bytes() == file.content
        assert path.stat().st_mode & 0o7777 == file.mode
        assert path.stat().st_mtime == EPOCH


@pytest.mark.parametrize("name", EDITIONS)
def test_what_openwrt_reads_of_an_installed_package(
    apk: Apk, built: Path, packages: dict[str, Package], name: str, tmp_path: Path
) -> None:
    apk.run("extract", "--allow-untrusted", "--no-chown", "--destination", str(tmp_path), path_of(built, name))
    known = tmp_path / "lib" / "apk" / "packages"
    listed = (known / f"{name}.list").read_text().split()
    assert listed == sorted([*(file.path for file in packages[name].files), f"/lib/apk/packages/{name}.rusers"])
    assert "portvagt-guard=64001" in (known / f"{name}.rusers").read_text()
    config = (tmp_path / "etc" / "config" / "portvagt").read_bytes()
    checksum = f"/etc/config/portvagt {hashlib.sha256(config).hexdigest()}\n"
    assert (known / f"{name}.conffiles_static").read_text() == checksum


class Router:
    """A root directory with apk's database, and what our packages depend on, as packages without files."""

    def __init__(self, apk: Apk, root: Path, *architecture: str) -> None:
        self._apk, self.root = apk, root
        self._ask("add", "--initdb", *architecture)

    def add(self, *paths: str) -> str:
        return self._ask("add", *ABSENT_AT_HOME, *paths)

    def add_dependencies(self, package: Package, scratch: Path) -> None:
        self.add(*(str(write(scratch, bare(name))) for name in package.depends))

    def remove(self, name: str) -> str:
        return self._ask("del", "--no-network", "--no-scripts", name)

    def _ask(self, *words: str) -> str:
        return self._apk.run("--root", str(self.root), *words)


def bare(name: str, version: str = "1-r0", files: tuple[File, ...] = ()) -> Package:
    scripts = {"postinst": "", "prerm": "", "postrm": ""}
    return Package(name, version, name, name, (), (), (), (), (), scripts, files)


def write(scratch: Path, package: Package) -> Path:
    path = scratch / f"{package.name}-{package.version}.apk"
    path.write_bytes(writer.build(package, EPOCH))
    return path


@pytest.fixture
def router(apk: Apk, tmp_path: Path) -> Router:
    return Router(apk, tmp_path / "root")


def test_add_and_remove(router: Router, built: Path, packages: dict[str, Package], tmp_path: Path) -> None:
    router.add_dependencies(packages["portvagt"], tmp_path)
    router.add(path_of(built, "portvagt"))
    assert (router.root / "etc" / "init.d" / "portvagt").exists()
    router.remove("portvagt")
    assert not list(router.root.rglob("*portvagt*"))


@pytest.mark.parametrize("name", ["aarch64_cortex-a53", "mipsel_24kc", "arm_cortex-a7_neon-vfpv4"])
def test_any_architecture_takes_it(
    apk: Apk, built: Path, packages: dict[str, Package], tmp_path: Path, name: str
) -> None:
    router = Router(apk, tmp_path / "root", "--arch", name)
    assert (router.root / "etc" / "apk" / "arch").read_text().strip() == name
    router.add_dependencies(packages["portvagt"], tmp_path)
    router.add(path_of(built, "portvagt"), path_of(built, "portvagt-languages"))
    assert (router.root / "usr" / "bin" / "portvagt").exists()


def test_the_luci_app_comes_with_its_language_and_goes(
    router: Router, built: Path, packages: dict[str, Package], tmp_path: Path
) -> None:
    router.add_dependencies(packages["portvagt"], tmp_path)
    router.add(path_of(built, "portvagt"), str(write(tmp_path, bare("luci-base"))))
    router.add(path_of(built, "luci-app-portvagt"), path_of(built, "luci-i18n-portvagt-da"))
    assert (router.root / "www/luci-static/resources/view/portvagt/overview.js").exists()
    assert (router.root / "usr/lib/lua/luci/i18n/portvagt.da.lmo").exists()
    router.remove("luci-i18n-portvagt-da")
    router.remove("luci-app-portvagt")
    assert not list((router.root / "www").rglob("*.js"))


def test_missing_dependency_is_named(router: Router, built: Path) -> None:
    with pytest.raises(Refused, match="micropython-mbedtls"):
        router.add(path_of(built, "portvagt"))


def test_both_editions_at_once_are_refused(
    router: Router, built: Path, packages: dict[str, Package], tmp_path: Path
) -> None:
    for name in EDITIONS:
        router.add_dependencies(packages[name], tmp_path)
    router.add(path_of(built, "portvagt"))
    with pytest.raises(Refused, match="conflicts"):
        router.add(path_of(built, "portvagt-cpython"))


def test_an_upgrade_keeps_a_changed_configuration(
    router: Router, built: Path, packages: dict[str, Package], tmp_path: Path
) -> None:
    package = packages["portvagt"]
    router.add_dependencies(package, tmp_path)
    router.add(path_of(built, "portvagt"))
    config = router.root / "etc" / "config" / "portvagt"
    config.write_text("config main 'main'\n")
    later = tuple(
        file._replace(content=file.content + b"# new\n") if file.path == "/etc/config/portvagt" else file
        for file in package.files
    )
    router.add(str(write(tmp_path, package._replace(version="99-r1", files=later))))
    assert config.read_text() == "config main 'main'\n"
    assert config.with_name("portvagt.apk-new").read_text().endswith("# new\n")


def test_damaged_file_is_refused(apk: Apk, built: Path, tmp_path: Path) -> None:
    content = bytearray(Path(path_of(built, "portvagt")).read_bytes())
    content[len(content) // 2] ^= 1
    damaged = tmp_path / "damaged.apk"
    damaged.write_bytes(content)
    with pytest.raises(Refused):
        apk.run("verify", "--allow-untrusted", str(damaged))


def test_every_length_of_blob(apk: Apk, tmp_path: Path) -> None:
    """8, 16 and 32 bits of length, none at all, and a file without content."""
    files = tuple(File(f"/f/{size}", 0o644, b"x" * size) for size in (0, 1, 255, 256, 70_000))
    package = bare("lengths", files=files)._replace(
        description="d" * 300, scripts={"postinst": "# " + "p" * 70_000 + "\n", "prerm": "", "postrm": ""}
    )
    path = str(write(tmp_path, package))
    apk.run("verify", "--allow-untrusted", path)
    shown = dump(apk, path)
    assert shown["info"]["description"] == "d" * 300
    assert "p" * 70_000 in shown["scripts"]["post-install"]
    apk.run("extract", "--allow-untrusted", "--no-chown", "--destination", str(tmp_path), path)
    for file in files:
        assert (tmp_path / file.path.lstrip("/")).read_bytes() == file.content
