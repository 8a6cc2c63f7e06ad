"""Pictures as inline SVG, drawn by the server. Colours are the style sheet's, by class; two widths, for phone and desk."""

import datetime
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from portvagt_isp.desk import words
from portvagt_isp.desk.cases import STATE_AFTER, SUBSCRIBERS_WORDS, Case, happened
from portvagt_isp.desk.trend import Day

WIDTHS = {"wide": 960, "narrow": 340}
LEFT, TOP, BOTTOM = 34, 12, 22
TREND_HEIGHT = 190
LANE = 34
LABEL = 84


def _pair(draw: Any, *arguments: Any) -> SafeString:
    """The same picture for a desk and for a phone; the style sheet shows one of them."""
    return format_html_join("", "{}", ((draw(name, width, *arguments),) for name, width in WIDTHS.items()))


def _svg(name: str, width: int, height: int, label: str, inside: SafeString) -> SafeString:
    return format_html(
        '<svg class="plot {}" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        name, width, height, label, inside,
    )  # fmt: skip


def _rect(kind: str, x: float, y: float, width: float, height: float, title: str) -> SafeString:
    return format_html(
        '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="1.5"><title>{}</title></rect>',
        kind, _px(x), _px(y), _px(width), _px(height), title,
    )  # fmt: skip


def _px(value: float) -> str:
    return f"{value:.1f}"


def _text(kind: str, x: float, y: float, text: str) -> SafeString:
    return format_html('<text class="{}" x="{}" y="{}">{}</text>', kind, _px(x), _px(y), text)


def _line(kind: str, x1: float, y1: float, x2: float, y2: float) -> SafeString:
    return format_html('<line class="{}" x1="{}" y1="{}" x2="{}" y2="{}"/>', kind, _px(x1), _px(y1), _px(x2), _px(y2))


def _joined(parts: list[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))


def ceiling(highest: int) -> int:
    """The top of an axis: 4, or 1, 2 or 5 and zeros, at least the highest value."""
    top, power = 4, 1
    while top < highest:
        top = next((step * power for step in (5, 10, 20) if step * power >= highest), 20 * power)
        power *= 10
    return top


def trend(days: Sequence[Day]) -> SafeString:
    """Bars of 30 days: stopped, and on them observed; a dot for released."""
    return _pair(_trend, days)


def _trend(name: str, width: int, days: Sequence[Day]) -> SafeString:
    top = ceiling(max(max(day.stopped + day.observed, day.released) for day in days))
    scale = (TREND_HEIGHT - TOP - BOTTOM) / top
    floor = TREND_HEIGHT - BOTTOM
    step = (width - LEFT) / len(days)
    parts = [part for value in (0, top // 2, top) for part in _grid(value, floor - value * scale, width)]
    for number, day in enumerate(days):
        parts += _day(day, LEFT + number * step, step, floor, scale)
    every = 7 if name == "narrow" else 3
    for number, day in enumerate(days):
        if (len(days) - 1 - number) % every == 0:
            kind, x = ("end", width) if day is days[-1] else ("middle", LEFT + (number + 0.5) * step)
            parts.append(_text(f"axis {kind}", x, TREND_HEIGHT - 5, day.date.strftime("%m-%d")))
    stopped = sum(day.stopped for day in days)
    label = f"Devices a day in the last {len(days)} days: {stopped:,} stopped in all, {days[-1].stopped:,} today"
    return _svg(name, width, TREND_HEIGHT, label, _joined(parts))


def _grid(value: int, y: float, width: int) -> tuple[SafeString, SafeString]:
    return _line("grid", LEFT, y, width, y), _text("axis end", LEFT - 6, y + 4, f"{value:,}")


def _day(day: Day, x: float, step: float, floor: float, scale: float) -> list[SafeString]:
    title = f"{day.date}: {day.stopped} stopped, {day.observed} observed, {day.released} released"
    parts = []
    base = floor
    for kind, count in (("stopped", day.stopped), ("observed", day.observed)):
        if count:
            base -= count * scale
            parts.append(_rect(kind, x + step * 0.14, base, step * 0.72, count * scale, title))
    if day.released:
        y = floor - day.released * scale
        parts.append(
            format_html(
                '<circle class="released" cx="{}" cy="{}" r="3"><title>{}</title></circle>',
                _px(x + step / 2),
                _px(y),
                title,
            )  # fmt: skip
        )
    return parts


class Lane(NamedTuple):
    """A device and its cases."""

    device: str
    cases: list[Case]


def history(cases: Sequence[Case], start: float, now: float, zone: ZoneInfo) -> SafeString:
    """A lane for each device: when it was stopped, in the garden, observed or exempt, and what the subscriber said."""
    lanes: dict[str, list[Case]] = {}
    for case in cases:
        lanes.setdefault(case.device, []).append(case)
    return _pair(_history, [Lane(*lane) for lane in lanes.items()], start, now, zone)


def _history(name: str, width: int, lanes: list[Lane], start: float, now: float, zone: ZoneInfo) -> SafeString:
    height = LANE * len(lanes) + BOTTOM
    scale = (width - LABEL - 4) / (now - start)

    def at(when: float) -> float:
        return LABEL + (min(max(when, start), now) - start) * scale

    parts = []
    days = 10 if name == "narrow" else 5
    for back in range(0, int((now - start) / 86400) + 1, days):
        when = now - back * 86400
        date = datetime.datetime.fromtimestamp(when, zone)
        parts.append(_line("grid", at(when), 0, at(when), height - BOTTOM))
        parts.append(_text("axis end" if not back else "axis middle", at(when), height - 5, date.strftime("%m-%d")))
    for number, lane in enumerate(lanes):
        y = number * LANE
        parts.append(_text("axis name", 0, y + LANE / 2 + 4, lane.device[:8]))
        for case in lane.cases:
            parts += _spans(case, at, y, now)
    label = f"{words.plural(len(lanes), 'device')} in the last {round((now - start) / 86400)} days, a lane each"
    return _svg(name, width, height, label, _joined(parts))


def _spans(case: Case, at: Any, y: float, now: float) -> list[SafeString]:
    """What the case's device was in, one after the other."""
    parts = []
    moves = [event for event in case.events if event["action"] in STATE_AFTER]
    for event, following in zip(moves, [*moves[1:], None], strict=False):
        state = STATE_AFTER[event["action"]]
        if state in ("released", "forgotten", "ended"):
            continue
        begin, end = at(happened(event)), at(happened(following) if following else now)
        parts.append(_rect(state, begin, y + 8, max(end - begin, 3), LANE - 16, words.STATES[state]))
    for event in case.events:
        if event["action"] in SUBSCRIBERS_WORDS:
            parts.append(
                format_html(
                    '<circle class="word" cx="{}" cy="{}" r="4"><title>{}</title></circle>',
                    _px(at(happened(event))),
                    _px(y + LANE / 2),
                    words.SAID[event["action"]],
                )  # fmt: skip
            )
    return parts


def yardstick(facts: dict[str, Any] | None) -> SafeString | None:
    """Two bars: the new networks of this device, and those of a person's device in a day; None without evidence."""
    try:
        found, usual = int(facts["networks"]), int(facts["usual_per_day"])  # type: ignore[index]
    except (TypeError, KeyError, ValueError):
        return None
    return _pair(_yardstick, found, usual)


def _yardstick(name: str, width: int, found: int, usual: int) -> SafeString:
    width = min(width, 520)
    longest = max(found, usual, 1)
    parts = []
    for number, (kind, count, text) in enumerate(
        (("stopped", found, "this device"), ("usual", usual, "a person's device in a whole day, at most"))
    ):
        y = number * 46
        parts.append(_text("axis name", 0, y + 14, f"{count:,} new networks: {text}"))
        parts.append(_rect(kind, 0, y + 20, max(2.0, width * count / longest), 16, text))
    label = f"{found:,} new networks; a person's device contacts at most {usual:,} in a whole day"
    return _svg(name, width, 90, label, _joined(parts))
