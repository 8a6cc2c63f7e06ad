"""Packages of another Debian release or architecture, in a directory; the machine's own apt is untouched."""

import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from portvagt_sim.errors import SimulatorError

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SECONDS = 300
INDEX_FORMAT = "$(CREATED_BY) $(ORIGIN) $(RELEASE) $(REPO_URI)"


def unpack(release: str, packages: Iterable[str], target: Path) -> None:
    """Fetch `packages` and all that they depend on, and unpack them into `target`. Raises SimulatorError."""
    with tempfile.TemporaryDirectory(prefix="portvagt-apt-") as scratch:
        unpack_archives(fetch(release, native_architecture(), packages, Path(scratch)), target)


def unpack_archives(archives: Iterable[Path], target: Path) -> None:
    """Unpack files of packages into `target`; nothing of them is run. Raises SimulatorError."""
    target.mkdir(parents=True, exist_ok=True)
    for archive in archives:
        _run(["dpkg-deb", "-x", str(archive), str(target)])


def native_architecture() -> str:
    """What Debian calls this machine's processors."""
    return _run(["dpkg", "--print-architecture"]).strip()


def fetch(release: str, architecture: str, packages: Iterable[str], target: Path, kernel: str = "") -> list[Path]:
    """The files of `packages` and all that they depend on, in `target`, in the order of their names.

    `kernel`: a meta-package of a kernel, of which only the kernel's own package is fetched: what it depends on would
    make an initial root. apt checks signatures. Raises SimulatorError.
    """
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portvagt-apt-") as scratch:
        apt = Apt(Path(scratch), release, architecture, target)
        apt.update()
        apt.download(packages)
        if kernel:
            apt.download_alone(apt.dependency(kernel, "linux-image-"))
    return sorted(target.glob("*.deb"))


def fetch_alone(release: str, architecture: str, packages: Iterable[str], target: Path) -> None:
    """The files of `packages` in `target`, and nothing that they depend on. Raises SimulatorError."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portvagt-apt-") as scratch:
        apt = Apt(Path(scratch), release, architecture, target)
        apt.update()
        for package in packages:
            apt.download_alone(package)


def fetch_sources(release: str, packages: Iterable[str], target: Path) -> None:
    """The files of source packages, in `target`. apt checks signatures. Raises SimulatorError."""
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="portvagt-apt-") as scratch:
        apt = Apt(Path(scratch), release, native_architecture(), target)
        apt.update()
        apt.source(packages)


class Apt:
    """apt with a state of its own for one release and architecture: there is nothing installed, so all is fetched."""

    def __init__(self, scratch: Path, release: str, architecture: str, target: Path) -> None:
        """`target`: the directory that gets the files of packages; sources, too, land there."""
        self._target = target
        self._options = list(_options(scratch, release, architecture))

    def update(self) -> None:
        """Fetch the lists of packages."""
        self._get("update", "-oAPT::Update::Error-Mode=any")

    def download(self, packages: Iterable[str]) -> None:
        """Fetch packages with all that they depend on."""
        place = f"-oDir::Cache::archives={self._target}"
        partial = self._target / "partial"
        partial.mkdir(exist_ok=True)
        self._get(place, "install", "-y", "--download-only", "--no-install-recommends", *packages)
        partial.rmdir()

    def download_alone(self, package: str) -> None:
        """Fetch one package."""
        self._get("download", package)

    def source(self, packages: Iterable[str]) -> None:
        """Fetch the files of source packages."""
        self._get("source", "--download-only", *packages)

    def dependency(self, package: str, prefix: str) -> str:
        """The one package with such a name that `package` depends on."""
        said = _run(["apt-cache", *self._options, "depends", package])
        found = re.findall(rf"Depends: ({prefix}\S+)", said)
        if not found:
            raise SimulatorError(f"{package} depends on no {prefix}… any more")
        return found[0]

    def _get(self, *words: str) -> None:
        _run(["apt-get", *self._options, "-qq", *words], self._target)


def _options(scratch: Path, release: str, architecture: str) -> Iterator[str]:
    for directory in ("state/lists/partial", "cache"):
        (scratch / directory).mkdir(parents=True)
    (scratch / "state" / "status").touch()
    sources = scratch / "sources.list"
    where = f"[signed-by={KEYRING}] {_mirror()} {release} main"
    sources.write_text(f"deb {where}\ndeb-src {where}\n")
    settings = {
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "state" / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
        "APT::Architecture": architecture,
        "APT::Architectures": architecture,
        "Debug::NoLocking": "1",
        "Acquire::Retries": "1",
        "APT::Sandbox::User": "",
    }
    yield from (f"-o{name}={value}" for name, value in settings.items())


def _mirror() -> str:
    """Where this machine gets its own Debian packages from."""
    lines = _run(["apt-get", "indextargets", "--format", INDEX_FORMAT])
    found = re.search(r"^Packages .*?(bookworm|trixie|forky|sid) (\S+)$", lines, re.MULTILINE)
    if not found or not Path(KEYRING).exists():
        raise SimulatorError("this machine has no Debian sources to fetch packages of another release from")
    return found[2]


def _run(argv: list[str], directory: Path | None = None) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False, cwd=directory)
    except FileNotFoundError:
        raise SimulatorError(f"{argv[0]} is missing: only a Debian machine can fetch Debian's packages") from None
    except subprocess.TimeoutExpired:
        raise SimulatorError(f"{argv[0]} did not end within {SECONDS} s; offline?") from None
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise SimulatorError(f"{argv[0]}: {reasons[0] if reasons else done.stderr.strip()[-200:]}; offline?")
    return done.stdout
