"""A finished Nuitka build: small, whole, without sources, and it says what it runs on."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from portvagt_sim.build import nuitka, tree
from portvagt_sim.world import World

CLI_SECONDS = 30


@pytest.fixture(autouse=True)
def built() -> None:
    """Compiling takes minutes, so that `./dev test` only looks at a build that is there."""
    if not nuitka.PROGRAM.exists():
        pytest.skip("NOT TESTED, there is no build/nuitka; type: ./dev build nuitka")
    if not nuitka.is_current():
        pytest.skip("NOT TESTED, build/nuitka is older than its sources; type: ./dev build nuitka")


def said(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [nuitka.PROGRAM, *arguments], env={}, timeout=CLI_SECONDS, capture_output=True, text=True, check=False
    )


def test_it_fits_into_flash() -> None:
    assert tree.weigh(nuitka.TARGET).size <= nuitka.UNPACKED_MAX
    assert nuitka.IMAGE.stat().st_size <= nuitka.IMAGE_MAX


@pytest.mark.parametrize("pattern", ["*.py", "*.pyc", "*.a", "*.c"])
def test_no_sources_are_inside(pattern: str) -> None:
    assert tree.files(nuitka.TARGET, pattern) == []


def test_it_needs_nothing_but_glibc() -> None:
    assert tree.borrowed(nuitka.TARGET) == {}


def glibc_and_ours(root: Path) -> None:
    """Make a system in `root` that has the build, the part of glibc that it is linked with, and /proc."""
    shutil.copytree(nuitka.TARGET, root / "portvagt")
    for library in re.findall(r"(/\S+) \(0x", tree.run(["ldd", str(nuitka.PROGRAM)])):
        copy = root / library[1:]
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(library, copy)
        copy.chmod(0o755)
    (root / "proc").mkdir()


def test_it_runs_where_nothing_but_glibc_is(tmp_path: Path, sandbox: None) -> None:
    glibc_and_ours(tmp_path)
    script = f"mount --rbind /proc {tmp_path}/proc && exec chroot {tmp_path} /portvagt/portvagt --version"
    done = subprocess.run(
        ["unshare", "--mount", "sh", "-c", script],
        env={"PATH": os.environ["PATH"]},
        timeout=CLI_SECONDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout[:9], done.stderr) == ("portvagt ", "")


def test_help_and_version() -> None:
    assert "usage: portvagt" in said("--help").stdout
    assert said("--version").stdout.startswith("portvagt ")


def test_an_unusable_configuration_is_status_2() -> None:
    done = said("--config", "/nonexistent/portvagt", "guard")
    assert done.returncode == 2
    assert done.stderr.startswith("portvagt: /nonexistent/portvagt: ")
    assert len(done.stderr.splitlines()) == 1


@pytest.fixture
def world(sandbox: None) -> Iterator[World]:
    with World(prefix="nuitka-", runtime="nuitka") as started:
        yield started


def test_it_runs_on_a_router_and_knows_that_it_is_compiled(world: World) -> None:
    assert world.router.call("status")["runtime"] == "nuitka"
    assert "table" in world.router.cli("status").stdout
    assert world.home.laptop.fetch("http://192.168.1.1:8025/", {"Accept-Language": "da"}).status == 200
