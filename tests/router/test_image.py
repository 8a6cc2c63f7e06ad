"""What is in an image, read by programs that are not ours: busybox's cpio and unsquashfs."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest

from builder import recipe
from builder.package import File
from portvagt_sim import micropython
from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import cross, kept, root
from portvagt_sim.router import image
from portvagt_sim.router.machines import MACHINES

PROJECT = Path(__file__).resolve().parents[2]


def unpacked(built: image.Image, target: Path) -> Path:
    with built.initrd.open("rb") as archive:
        subprocess.run(["busybox", "cpio", "-id"], stdin=archive, cwd=target, capture_output=True, check=True)
    usr, packed = target / "usr", target / "boot" / "usr.squashfs"
    usr.rmdir()
    subprocess.run(["unsquashfs", "-quiet", "-no-progress", "-dest", usr, packed], capture_output=True, check=True)
    return target


def installed(package_files: tuple[File, ...], tree: Path) -> dict[str, tuple[int, bytes]]:
    paths = {file.path: tree / root.merged(file.path.strip("/")) for file in package_files}
    return {name: (path.stat().st_mode & 0o777, path.read_bytes()) for name, path in paths.items()}


def test_our_package_is_installed_byte_for_byte(built: image.Image, tmp_path: Path) -> None:
    tree = unpacked(built, tmp_path)
    compiled = micropython.compile_agent()
    for package in (recipe.package(recipe.EDITIONS[0], compiled), recipe.languages(compiled)):
        assert installed(package.files, tree) == {file.path: (file.mode, file.content) for file in package.files}


def test_no_file_of_the_agents_sources(built: image.Image, tmp_path: Path) -> None:
    tree = unpacked(built, tmp_path)
    assert not list(tree.rglob("*.py"))
    sources = {
        hashlib.sha256(path.read_bytes()).digest() for path in (PROJECT / "agent").rglob("*.py") if path.stat().st_size
    }
    assert not [p for p in tree.rglob("*") if p.is_file() and hashlib.sha256(p.read_bytes()).digest() in sources]


def test_no_library_is_missing_and_no_link_leads_nowhere(built: image.Image, tmp_path: Path) -> None:
    tree = unpacked(built, tmp_path)
    dangling = [path for path in tree.rglob("*") if path.is_symlink() and not _target(tree, path)]
    assert [str(path.relative_to(tree)) for path in dangling] == ["etc/mtab"]


def _target(tree: Path, link: Path) -> bool:
    seen = link
    for _ in range(10):
        if not seen.is_symlink():
            return seen.exists()
        to = seen.readlink()
        seen = tree / to.relative_to("/") if to.is_absolute() else seen.parent / to
    return False


def test_the_same_inputs_make_the_same_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    first = image.build("x86", print)
    with tempfile.TemporaryDirectory() as elsewhere:
        monkeypatch.setattr(image, "IMAGES", Path(elsewhere))
        second = image.build("x86", print)
        assert second.initrd.parent.name == first.initrd.parent.name
        for one, other in ((first.kernel, second.kernel), (first.initrd, second.initrd)):
            assert one.read_bytes() == other.read_bytes()


def test_a_second_build_makes_nothing() -> None:
    image.build("x86", print)
    said: list[str] = []
    image.build("x86", said.append)
    assert said == []


def test_a_change_of_the_guest_is_another_image(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = image._fingerprint(MACHINES["x86"], [], [], [])
    changed = tmp_path / "portvagt_sim"
    shutil.copytree(image.SIMULATOR, changed)
    monkeypatch.setattr(image, "SIMULATOR", changed)
    (changed / "guest" / "files" / "etc" / "inittab").write_text("")
    assert image._fingerprint(MACHINES["x86"], [], [], []) != first


def test_another_micropython_is_another_image(tmp_path: Path) -> None:
    program = tmp_path / "usr" / "bin" / "micropython"
    program.parent.mkdir(parents=True)
    names = set()
    for content in (b"one", b"other"):
        program.write_bytes(content)
        names.add(image._fingerprint(MACHINES["malta"], [], [tmp_path], []))
    assert len(names) == 2


def test_maltas_micropython_is_linked_as_openwrts_is(tmp_path: Path) -> None:
    usr = unpacked(image.build("malta", print), tmp_path) / "usr"
    said = subprocess.run(["readelf", "-ldW", usr / "bin" / "micropython"], capture_output=True, text=True, check=True)
    assert "interpreter: /lib/ld-musl-mipsel.so.1]" in said.stdout
    needed = {name.partition(".so")[0] for name in re.findall(r"NEEDED.*\[(.+)\]", said.stdout)}
    assert needed == {"libc", "libffi", "libmbedcrypto", "libmbedtls", "libmbedx509"}


@pytest.mark.timeout(400)  # a build takes a minute, on a machine that has nothing else to do
def test_micropython_built_twice_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = MACHINES["malta"]
    first = cross.micropython(machine.architecture, machine.suite, print)
    for path in kept.CACHE.iterdir():
        if path.name != first.name:
            (tmp_path / path.name).symlink_to(path)
    monkeypatch.setattr(kept, "CACHE", tmp_path)
    second = cross.micropython(machine.architecture, machine.suite, print)
    assert second.parent == tmp_path
    files = [path.relative_to(first) for path in sorted(first.rglob("*")) if path.is_file()]
    assert len(files) == 5
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)


def test_an_unknown_machine_is_refused() -> None:
    with pytest.raises(SimulatorError, match="malta, armvirt, x86"):
        image.build("vax", print)


def test_what_is_interrupted_leaves_nothing(tmp_path: Path) -> None:
    def interrupted(target: Path) -> None:
        (target / "half").touch()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        kept.directory(tmp_path / "kept", interrupted)
    assert not list(tmp_path.iterdir())


def test_another_list_of_packages_is_fetched_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    before = image._archives_of(MACHINES["x86"])
    monkeypatch.setitem(root.PROGRAMS, "usr/bin/new", "new-package")
    assert image._archives_of(MACHINES["x86"]) != before
