"""Text that a device chose for itself (its host name) made harmless to show in a page."""

# Invisible, or changing the order of what follows: Unicode's Cc, Cf, Zl, Zp, Cs and noncharacters.
_INERT_RANGES = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),
    (0x61C, 0x61C),
    (0x180E, 0x180E),
    (0x200B, 0x200F),
    (0x2028, 0x202E),
    (0x2060, 0x206F),
    (0xD800, 0xDFFF),
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFF),
    (0xE0000, 0xE007F),
)
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}


def visible(text: str, longest: int = 40) -> str:
    """At most `longest` characters of `text`, without those that are invisible or that reorder others."""
    return "".join([letter for letter in text if not _is_inert(ord(letter))]).strip()[:longest]


def _is_inert(code: int) -> bool:
    return any(first <= code <= last for first, last in _INERT_RANGES)


def html(text: str) -> str:
    """`text` as it is written inside an element or a quoted attribute."""
    return "".join([_ENTITIES.get(letter, letter) for letter in text])
