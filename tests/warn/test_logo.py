import base64
import os
import zlib

import pytest
from tests.warn.cases import SETTINGS, document
from tests.warn.test_pages import Structure

from portvagt.warn import logo

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'
SVG = f'<?xml version="1.0"?>\n<!-- <script> -->\n<svg {XMLNS} viewBox="0 0 9 9">\n<g><path d="M0 0h9"/></g>\n</svg>\n'


def png(noise):
    """A PNG of so many bytes that can't be compressed."""

    def chunk(kind, data):
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = chunk(b"IHDR", bytes([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"tEXt", os.urandom(noise)) + chunk(b"IEND", b"")


def load(tmp_path, content):
    path = tmp_path / "logo"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return logo.load(str(path))


@pytest.mark.parametrize(("content", "kind"), [(png(10), "png"), (SVG.encode(), "svg+xml")])
def test_a_picture_is_put_into_the_page_itself(tmp_path, content, kind):
    start, _, data = load(tmp_path, content).partition(",")
    assert start == f"data:image/{kind};base64"
    assert base64.b64decode(data) == content


def test_without_a_path_there_is_none():
    assert logo.load("") == ""


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"", "no well-formed SVG"),
        (b"\xff\xd8\xff\xe0", "neither a PNG nor an SVG"),
        (png(10)[:-1], "neither a PNG nor an SVG"),
        (png(6144), "larger than 6144 bytes"),
        ("<html></html>", "no well-formed SVG"),
        ("<svg><g/></svg>", "no well-formed SVG"),
        (f"<svg {XMLNS}><script>alert(1)</script></svg>", "more in it than a picture: <script"),
        (f"<svg {XMLNS}><SCRIPT/></svg>", "more in it than a picture: <SCRIPT"),
        (f'<svg {XMLNS} onload="alert(1)"></svg>', "more in it than a picture"),
        (f'<svg {XMLNS}><a\nonclick="x"></a></svg>', "more in it than a picture"),
        (f'<svg {XMLNS}><a href="javascript:x"/></svg>', "more in it than a picture"),
        (f"<svg {XMLNS}><foreignObject/></svg>", "more in it than a picture"),
        (f'<!DOCTYPE svg [<!ENTITY a "b">]><svg {XMLNS}></svg>', "more in it than a picture: <!DOCTYPE"),
        (f"<svg {XMLNS}><g></svg>", "no well-formed SVG"),
        (f"<svg {XMLNS}><g></g>", "no well-formed SVG"),
        (f"<svg {XMLNS}></svg><g/>", "no well-formed SVG"),
        (f"<svg {XMLNS}><g", "no well-formed SVG"),
    ],
)
def test_what_is_no_picture_is_refused_with_a_reason(tmp_path, content, problem):
    with pytest.raises(logo.BadLogo, match=problem.replace("<", ".").replace("[", ".")):
        load(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(logo.BadLogo, match="can't be read"):
        logo.load(str(tmp_path / "none"))


def test_the_logo_is_on_the_page(tmp_path):
    settings = SETTINGS._replace(logo=load(tmp_path, png(6000)))
    page = document(settings=settings)
    assert Structure(page).named("img") == [{"src": settings.logo, "alt": "Example Net"}]
