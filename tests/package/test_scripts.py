"""The packages' scripts under busybox's ash, in a root of their own, with OpenWrt's functions standing in."""

from pathlib import Path

import pytest
from tests.package.test_init import Router

from builder import scripts
from builder.package import Package

FUNCTIONS = """
add_group_and_user() { echo "users of $pkgname"; }
default_postinst() { echo "default_postinst $*"; }
default_prerm() { echo "default_prerm $*"; }
"""
SERVICE = '#!/bin/sh\necho "{0} $1"\n'


class Scripts(Router):
    """A router whose services only say what they are told."""

    def __init__(self, root: Path, package: Package) -> None:
        super().__init__(root, package)
        self.write("/lib/functions.sh", FUNCTIONS)
        for name in ("portvagt", "rpcd"):
            self.write(f"/etc/init.d/{name}", SERVICE.format(name), 0o755)
        self.write("/etc/shadow", "root:*::\nportvagt-guard:x:0:0:99999:7:::\n")

    def play(self, script: str, **environment: str) -> list[str]:
        self.write("/script", script, 0o755)
        words = " ".join(f"{name}={value}" for name, value in environment.items())
        return self.command(f"{words} /bin/sh /script")


@pytest.fixture
def router(packages: dict[str, Package], common_path: Path, sandbox: None) -> Scripts:
    return Scripts(common_path, packages["portvagt"])


@pytest.fixture
def apk(packages: dict[str, Package]) -> dict[str, str]:
    return scripts.of_apk(packages["portvagt"])


def test_install(router: Scripts, apk: dict[str, str]) -> None:
    said = router.play(apk["post-install"])
    assert said == ["users of portvagt", "default_postinst ", "rpcd reload"]


def test_upgrade_restarts_what_runs(router: Scripts, apk: dict[str, str]) -> None:
    said = router.play(apk["post-upgrade"])
    assert said == ["users of portvagt", "default_postinst ", "rpcd reload", "portvagt restart"]


def test_into_an_image_nothing_is_started(router: Scripts, apk: dict[str, str]) -> None:
    router.write("/image/lib/functions.sh", FUNCTIONS)
    said = router.play(apk["post-install"], IPKG_INSTROOT="/image")
    assert said == ["users of portvagt", "default_postinst "]
    assert router.play(apk["pre-deinstall"], IPKG_INSTROOT="/image") == ["default_prerm "]


def test_removal_leaves_certificates_and_nothing_that_tells_of_devices(router: Scripts, apk: dict[str, str]) -> None:
    for name in ("guard/cases.json", "reporter/outbox", "cpe.key"):
        router.write(f"/etc/portvagt/{name}", "x")
    assert router.play(apk["pre-deinstall"]) == ["default_prerm ", "portvagt undo"]
    assert router.play(apk["post-deinstall"]) == ["rpcd reload"]
    left = {path.name for path in (router.root / "etc" / "portvagt").rglob("*")}
    assert left == {"cpe.key"}
    for name in ("passwd", "group", "shadow"):
        assert "portvagt" not in (router.root / "etc" / name).read_text()
    assert "root" in (router.root / "etc" / "shadow").read_text()


def test_an_upgrade_by_opkg_undoes_nothing(router: Scripts, packages: dict[str, Package]) -> None:
    ipk = scripts.of_ipk(packages["portvagt"])
    assert router.play(ipk["prerm-pkg"], PKG_UPGRADE="1") == []
    assert router.play(ipk["postrm"], PKG_UPGRADE="1") == []
    assert "portvagt-guard" in (router.root / "etc" / "passwd").read_text()


def test_languages_that_come_or_go_are_noticed(router: Scripts, packages: dict[str, Package]) -> None:
    bodies = scripts.of_apk(packages["portvagt-languages"])
    said = router.play(bodies["post-install"])
    assert said == ["users of portvagt-languages", "default_postinst ", "portvagt enabled", "portvagt restart"]
    assert router.play(bodies["post-deinstall"]) == ["portvagt enabled", "portvagt restart"]


def test_luci_and_rpcd_look_again(router: Scripts, packages: dict[str, Package]) -> None:
    router.write("/tmp/luci-indexcache.1.json", "{}")
    said = router.play(scripts.of_apk(packages["luci-app-portvagt"])["post-install"])
    assert said == ["users of luci-app-portvagt", "default_postinst ", "rpcd reload"]
    assert not (router.root / "tmp" / "luci-indexcache.1.json").exists()
