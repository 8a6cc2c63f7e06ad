"""Translations of the LuCI app: what its files ask for (gettext's .pot), and what a language has (.po)."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from builder.luci import APP

TEMPLATE = APP / "po" / "templates" / "portvagt.pot"

_TEXT = r"'((?:[^'\\]|\\.)*)'"
_ONE = re.compile(rf"\b_\({_TEXT}")
_MANY = re.compile(rf"\bN_\([^']*?, {_TEXT}, {_TEXT}\)")
_SHOWN_BY_LUCI = ("title", "description")  # of menu.d and acl.d

_HEAD = """\
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8"
"""


class Message(NamedTuple):
    """`plural` is "" where there is one form; `translations` has one text a form, none in a template."""

    text: str
    plural: str = ""
    translations: tuple[str, ...] = ()


def template() -> str:
    """The text of portvagt.pot."""
    found: dict[Message, list[str]] = {}
    for path in _files():
        for message in _asked(path):
            found.setdefault(message, []).append(path.relative_to(APP).as_posix())
    return _HEAD + "".join(_entry(message, sorted(set(places))) for message, places in found.items())


def _files() -> list[Path]:
    return sorted((*APP.glob("htdocs/**/*.js"), *APP.glob("root/**/*.json")))


def _asked(path: Path) -> Iterator[Message]:
    content = path.read_text()
    if path.suffix == ".json":
        for entry in json.loads(content).values():
            yield from (Message(entry[name]) for name in _SHOWN_BY_LUCI if name in entry)
        return
    found = [(match.start(), Message(_unquoted(match[1]))) for match in _ONE.finditer(content)]
    found += [(match.start(), Message(_unquoted(match[1]), _unquoted(match[2]))) for match in _MANY.finditer(content)]
    yield from (message for _, message in sorted(found))


def _unquoted(text: str) -> str:
    return text.replace("\\'", "'").replace("\\\\", "\\")


def _entry(message: Message, places: list[str]) -> str:
    lines = ["", *(f"#: {place}" for place in places), f"msgid {_quoted(message.text)}"]
    if message.plural:
        return "\n".join([*lines, f"msgid_plural {_quoted(message.plural)}", 'msgstr[0] ""', 'msgstr[1] ""', ""])
    return "\n".join([*lines, 'msgstr ""', ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def parse(content: str) -> list[Message]:
    """The messages of a .po or .pot file; the first, with an empty text, is the head. Raises ValueError."""
    found: list[dict[str, str]] = []
    word = ""
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        match = re.fullmatch(r'(?:(msgid|msgid_plural|msgstr(?:\[\d\])?) )?"((?:[^"\\]|\\.)*)"', line.strip())
        if match is None:
            raise ValueError(f"line {number}: {line}")
        word = match[1] or word
        if match[1] == "msgid":
            found.append({})
        found[-1][word] = found[-1].get(word, "") + re.sub(r'\\(["\\])', r"\1", match[2])
    return [_message(each) for each in found]


def _message(words: dict[str, str]) -> Message:
    translations = tuple(text for name, text in words.items() if name.startswith("msgstr") and text)
    return Message(words["msgid"], words.get("msgid_plural", ""), translations)
