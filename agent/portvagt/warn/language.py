"""Which of our languages a browser's Accept-Language asks for, and the texts of a language."""

import os
import sys

from portvagt.warn import texts as _package
from portvagt.warn.quality import thousandths

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_WRITTEN = ("da", "en", "de", "sv", "nb", "fi", "pl", "tr", "ar", "uk", "fr", "es")
_ALWAYS = "en"


def _installed() -> "tuple[str, ...]":
    """Those whose file is there: a router with little flash has Danish and English only."""
    path = _package.__path__  # a text on MicroPython, a list on CPython
    try:
        names = os.listdir(path if isinstance(path, str) else path[0])
    except OSError:  # compiled into one program: all of them
        return _WRITTEN
    there = [name.split(".")[0] for name in names]
    return tuple([each for each in _WRITTEN if each in there]) or _WRITTEN


LANGUAGES = _installed()
NAMES = {
    "da": "Dansk",
    "en": "English",
    "de": "Deutsch",
    "sv": "Svenska",
    "nb": "Norsk",
    "fi": "Suomi",
    "pl": "Polski",
    "tr": "Türkçe",
    "ar": "العربية",
    "uk": "Українська",
    "fr": "Français",
    "es": "Español",
}
# Norwegian browsers name the macrolanguage and Nynorsk too; who reads either reads Bokmål.
_ALIASES = {"no": "nb", "nn": "nb"}
RIGHT_TO_LEFT = ("ar", "fa", "he", "ur")
_RANGES_MAX = 32
_PACKAGE = "portvagt.warn.texts."


def negotiate(header: str, default: str) -> str:
    """The language that Accept-Language `header` likes best (RFC 9110, 12.5.4); `default` if it likes none of ours.

    English where `default` is not installed.
    """
    qualities = _qualities(header)
    others = qualities.get("*", (0, 0))
    default = default if default in LANGUAGES else _ALWAYS
    best, best_rank = default, (0, 0)
    for language in (default,) + LANGUAGES:
        rank = qualities.get(language, others)
        if rank[0] and rank > best_rank:
            best, best_rank = language, rank
    return best


def _qualities(header: str) -> "dict[str, tuple[int, int]]":
    """Primary subtag → (quality in thousandths, a number that is higher the earlier it is named).

    A range with a region (da-DK) names its language here: a text in `da` is what such a reader wants.
    """
    qualities: "dict[str, tuple[int, int]]" = {}
    for place, part in enumerate(header.lower().split(",")[:_RANGES_MAX]):
        name, _, parameters = part.partition(";")
        quality = thousandths(parameters)
        primary = name.strip().split("-")[0]
        primary = _ALIASES.get(primary, primary)
        if quality is not None and primary:
            qualities[primary] = max(qualities.get(primary, (0, 0)), (quality, _RANGES_MAX - place))
    return qualities


def texts(language: str) -> "Any":
    """The module with the texts of one of LANGUAGES. Only the last one that was asked for stays in memory."""
    for other in LANGUAGES:
        if other != language and sys.modules.pop(_PACKAGE + other, None) is not None:
            delattr(sys.modules[_PACKAGE[:-1]], other)
    return __import__(_PACKAGE + language, None, None, ("TEXT",))
