"""What is compiled into the Nuitka build, and what is left out of it."""

from collections.abc import Iterator

# Nuitka includes most of the standard library in case something asks for it by name. Nothing of ours does:
# tests/build/test_left_out.py imports the whole agent and looks.
LEFT_OUT = {
    "other systems' halves of psutil": "psutil._psaix psutil._psbsd psutil._psosx psutil._pssunos psutil._pswindows",
    "for older Pythons": "typing_extensions",
    "the agent's other runtime": "portvagt.*micropython*",
    "threads and processes in numbers": "asyncio concurrent multiprocessing sched socketserver",
    "formats that we don't read": (
        "bz2 _bz2 configparser csv _csv gzip html lzma _lzma mailcap mimetypes netrc pickle _pickle _compat_pickle"
        " pyexpat tarfile tomllib uu xdrlib xml _elementtree xmlrpc zipfile"
    ),
    "numbers": "colorsys decimal _decimal _pydecimal fractions numbers statistics _statistics",
    "protocols that we don't speak": "cgi cgitb ftplib http.cookiejar imaplib poplib webbrowser",
    "programs and terminals": "argparse cmd code codeop getopt getpass rlcompleter shlex pipes crypt",
    "development": (
        "difflib filecmp fileinput graphlib imp importlib.metadata importlib.resources modulefinder pickletools"
        " pkgutil pprint pstats pyclbr py_compile runpy symtable sysconfig _sysconfigdata* timeit trace tracemalloc"
        " __hello__ __phello__"
    ),
    "conveniences": (
        "chunk copy dataclasses gettext hmac imghdr nturl2path pathlib secrets sndhdr _strptime"
        " _aix_support _bootsubprocess _osx_support _pyio"
    ),
}

# Found by no import statement, or thought dispensable by Nuitka although they are much faster.
INCLUDED = ("--include-package=portvagt", "--include-module=_json", "--include-module=_bisect")

OPTIONS = (
    "--mode=standalone",
    "--output-filename=portvagt",
    "--python-flag=-m",  # agent/portvagt is a package with a __main__
    "--python-flag=isolated",  # PYTHONPATH and the like don't decide what root runs
    "--python-flag=no_site",
    "--python-flag=no_docstrings",
    "--deployment",
    "--lto=no",  # docs/measurements/nuitka.md: what it brings and costs
    "--update-check=never",
    "--progress-bar=none",
)

# Nuitka takes these for needed at the start of every Python; an encoding whose module is gone is just unknown.
REMOVED = ("_codecs_*.so", "_multibytecodec*.so")


def left_out() -> list[str]:
    """Names and patterns of modules."""
    return [name for names in LEFT_OUT.values() for name in names.split()]


def arguments() -> Iterator[str]:
    """Nuitka's, without where to put things."""
    yield from OPTIONS
    yield from INCLUDED
    yield from (f"--nofollow-import-to={name}" for name in left_out())
