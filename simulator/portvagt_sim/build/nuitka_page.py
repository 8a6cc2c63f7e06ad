"""docs/measurements/nuitka.md: the figures of a build first, then what they mean."""

from collections.abc import Iterable

from portvagt_sim.build.tree import MEGABYTE, Weight

ABOUT = """
**What it buys.** The router needs no Python package: portal and reporter start in a root that has this directory and
glibc (2.35 or newer) and nothing else; the guard needs `nft` besides, as on every runtime. No source is inside.

**What it doesn't.** Memory: it takes *more* than CPython running the same sources, about a quarter. Speed: it starts
10 to 25 % sooner, from run to run. See [runtimes.md](runtimes.md) (`./dev bench runtimes`). Where the firmware has a
CPython, use that; where it has MicroPython, use that.

**It is for the machine that it was built on**: same processor, and glibc. Nuitka can't compile for another one, so
for a firmware with musl, such as OpenWrt's own images, `./dev build nuitka` has to run in a system with musl on the
router's processor; that has not been tried.

Debian 12's own python3 makes 15 files instead, for most of the standard library's C is in its program: 23.1 MB
unpacked, 6.6 MB as squashfs.

**Leave LANG unset**, as init scripts do: where it names a language and the firmware has no locales at all, Nuitka's
start-up aborts.

What each step brings, with Python 3.11.7 on x86-64:

| step | unpacked | squashfs | files |
| --- | ---: | ---: | ---: |
| Nuitka's own choice of modules | 38.2 MB | 11.4 MB | 57 |
| modules left out (`nuitka_options.py`), no docstrings | 27.3 MB | 8.0 MB | 42 |
| shared libraries stripped | 23.5 MB | 6.7 MB | 42 |
| no East Asian encodings | 22.6 MB | 6.4 MB | 35 |
| zlib put in, which Nuitka takes for a part of every system | 22.7 MB | 6.4 MB | 36 |

Link-time optimisation would take off another 0.6 MB (0.1 MB of the image) and link everything again after each change;
so it is off. What remains is libcrypto and libssl, the Unicode tables (a host name is encoded by IDNA), Python itself,
and 2 MB of machine code for paho-mqtt and psutil.

**Why not one file.** Nuitka's onefile unpacks itself into /tmp at each start, and /tmp is memory on a router: 23 MB for
each of the three processes. In squashfs the directory stays compressed on flash, and the three share its pages.

`./dev test` doesn't build it, for it takes minutes; it checks a build that is there, and says so where there is none.
"""


def markdown(weight: Weight, image: int, seconds: float, machine: str) -> str:
    """The whole page."""
    figures = (
        ("unpacked", f"{weight.size / MEGABYTE:.1f} MB"),
        ("as squashfs (xz, 256 KiB blocks, OpenWrt's)", f"{image / MEGABYTE:.1f} MB"),
        ("files", weight.files),
        ("time of this build (from nothing, on two cores: four to five minutes)", f"{seconds:.0f} s"),
    )
    biggest = ((name, f"{size / MEGABYTE:.2f} MB") for size, name in weight.biggest)
    return "\n\n".join(
        (
            "# The Nuitka build",
            _table(("build/nuitka", ""), figures),
            _table(("biggest files", ""), biggest),
            ABOUT.strip(),
            machine + "\n",
        )
    )


def _table(headings: tuple[str, str], rows: Iterable[tuple[str, object]]) -> str:
    lines = [f"| {left} | {right} |" for left, right in (headings, ("---", "---:"), *rows)]
    return "\n".join(lines)
