"""How an image of OpenWrt is named, and what QEMU is told of it."""

import gzip
from pathlib import Path

import pytest

from portvagt_sim.errors import SimulatorError
from portvagt_sim.router import openwrt_image, openwrt_state
from portvagt_sim.router.openwrt_image import argv, parsed, root

COMBINED = "openwrt-25.12.0-x86-64-generic-ext4-combined.img"
KERNEL = "openwrt-25.12.0-armsr-armv8-generic-kernel.bin"
ROOTFS = "openwrt-25.12.0-armsr-armv8-generic-ext4-rootfs.img"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A directory with files of such names."""
    for name in (COMBINED, KERNEL, ROOTFS, "vmlinux.elf", "initrd", "micropython.apk"):
        (tmp_path / name).write_bytes(name.encode())
    return tmp_path


def named(files: Path, *names: str) -> str:
    return ",".join(str(files / name) for name in names)


def test_the_names_that_openwrt_gives_say_the_target(files):
    assert parsed(named(files, COMBINED)).target.program == "qemu-system-x86_64"
    image = parsed(named(files, KERNEL, ROOTFS, "micropython.apk"))
    assert image.target.program == "qemu-system-aarch64"
    assert [path.name for path in image.packages] == ["micropython.apk"]


def test_a_combined_image_boots_by_itself(files):
    image = parsed(named(files, COMBINED))
    assert root(image) == files / COMBINED
    assert "-kernel" not in argv(image, "utc")


def test_kernel_root_file_system_and_initrd_in_this_order(files):
    image = parsed("malta-le=" + named(files, "vmlinux.elf", ROOTFS, "initrd"))
    words = argv(image, "utc")
    assert words[0] == "qemu-system-mipsel"
    assert words[words.index("-kernel") + 1] == str(files / "vmlinux.elf")
    assert words[words.index("-initrd") + 1] == str(files / "initrd")
    assert root(image) == files / ROOTFS
    assert "root=/dev/sda" in words[words.index("-append") + 1]


def test_a_gz_file_is_unpacked_whatever_stands_behind_its_data(files, monkeypatch):
    monkeypatch.setattr(openwrt_image, "IMAGES", files / "images")
    packed = files / f"{COMBINED}.gz"
    packed.write_bytes(gzip.compress(b"a disk") + b"FWx0 a signature")
    assert root(parsed(str(packed))).read_bytes() == b"a disk"


@pytest.mark.parametrize(("content", "why"), [(gzip.compress(b"a disk")[:-9], "ends too soon"), (b"a disk", "header")])
def test_a_gz_file_that_is_broken_is_refused(files, monkeypatch, content, why):
    monkeypatch.setattr(openwrt_image, "IMAGES", files / "images")
    packed = files / f"{COMBINED}.gz"
    packed.write_bytes(content)
    with pytest.raises(SimulatorError, match=why):
        root(parsed(str(packed)))


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("{files}/vmlinux.elf,{files}/initrd", "which target is it for"),
        ("mips=" + "{files}/vmlinux.elf,{files}/initrd", "which target is it for"),
        ("armsr-armv8={files}/vmlinux.elf", "a combined one for x86-64 only"),
        ("x86-64={files}/absent.img", "no such file"),
    ],
)
def test_what_is_no_image_is_refused_in_words(files, words, why):
    with pytest.raises(SimulatorError, match=why):
        parsed(words.format(files=files))


def test_a_saved_machine_is_of_the_image_and_the_packages_as_they_are(files):
    image = parsed("malta-le=" + named(files, "vmlinux.elf", ROOTFS, "micropython.apk"))
    before = openwrt_state.identity(image)
    assert openwrt_state.identity(image) == before
    (files / "micropython.apk").write_bytes(b"another build")
    assert openwrt_state.identity(image) != before


def test_without_an_image_it_says_how_to_name_one(monkeypatch):
    monkeypatch.delenv(openwrt_image.VARIABLE, raising=False)
    with pytest.raises(SimulatorError, match="PORTVAGT_OPENWRT_IMAGE"):
        openwrt_image.named("")
