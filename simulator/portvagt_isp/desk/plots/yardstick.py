"""Two bars: the new networks of this device, and those of a person's device in a whole day."""

from typing import Any

from django.utils.safestring import SafeString

from portvagt_isp.desk.plots import svg

WIDEST = 520
ROW, BAR = 46, 16
USUAL = "a person’s device a day, at most"


def drawn(facts: dict[str, Any] | None) -> SafeString | None:
    """The picture; None without evidence."""
    try:
        found, usual = int(facts["networks"]), int(facts["usual_per_day"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None
    return svg.pair(lambda name, width: _drawn(name, min(width, WIDEST), found, usual))


def _drawn(name: str, width: int, found: int, usual: int) -> SafeString:
    rows = (("stopped", found, "this device"), ("usual", usual, USUAL))
    longest = max(found, usual, 1)
    parts = []
    for number, (kind, count, what) in enumerate(rows):
        y = number * ROW
        parts.append(svg.text("name", 0, y + 14, f"{count:,} new networks: {what}"))
        parts.append(svg.bar(kind, 0, y + 20, max(2.0, width * count / longest), BAR, what))
    label = f"{found:,} new networks; {USUAL} {usual:,}"
    return svg.picture(name, width, 2 * ROW, label, parts)
