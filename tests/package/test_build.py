"""Both formats: the same bytes each time, small enough, and what the packages hold."""

import json
import re
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.package.conftest import EPOCH

from builder import __main__ as command
from builder import luci, recipe
from builder.package import File, Package
from portvagt import config
from portvagt.block import ruleset
from portvagt.doors import Doors
from portvagt_sim import micropython

APK_MAX = 120_000
INSTALLED_MAX = 400_000
# what OpenWrt's own scripts and directories are called, and programs that our dependencies bring
SCRIPTS = [
    path
    for path in sorted((*recipe.FILES.iterdir(), *luci.APP.iterdir()))
    if path.suffix in (".sh", ".init", ".hotplug", ".defaults", ".postinst", ".prerm", ".postrm")
]


def test_same_bytes_from_a_fresh_compilation(built: Path, tmp_path: Path) -> None:
    edition = recipe.EDITIONS[0]
    package = recipe.package(edition, micropython.compile_agent(tmp_path))
    for name, content in command.files(package, EPOCH).items():
        assert (built / name).read_bytes() == content


def test_sizes(built: Path, packages: dict[str, Package]) -> None:
    (apk,) = built.glob("portvagt-[0-9]*.apk")
    assert apk.stat().st_size <= APK_MAX
    assert command.installed_bytes(packages["portvagt"]) <= INSTALLED_MAX


def test_no_other_runtime_is_loaded_than_the_edition_has(packages: dict[str, Package]) -> None:
    names = {name: {Path(file.path).stem for file in package.files} for name, package in packages.items()}
    assert "runtime_micropython" in names["portvagt"] - names["portvagt-cpython"]
    assert "runtime_cpython" in names["portvagt-cpython"] - names["portvagt"]


def test_every_module_is_in_the_package_or_beside_it(packages: dict[str, Package]) -> None:
    written = {path.stem for path in (micropython.AGENT / "portvagt" / "warn" / "texts").glob("[a-z]*.py")}
    named = {"portvagt": {"da", "en"}, "portvagt-languages": set(recipe.FURTHER_LANGUAGES)}
    for name, wanted in named.items():
        assert {Path(file.path).stem for file in packages[name].files if "/texts/" in file.path} == wanted
    assert set.union(*named.values()) == written


def test_absent_modules_exist(packages: dict[str, Package]) -> None:
    for edition in recipe.EDITIONS:
        assert edition.absent
        for module in edition.absent:
            assert list((micropython.AGENT / "portvagt").glob(f"{module}.py"))


def test_micropython_loads_each_module_of_its_package(packages: dict[str, Package], tmp_path: Path) -> None:
    names = []
    for file in packages["portvagt"].files:
        if file.path.endswith(".mpy"):
            path = tmp_path / file.path.removeprefix(recipe.AGENT + "/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(file.content)
            names.append(path.relative_to(tmp_path).with_suffix("").as_posix().replace("/", "."))
    imports = [f"import {name}" for name in names if not name.endswith(".__main__")]
    script = "\n".join([*imports, "from portvagt.warn import language", "print(language.LANGUAGES)"])
    micropython.prepare()
    environment = {"MICROPYPATH": f"{tmp_path}:.frozen"}
    done = subprocess.run(
        [micropython.program(), "-c", script], env=environment, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("('da', 'en')\n", "")


AWK_CASES = [
    ("_KIND = 4  # nlmsghdr", "_KIND = const(4)"),
    ("_A, _B = 1 << 3, 0x20 | 1", "_A = const(1 << 3); _B = const(0x20 | 1)"),
    ('_NAME = b"a # b"', '_NAME = const(b"a # b")'),
    ("_HALF = 0.5", "_HALF = const(0.5)"),
    *[
        (line, line)
        for line in ("A = 4", "_A = [4]", "_A = B", "_A = (1, 2)", "_A, _B = pair()", "    _A = 1", "_a = 1")
    ],
    *[(line, None) for line in ("TYPE_CHECKING = False", "if TYPE_CHECKING:\n    import re", '    __slots__ = ("a",)')],
]


@pytest.mark.parametrize(("source", "wanted"), AWK_CASES)
@pytest.mark.parametrize("awk", [["awk"], ["busybox", "awk"]])
def test_what_micropython_is_given(awk: list[str], source: str, wanted: str | None) -> None:
    text = subprocess.run(
        [*awk, "-f", micropython.FOR_MICROPYTHON], input=source + "\n", capture_output=True, text=True, check=True
    ).stdout
    assert text == ("" if wanted is None else wanted + "\n")


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_busybox_reads_the_script(path: Path) -> None:
    done = subprocess.run(["busybox", "ash", "-n", path], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


PARTS = sorted((*recipe.FILES.glob("*.p*[tm]"), *luci.APP.glob("*.postinst")))


@pytest.mark.parametrize("path", PARTS, ids=lambda path: path.name)
def test_shellcheck_reads_the_packages_script(path: Path) -> None:
    done = subprocess.run(["shellcheck", "-s", "dash", path], capture_output=True, text=True, check=False)
    assert done.stdout == ""


@pytest.mark.parametrize("path", sorted(recipe.FILES.glob("*.json")), ids=lambda path: path.name)
def test_json(path: Path) -> None:
    assert json.loads(path.read_text())


def test_only_the_guard_may_do_something() -> None:
    allowed = {name: json.loads((recipe.FILES / f"capabilities-{name}.json").read_text()) for name in ("guard", "none")}
    sets = {"bounding", "effective", "ambient", "permitted", "inheritable"}
    assert allowed["guard"] == {key: ["CAP_NET_ADMIN"] for key in sets}
    assert allowed["none"] == {key: [] for key in sets}


@pytest.mark.parametrize("word, kmod", [("fib daddr", "kmod-nft-fib"), ("type nat hook", "kmod-nft-nat")])
def test_the_kernel_modules_that_the_rules_need_are_depended_on(word: str, kmod: str) -> None:
    """Of OpenWrt's include/netfilter.mk; what else the rules say is in kmod-nft-core, which nftables needs."""
    assert word in ruleset.text(config.parse("", ""), [])
    assert all(kmod in edition.depends for edition in recipe.EDITIONS)


def test_acl_tells_reading_from_writing() -> None:
    acl = json.loads((recipe.FILES / "portvagt.acl.json").read_text())
    assert "write" not in acl["portvagt"]
    assert not set(acl["portvagt"]["read"]["ubus"]["portvagt"]) & {"release", "exempt", "stop"}
    assert acl["portvagt-admin"]["write"]["ubus"]["portvagt"] == ["release", "exempt"]


def test_files_are_named_that_are_there(packages: dict[str, Package]) -> None:
    """Each of our own paths that a script names is in the package, or is made by the init script."""
    there = {file.path for file in packages["portvagt"].files}
    for file in packages["portvagt"].files:
        for path in own_paths(file):
            assert path in there, f"{file.path} names {path}"


def own_paths(file: File) -> set[str]:
    if file.path.endswith(".mpy") or file.path.startswith("/etc/config"):
        return set()
    words = file.content.decode().replace('"', " ").replace("'", " ").replace(";", " ").replace(":", " ").split()
    places = ("/usr/lib/portvagt/", "/usr/bin/portvagt", "/etc/init.d/portvagt", "/usr/share/portvagt")
    return {word for word in words if word.startswith(places)}


def plugin_methods() -> dict[str, str]:
    """{method of ubus: the guard's} as the plugin's table has them."""
    text = (recipe.FILES / "portvagt.rpcd").read_text()
    return dict(re.findall(r"^\t(\w+): \{ method: '(\w+)'", text, flags=re.MULTILINE))


def test_the_plugin_asks_what_the_guard_answers() -> None:
    guard = SimpleNamespace(config=config.parse("", "test"), loop=None)
    answered = Doors(guard).methods["admin"]
    assert set(plugin_methods()) == {"status", "devices", "explain", "release", "exempt", "events"}
    assert set(plugin_methods().values()) <= set(answered)


def test_the_acl_names_each_method_once() -> None:
    acl = json.loads((recipe.FILES / "portvagt.acl.json").read_text())
    named = acl["portvagt"]["read"]["ubus"]["portvagt"] + acl["portvagt-admin"]["write"]["ubus"]["portvagt"]
    assert sorted(named) == sorted(plugin_methods())
