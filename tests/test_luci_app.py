"""The LuCI app without LuCI: its texts, their translations, what it asks for and what it may, its table of options."""

import json
import re

import pytest

from builder import lmo, luci, po, recipe
from builder.descriptions import DESCRIPTIONS
from portvagt import config

POS = sorted(luci.APP.glob("po/*/*.po"))
TEMPLATE = po.parse(po.template())
VIEWS = sorted(luci.APP.glob("htdocs/**/*.js"))
ACL = json.loads((luci.APP / "root/usr/share/rpcd/acl.d/luci-app-portvagt.json").read_text())["luci-app-portvagt"]
PLACES = re.compile(r"%[sd]")
# of Paul Hsieh's function as LuCI's own code computes it
HASHES = {
    "a": 0x115EA782,
    "ab": 0x516B8B44,
    "abc": 0xD2BE198A,
    "abcd": 0xDAD8B8DB,
    "å": 0x027D1EBF,
    "xå": 0x954FCCDA,
    "ææø": 0x05A023E1,
    "Dansk æøå": 0xA3570F0F,
    "Mail stopped, web leads to the page": 0x2EBA6BC6,
}


@pytest.mark.parametrize("text", HASHES)
def test_hash(text: str) -> None:
    assert lmo.hash_of(text.encode()) == HASHES[text]


def test_nothing_has_no_hash() -> None:
    assert lmo.hash_of(b"") == 0


def test_a_catalogue_is_read_as_it_was_written() -> None:
    messages = po.parse(
        'msgid ""\nmsgstr ""\n"Language: da\\n"\n"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
        '#: somewhere\nmsgid "Device"\nmsgstr "Enhed"\n\nmsgid "%d day"\nmsgid_plural "%d days"\n'
        'msgstr[0] "%d dag"\nmsgstr[1] "%d dage"\n\nmsgid "Broker"\nmsgstr "Broker"\n\nmsgid "a \\"b\\""\nmsgstr "c"\n'
    )
    built = lmo.build(messages)
    assert lmo.read(built) == {
        0: "nplurals=2; plural=(n != 1);",
        lmo.hash_of(b"Device"): "Enhed",
        lmo.hash_of(b"%d day\x020"): "%d dag",
        lmo.hash_of(b"%d day\x021"): "%d dage",
        lmo.hash_of(b'a "b"'): "c",
    }
    place = int.from_bytes(built[-4:], "big")
    index = [built[at : at + 4] for at in range(place, len(built) - 4, 16)]
    assert place % 4 == 0 and index == sorted(index)


def test_a_line_that_is_no_po_is_named() -> None:
    with pytest.raises(ValueError, match="line 2"):
        po.parse('msgid "a"\nmsgstr b')


@pytest.mark.parametrize("path", POS, ids=lambda path: path.parent.name)
def test_every_text_is_translated_once(path) -> None:
    translated = po.parse(path.read_text())
    assert sorted(message[:2] for message in translated) == sorted(message[:2] for message in TEMPLATE)
    for message in translated:
        assert len(message.translations) == (2 if message.plural else 1), message


@pytest.mark.parametrize("path", POS, ids=lambda path: path.parent.name)
def test_a_translation_has_the_same_places_to_fill(path) -> None:
    for message in po.parse(path.read_text())[1:]:
        for text in message.translations:
            assert PLACES.findall(text) == PLACES.findall(message.text), message


def test_the_template_names_every_text_of_the_views() -> None:
    """Whoever marks a text in a way that the template does not see would never have it translated."""
    marked = sum(len(re.findall(r"\bN?_\(", path.read_text())) for path in VIEWS)
    seen = sum(len(list(po._asked(path))) for path in VIEWS)
    assert seen == marked


def test_every_language_has_a_package() -> None:
    assert {path.parent.name for path in POS} == set(recipe.LUCI_LANGUAGES)


def test_the_app_asks_only_for_what_its_acl_allows_and_the_plugins_have() -> None:
    text = (luci.APP / "htdocs/luci-static/resources/view/portvagt/overview.js").read_text()
    asked = set(re.findall(r"declare\('([\w.]+)', '(\w+)'", text))
    allowed = {
        (name, method)
        for kind in ("read", "write")
        for name, methods in ACL[kind]["ubus"].items()
        for method in methods
    }
    assert asked == allowed
    plugin = (recipe.FILES / "portvagt.rpcd").read_text()
    assert all(f"\t{method}: {{ method: " in plugin for name, method in asked if name == "portvagt")
    own = (luci.APP / "root/usr/share/rpcd/ucode/luci.portvagt").read_text()
    assert all(f"\t\t{method}: {{" in own for name, method in asked if name == "luci.portvagt")


def test_the_acl_tells_reading_from_writing() -> None:
    assert ACL["write"]["ubus"] == {"portvagt": ["release", "exempt"]}
    assert not set(ACL["read"]["ubus"]["portvagt"]) & {"release", "exempt", "stop", "garden"}


def test_every_option_has_a_title_and_every_choice_a_word() -> None:
    assert {section: list(keys) for section, keys in config.KEYS.items()} == {
        section: list(titles) for section, titles in luci.TITLES.items()
    }
    for section, titles in luci.TITLES.items():
        assert len(set(titles.values())) == len(titles), section
    chosen = {
        name: luci.reader(key.read).bound["names"]
        for keys in config.KEYS.values()
        for name, key in keys.items()
        if luci.reader(key.read).name == "_choice"
    }
    for name, words in luci.CHOICES.items():
        assert tuple(words) == chosen[name]
    assert set(chosen) == {*luci.CHOICES, "language"}


def test_help_is_no_markup() -> None:
    """LuCI puts an option's description into the page as HTML."""
    for section in DESCRIPTIONS.values():
        for text in section.values():
            assert not set(text) & set("<>&")


def test_the_states_and_events_have_words() -> None:
    from portvagt.judge import case as life
    from portvagt.report import events

    text = (luci.APP / "htdocs/luci-static/resources/portvagt/words.js").read_text()
    tables = dict(re.findall(r"^const (\w+) = \{\n(.*?)^\};", text, flags=re.MULTILINE | re.DOTALL))
    keys = {name: set(re.findall(r"^\t(\w+): ", body, flags=re.MULTILINE)) for name, body in tables.items()}
    states = {life.CLEAR, life.SUSPECTED, life.OBSERVED, life.STOPPED, life.GARDEN, life.RELEASED, life.EXEMPT}
    assert keys["STATES"] == states == keys["MEANINGS"] | {life.CLEAR}
    assert keys["ACTIONS"] == set(events.ACTIONS)
    assert keys["POLICIES"] == set(luci.CHOICES["policy"])
