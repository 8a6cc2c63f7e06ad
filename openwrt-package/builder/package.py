"""What a package is, whichever format it gets."""

from collections.abc import Mapping
from typing import NamedTuple


class File(NamedTuple):
    """A regular file of root's: absolute path on the router, permission bits, content."""

    path: str
    mode: int
    content: bytes


class Package(NamedTuple):
    """A package for every architecture. `scripts` are bodies of postinst, prerm and postrm, by those names.

    `source`: its directory in the feed.
    """

    name: str
    version: str
    title: str
    description: str
    depends: tuple[str, ...]
    provides: tuple[str, ...]
    conflicts: tuple[str, ...]
    users: tuple[str, ...]
    conffiles: tuple[str, ...]
    scripts: Mapping[str, str]
    files: tuple[File, ...]
    source: str = "portvagt"
    section: str = "net"


LICENSE = "Apache-2.0"
MAINTAINER = "Portvagt maintainers <maintainers@portvagt.example>"
URL = "https://portvagt.example/"
FEED = "feeds/portvagt"


def directories(files: tuple[File, ...]) -> list[str]:
    """The directories of these files, each before those below it, without the root."""
    found: set[str] = set()
    for file in files:
        parts = file.path.strip("/").split("/")[:-1]
        found.update("/".join(parts[:count]) for count in range(1, len(parts) + 1))
    return sorted(found)
