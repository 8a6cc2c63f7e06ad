import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.warn import escape


@pytest.mark.parametrize("code", [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0, 0x1B, 0x85, 0x9F, 0xD800, 0xE0041])
def test_what_reorders_or_hides_is_removed(code):
    assert escape.visible("a" + chr(code) + "b") == "ab"


@pytest.mark.parametrize("name", ["Mette’s iPhone", "køkken-pc", "пк-анны", "电脑", "حاسوب"])
def test_names_of_people_stay(name):
    assert escape.visible(name) == name


@given(st.text(alphabet=st.characters(codec=None)))
def test_nothing_invisible_is_left_and_it_can_be_sent(text):
    left = escape.visible(text)
    left.encode()
    assert len(left) <= 40
    assert not {unicodedata.category(letter) for letter in left} & {"Cc", "Cs", "Zl", "Zp"}
    assert not {unicodedata.bidirectional(letter) for letter in left} & {
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
    }


@given(st.text())
def test_html_has_no_markup_left(text):
    escaped = escape.html(text)
    assert not set('<>"') & set(escaped)
    assert "'" not in escaped


def test_html_can_be_read_back():
    assert escape.html("<a href='x'>&\"") == "&lt;a href=&#39;x&#39;&gt;&amp;&quot;"
