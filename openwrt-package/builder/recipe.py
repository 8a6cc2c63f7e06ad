"""What our packages hold. The feed's Makefiles say the same in OpenWrt's words; tests/package compares them."""

from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from builder import lmo, po
from builder.generated import FILES
from builder.luci import APP
from builder.package import File, Package
from portvagt import __version__

RELEASE = 1
VERSION = f"{__version__}-r{RELEASE}"
AGENT = "/usr/lib/portvagt"
USERS = tuple(
    f"portvagt-{role}={uid}:portvagt-{role}={uid}"
    for role, uid in (("guard", 64001), ("portal", 64002), ("reporter", 64003))
)

# path on the router, mode, name below portvagt/files
INSTALLED = [
    ("/etc/capabilities/portvagt-guard.json", 0o644, "capabilities-guard.json"),
    ("/etc/capabilities/portvagt-none.json", 0o644, "capabilities-none.json"),
    ("/etc/config/portvagt", 0o600, "portvagt.config"),
    ("/etc/hotplug.d/iface/90-portvagt", 0o755, "portvagt.hotplug"),
    ("/etc/init.d/portvagt", 0o755, "portvagt.init"),
    ("/etc/uci-defaults/90-portvagt", 0o755, "portvagt.defaults"),
    ("/lib/upgrade/keep.d/portvagt", 0o644, "portvagt.keep"),
    ("/usr/bin/portvagt", 0o755, "portvagt.sh"),
    ("/usr/libexec/rpcd/portvagt", 0o755, "portvagt.rpcd"),
    ("/usr/share/rpcd/acl.d/portvagt.json", 0o644, "portvagt.acl.json"),
]
SCRIPTS = ("postinst", "prerm", "postrm")


class Edition(NamedTuple):
    """A package with the agent and the runtime it is for. `absent`: patterns of modules that it leaves out."""

    name: str
    runtime: str
    suffix: str
    depends: tuple[str, ...]
    absent: frozenset[str]
    title: str
    description: str


FURTHER_LANGUAGES = ("ar", "de", "es", "fi", "fr", "nb", "pl", "sv", "tr", "uk")
_COMMON_DEPENDS = (
    "coreutils-timeout",
    "kmod-nf-conntrack-netlink",
    "kmod-nft-fib",
    "kmod-nft-nat",
    "nftables",
    "ucode",
    "ucode-mod-fs",
    "ucode-mod-socket",
)
_WHAT = """\
Notices that a computer in the home has become a spam zombie, stops its mail
in the router, shows the family a page in plain words and reports to the ISP."""

EDITIONS = (
    Edition(
        "portvagt",
        "micropython",
        ".mpy",
        (*_COMMON_DEPENDS, "micropython-mbedtls"),
        frozenset(
            # an empty __init__ of a folder is nothing that MicroPython needs
            {"*/__init__", "runtime_cpython", "report/paho_link", "report/tls_cpython", "warn/https_cpython"}
            | {f"warn/texts/{each}" for each in FURTHER_LANGUAGES}
        ),
        "Stops spam zombies in the home",
        _WHAT + "\nThis edition runs on MicroPython.",
    ),
    Edition(
        "portvagt-cpython",
        "cpython",
        ".py",
        (*_COMMON_DEPENDS, "python3-ctypes", "python3-light", "python3-openssl", "python3-paho-mqtt", "python3-psutil"),
        frozenset({"runtime_micropython", "report/tls_micropython", "warn/https_micropython"}),
        "Stops spam zombies in the home (CPython)",
        _WHAT + "\nThis edition runs on Python 3.",
    ),
)


def package(edition: Edition, agent: Path) -> Package:
    """The package; `agent`: the directory of the agent's modules, compiled or not."""
    others = tuple(each.name for each in EDITIONS if each is not edition)
    return Package(
        edition.name,
        VERSION,
        edition.title,
        edition.description,
        tuple(sorted(edition.depends)),
        tuple(name for name in others if name == "portvagt"),
        others,
        USERS,
        ("/etc/config/portvagt",),
        {name: (FILES / f"portvagt.{name}").read_text() for name in SCRIPTS},
        tuple(sorted((*_shared(edition), *_modules(edition, agent)))),
    )


def languages(agent: Path) -> Package:
    """What the edition for MicroPython leaves out, for routers with the flash for it."""
    where = "portvagt/warn/texts"
    restart = (FILES / "portvagt-languages.postinst").read_text()
    modules = [agent / where / f"{name}.mpy" for name in FURTHER_LANGUAGES]
    return Package(
        "portvagt-languages",
        VERSION,
        "Further languages for Portvagt's pages",
        "Arabic, Finnish, French, German, Norwegian, Polish, Spanish, Swedish,\nTurkish and Ukrainian.",
        ("portvagt",),
        (),
        (),
        (),
        (),
        {"postinst": restart, "prerm": "", "postrm": restart},
        tuple(File(f"{AGENT}/{where}/{path.name}", 0o644, path.read_bytes()) for path in modules),
    )


LUCI_APP = "luci-app-portvagt"
LUCI_CATALOGUES = "/usr/lib/lua/luci/i18n"
LUCI_LANGUAGES = {"da": "Dansk (Danish)"}  # as luci.mk names them
# where LuCI's build puts what lies in an app's directories
_LUCI_TREES = {"htdocs": "/www", "root": ""}


def luci_app() -> Package:
    """Pages for a router that has LuCI."""
    return Package(
        LUCI_APP,
        VERSION,
        "LuCI support for Portvagt",
        "Shows which devices Portvagt has stopped and why, releases and exempts them, and changes its settings.",
        ("luci-base", "portvagt"),
        (),
        (),
        (),
        (),
        {"postinst": (APP / "luci-app-portvagt.postinst").read_text(), "prerm": "", "postrm": ""},
        tuple(sorted(file for tree, target in _LUCI_TREES.items() for file in _tree(APP / tree, target))),
        LUCI_APP,
        "luci",
    )


def luci_language(code: str) -> Package:
    """What LuCI's build makes of po/CODE: the compiled catalogue, and a line that lets people choose the language."""
    name = f"luci-i18n-portvagt-{code}"
    catalogue = lmo.build(po.parse((APP / "po" / code / "portvagt.po").read_text()))
    choice = f"uci set luci.languages.{code}='{LUCI_LANGUAGES[code]}'; uci commit luci\n"
    return Package(
        name,
        VERSION,
        f"{LUCI_APP} - {code} translation",
        f"Translation for {LUCI_APP} - {LUCI_LANGUAGES[code]}",
        (LUCI_APP,),
        (),
        (),
        (),
        (),
        {"postinst": "", "prerm": "", "postrm": ""},
        (
            File(f"/etc/uci-defaults/{name}", 0o644, choice.encode()),
            File(f"{LUCI_CATALOGUES}/portvagt.{code}.lmo", 0o644, catalogue),
        ),
        LUCI_APP,
        "luci",
    )


def _tree(source: Path, target: str) -> list[File]:
    files = (path for path in source.rglob("*") if path.is_file())
    return [File(f"{target}/{path.relative_to(source).as_posix()}", 0o644, path.read_bytes()) for path in files]


def _shared(edition: Edition) -> list[File]:
    table = [*INSTALLED, (f"{AGENT}/runtime.sh", 0o644, f"runtime-{edition.runtime}.sh")]
    return [File(path, mode, (FILES / name).read_bytes()) for path, mode, name in table]


def _modules(edition: Edition, agent: Path) -> list[File]:
    found = []
    for path in sorted(agent.rglob(f"*{edition.suffix}")):
        name = path.relative_to(agent).with_suffix("").as_posix()
        if not any(fnmatchcase(name, f"portvagt/{pattern}") for pattern in edition.absent):
            found.append(File(f"{AGENT}/{name}{edition.suffix}", 0o644, path.read_bytes()))
    return found
