import base64
import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warn.cases import GALLERY, SETTINGS, document

from portvagt.warn import style
from portvagt.warn.content_coding import Gzip, accepts_gzip
from portvagt.warn.language import LANGUAGES
from portvagt.warn.logo import SIZE_MAX

FIRST_FLIGHT = 14 * 1024  # RFC 6928: ten segments
HEADER = 600  # of an answer, bytes, at most
LARGEST_LOGO = "data:image/png;base64," + base64.b64encode(random.Random(1).randbytes(SIZE_MAX)).decode()


@pytest.mark.parametrize(
    ("header", "accepted"),
    [
        ("gzip", True),
        ("gzip, deflate", True),
        ("br;q=1.0, GZIP;q=0.8", True),
        ("deflate, x-gzip", True),
        ("*", True),
        ("gzip;q=0.001", True),
        ("gzip ; q=1", True),
        ("gzip;q=0.5, identity;q=0.5", True),
        ("identity;q=0, gzip;q=0.1", True),
        ("gzip, *;q=0", True),
        ("", False),
        ("deflate, br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.000, *", False),
        ("*;q=0", False),
        ("identity, gzip;q=0.5", False),
        ("gzip;q=x", False),
        ("gzip;q=2", False),
        ("gzipped", False),
        ("x," * 4000 + "gzip", False),
    ],
)
def test_gzip_is_sent_to_who_likes_it(header, accepted):
    assert accepts_gzip(header) == accepted


@given(st.text(max_size=80))
def test_any_header_can_be_read(header):
    assert accepts_gzip(header) in (True, False)


PARTS = ["a{color:red}" * 20, "", "é" * 100]


@given(st.lists(st.one_of(st.text(max_size=300), st.sampled_from(PARTS))).map("".join))
def test_any_body_comes_back_and_grows_never(text):
    body = text.encode()
    coded = Gzip(PARTS).encode(body)
    assert body in (coded, expanded(coded))
    assert len(coded) <= len(body)


def expanded(coded):
    return gzip.decompress(coded) if coded.startswith(b"\x1f\x8b") else b""


def test_a_body_may_be_longer_than_a_stored_block():
    body = (PARTS[0] + "x" * 70_000 + PARTS[2] + "y" * 131_070).encode()
    assert expanded(Gzip(PARTS).encode(body)) == body


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("logo", ["", LARGEST_LOGO])
def test_every_page_comes_in_the_first_flight(language, logo):
    settings = SETTINGS._replace(logo=logo, sheet=style.sheet("#1d4ed8"))
    coder = Gzip([settings.sheet.css, logo])
    for name in GALLERY:
        body = document(name, language, settings).encode()
        coded = coder.encode(body)
        assert expanded(coded) == body, name
        assert len(coded) + HEADER <= FIRST_FLIGHT, name
        assert len(coded) < 0.8 * len(body), name
