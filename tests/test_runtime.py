import io

from hypothesis import given
from hypothesis import strategies as st

from portvagt import runtime


@given(st.text("aæ", min_size=1, max_size=9), st.integers(0, 5000), st.integers(1, 9000))
def test_a_file_is_read_in_parts_up_to_a_limit(line, lines, count):
    text = line * lines
    assert runtime.read_at_most(io.StringIO(text), count) == text[:count]
    data = text.encode()
    assert runtime.read_at_most(io.BytesIO(data), count) == data[:count]


def test_no_more_is_asked_for_than_is_wanted():
    asked = []

    class File:
        def read(self, count):
            asked.append(count)
            return b"x" * count

    assert runtime.read_at_most(File(), 10000) == b"x" * 10000
    assert sum(asked) == 10000 and max(asked) <= 2048
