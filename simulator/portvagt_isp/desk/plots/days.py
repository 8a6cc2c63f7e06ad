"""The trend: a bar a day of what was stopped, and above it what was seen only; a dot for what was released."""

from collections.abc import Iterator, Sequence

from django.utils.safestring import SafeString

from portvagt_isp.desk.plots import svg
from portvagt_isp.desk.trend import Day

LEFT, TOP, BOTTOM = 34, 12, 22
HEIGHT = 190
FLOOR = HEIGHT - BOTTOM
DATE_EVERY = {"wide": 3, "narrow": 7}  # days
SMALLEST_TOP = 4


def drawn(days: Sequence[Day]) -> SafeString:
    """The picture of these days, today last."""
    return svg.pair(lambda name, width: _drawn(name, width, days))


def ceiling(highest: int) -> int:
    """The top of an axis: 4, or 5, 10 or 20 and zeros, at least the highest value."""
    top, power = SMALLEST_TOP, 1
    while top < highest:
        top = next((step * power for step in (5, 10, 20) if step * power >= highest), 20 * power)
        power *= 10
    return top


def _drawn(name: str, width: int, days: Sequence[Day]) -> SafeString:
    top = ceiling(max(max(day.stopped + day.observed, day.released) for day in days))
    scale = (FLOOR - TOP) / top
    step = (width - LEFT) / len(days)
    parts = list(_grid(top, scale, width))
    for number, day in enumerate(days):
        parts += _day(day, LEFT + number * step, step, scale)
    parts += _dates(days, step, width, DATE_EVERY[name])
    stopped = sum(day.stopped for day in days)
    label = f"Devices a day in the last {len(days)} days: {stopped:,} stopped in all, {days[-1].stopped:,} today"
    return svg.picture(name, width, HEIGHT, label, parts)


def _grid(top: int, scale: float, width: int) -> Iterator[SafeString]:
    for value in (0, top // 2, top):
        y = FLOOR - value * scale
        yield svg.line("grid", LEFT, y, width, y)
        yield svg.text("end", LEFT - 6, y + 4, f"{value:,}")


def _day(day: Day, x: float, step: float, scale: float) -> Iterator[SafeString]:
    title = f"{day.date}: {day.stopped} stopped, {day.observed} observed, {day.released} released"
    y: float = FLOOR
    for kind, count in (("stopped", day.stopped), ("observed", day.observed)):
        if count:
            y -= count * scale
            yield svg.bar(kind, x + step * 0.14, y, step * 0.72, count * scale, title)
    if day.released:
        yield svg.dot("released", x + step / 2, FLOOR - day.released * scale, 3, title)


def _dates(days: Sequence[Day], step: float, width: int, every: int) -> Iterator[SafeString]:
    for back in range(0, len(days), every):
        day = days[-1 - back]
        kind, x = ("middle", width - (back + 0.5) * step) if back else ("end", width)
        yield svg.text(kind, x, HEIGHT - 5, day.date.strftime("%m-%d"))
