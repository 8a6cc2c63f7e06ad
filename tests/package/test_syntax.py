"""LuCI's views and rpcd's plugins are read by a parser that isn't a browser's.

ucode is not to be had for a developer's machine; what our plugins use of it is spelled as JavaScript is.
"""

from pathlib import Path

import pytest
import tree_sitter_javascript
from tree_sitter import Language, Parser

from builder import luci, recipe

JAVASCRIPT = Parser(Language(tree_sitter_javascript.language()))
UCODE = [recipe.FILES / "portvagt.rpcd", *(luci.APP / "root" / "usr" / "share" / "rpcd" / "ucode").iterdir()]
VIEWS = luci.APP.glob("htdocs/**/*.js")


def faults(source: bytes) -> list[str]:
    """The lines where the parser lost its way."""
    found, waiting = [], [JAVASCRIPT.parse(source).root_node]
    while waiting:
        node = waiting.pop()
        if node.is_error or node.is_missing:
            found.append(f"line {node.start_point.row + 1}: {node.text!r}")
        elif node.has_error:
            waiting.extend(node.children)
    return found


@pytest.mark.parametrize("path", sorted([*UCODE, *VIEWS]), ids=lambda path: path.name)
def test_the_parser_finds_no_fault(path: Path) -> None:
    assert faults(path.read_bytes()) == []


@pytest.mark.parametrize("fault", ["let found = {;", "if (x) {", "call('a' 'b');"])
def test_it_would_find_one(fault: str) -> None:
    assert faults(f"let x = 1;\n{fault}\n".encode())
