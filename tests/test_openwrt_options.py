"""The package's files of today's options: they are written from the agent's table, and kept in the repository."""

import re

import pytest

from builder import generated, uci
from builder.descriptions import DESCRIPTIONS
from portvagt import config

KEYS = [(section, name, key) for section, keys in config.KEYS.items() for name, key in keys.items()]


def accepts(key: config.Key, text: str) -> bool:
    try:
        key.read(text)
    except ValueError:
        return False
    return True


def test_files_are_up_to_date() -> None:
    assert generated.stale() == [], "type: ./dev package --write"


def test_the_agent_understands_the_default_file() -> None:
    parsed = config.parse(uci.default_config(), "portvagt")
    assert (parsed.main.policy, parsed.main.lan, parsed.report.enabled) == ("stop", ["br-lan"], False)


def test_the_lines_that_are_remarks_tell_the_defaults() -> None:
    text = re.sub(r"^\t#(option|list) (\w+ '.+')$", r"\t\1 \2", uci.default_config(), flags=re.MULTILINE)
    shown, known = config.parse(text, "portvagt"), config.parse("", "portvagt")
    for section, name, _ in KEYS:
        assert getattr(getattr(shown, section), name) == getattr(getattr(known, section), name)


@pytest.mark.parametrize(("section", "name", "key"), KEYS)
def test_every_option_is_in_the_file_with_its_description(section: str, name: str, key: config.Key) -> None:
    part = uci.default_config().partition(f"config {section} ")[2].partition("\nconfig ")[0]
    assert re.search(rf"\t# {re.escape(DESCRIPTIONS[section][name])}\n\t#?(option|list) {name} ", part)


@pytest.mark.parametrize(("section", "name", "key"), KEYS)
def test_bounds_are_the_agents(section: str, name: str, key: config.Key) -> None:
    kind = uci.datatype(key.read)
    bounds = re.fullmatch(r"range\((\d+),(\d+)\)", kind)
    if bounds:
        least, most = int(bounds[1]), int(bounds[2])
        assert accepts(key, str(least)) and accepts(key, str(most))
        assert not accepts(key, str(least - 1)) and not accepts(key, str(most + 1))
    elif kind.startswith('or("'):
        assert all(accepts(key, choice) for choice in re.findall(r'"(\w+)"', kind))
        assert not accepts(key, "neither")
    else:
        known = {"bool", "string", "ipaddr", "macaddr", "hostname", 'or(bool,"enabled","disabled")'}
        assert kind in known or re.fullmatch(r"maxlength\(\d+\)", kind)


@pytest.mark.parametrize("word", ["1", "on", "true", "yes", "enabled", "0", "off", "false", "no", "disabled"])
def test_every_word_for_yes_and_no_passes(word: str) -> None:
    """validate_data(8) has eight of them under `bool`, and the agent two more."""
    kind = uci.datatype(config.KEYS["main"]["enabled"].read)
    eight = {"0", "off", "false", "no", "1", "on", "true", "yes"}
    assert accepts(config.KEYS["main"]["enabled"], word)
    assert word in eight or f'"{word}"' in kind
