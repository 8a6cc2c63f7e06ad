"""Checked with zlib, which others wrote."""

import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portvagt.warn import style
from portvagt.warn.deflate import deflated

FIBONACCI = [1, 1]
while sum(FIBONACCI) < 28_000:
    FIBONACCI.append(FIBONACCI[-1] + FIBONACCI[-2])
# how often each byte is there makes Huffman's tree as deep as it can be; in turns, so that little of it repeats
DEEP = bytes(
    value
    for turn in range(FIBONACCI[-1])
    for value, count in enumerate(FIBONACCI)
    if turn * count % FIBONACCI[-1] < count
)


def expanded(data):
    """What zlib makes of it, when an empty last block follows."""
    expander = zlib.decompressobj(-zlib.MAX_WBITS)
    text = expander.decompress(data + b"\x03\x00")
    assert expander.eof and not expander.unused_data
    return text


BYTES = st.one_of(
    st.binary(min_size=1, max_size=2000),
    st.lists(
        st.sampled_from([b"color:", b"margin:", b"a", b"}", b"\xff\x00", b"--deep"]), min_size=1, max_size=500
    ).map(b"".join),
    st.builds(lambda piece, count: piece * count, st.binary(min_size=1, max_size=5), st.integers(1, 6000)),
)


@given(BYTES)
@example(b"a")
@example(bytes(range(256)))
@example(b"a" * 32_767)
@example(DEEP)
def test_any_bytes_come_back(data):
    assert expanded(deflated(data)) == data


@given(BYTES, BYTES)
def test_blocks_can_be_put_together_in_any_order(one, other):
    assert expanded(deflated(other) + deflated(one)) == other + one


def test_a_tree_as_deep_as_it_can_be_is_no_deeper_than_the_format_allows():
    assert 28_000 < len(DEEP) < 32_768
    assert len(deflated(DEEP)) < len(DEEP) / 2


@pytest.mark.parametrize("accent", ["", "#1d4ed8"])
def test_the_style_sheet_is_within_a_quarter_of_what_zlib_makes_of_it(accent):
    css = style.sheet(accent).css.encode()
    assert len(deflated(css)) < 1.25 * len(zlib.compress(css, 9))
