"""Pieces of SVG. Colours are the style sheet's, by class, because our policy allows no style in a page.

Each picture is drawn twice, for a phone and for a desk: one that shrinks has letters that nobody can read.
"""

from collections.abc import Callable, Iterable

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTHS = {"wide": 960, "narrow": 340}


def pair(draw: Callable[[str, int], SafeString]) -> SafeString:
    """What `draw(name, width)` makes for each width; the style sheet shows one of them."""
    return joined(draw(name, width) for name, width in WIDTHS.items())


def joined(parts: Iterable[SafeString]) -> SafeString:
    """One after the other."""
    return format_html_join("", "{}", ((part,) for part in parts))


def picture(name: str, width: int, height: int, label: str, parts: Iterable[SafeString]) -> SafeString:
    """A whole picture; `label` says in words what is to be seen."""
    return format_html(
        '<svg class="plot {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        *(name, width, height, label, joined(parts)),
    )


def bar(kind: str, x: float, y: float, width: float, height: float, title: str) -> SafeString:
    """A filled rectangle; `title` is shown when the pointer is on it."""
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        *(kind, *map(_pixels, (x, y, width, height)), title),
    )


def dot(kind: str, x: float, y: float, radius: int, title: str) -> SafeString:
    """A circle."""
    return format_html(
        '<circle class="{}" cx="{}" cy="{}" r="{}"><title>{}</title></circle>',
        *(kind, _pixels(x), _pixels(y), radius, title),
    )


def text(kind: str, x: float, y: float, words: str) -> SafeString:
    """A line of text; of kind `end` it ends at x, of kind `middle` its middle is there."""
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, _pixels(x), _pixels(y), words)


def line(kind: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    """A straight line."""
    ends = map(_pixels, (x1, y1, x2, y2))
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, *ends)


def _pixels(value: float) -> str:
    return f"{value:.1f}"
