"""Contrast between colours, as WCAG 2.2 defines it. A colour is text: #rrggbb."""

NEEDED = 4.5  # WCAG 2.2, 1.4.3: text of normal size
_COMFORTABLE = 7.0  # 1.4.6; for the tint that we choose ourselves


def _channels(colour: str) -> "list[int]":
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _luminance(colour: str) -> float:
    linear = []
    for value in _channels(colour):
        part = value / 255
        linear.append(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """From 1 (the same) to 21 (black and white)."""
    dark, light = sorted([_luminance(first), _luminance(second)])
    return (light + 0.05) / (dark + 0.05)


def tint(colour: str, back: str) -> str:
    """The first mixture of the colour with white that is comfortable to read on a dark `back`."""
    for share in range(20):
        mixed = "#" + "".join(["{:02x}".format(each + (255 - each) * share // 20) for each in _channels(colour)])
        if contrast(mixed, back) >= _COMFORTABLE:
            return mixed
    return "#ffffff"
