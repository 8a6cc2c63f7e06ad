"""Packages of another Debian release, unpacked into a directory; the machine's own apt is untouched."""

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
        apt = ["apt-get", *_options(Path(scratch), release), "-qq"]
        _run([*apt, "update"])
        _run([*apt, "install", "-y", "--download-only", "--no-install-recommends", *packages])
        target.mkdir(parents=True, exist_ok=True)
        for archive in sorted(Path(scratch, "cache", "archives").glob("*.deb")):
            _run(["dpkg-deb", "-x", str(archive), str(target)])


def _options(scratch: Path, release: str) -> Iterator[str]:
    """A state of its own for apt: no package is installed in it, so that every dependency is fetched."""
    for directory in ("state/lists/partial", "cache/archives/partial"):
        (scratch / directory).mkdir(parents=True)
    (scratch / "state" / "status").touch()
    sources = scratch / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {release} main\n")
    settings = {
        "Dir::State": scratch / "state",
        "Dir::State::status": scratch / "state" / "status",
        "Dir::Cache": scratch / "cache",
        "Dir::Etc::sourcelist": sources,
        "Dir::Etc::sourceparts": "-",
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


def _run(argv: list[str]) -> str:
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise SimulatorError(f"{argv[0]} is missing: only a Debian machine can fetch Debian's packages") from None
    except subprocess.TimeoutExpired:
        raise SimulatorError(f"{argv[0]} did not end within {SECONDS} s; offline?") from None
    if done.returncode:
        reasons = [line for line in done.stderr.splitlines() if line.startswith("E:")]
        raise SimulatorError(f"{argv[0]}: {reasons[0] if reasons else done.stderr.strip()[-200:]}; offline?")
    return done.stdout
