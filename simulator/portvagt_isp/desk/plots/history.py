"""A router's history: a lane for each device, with what it was in, and when the subscriber said something."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString

from portvagt_isp.desk import words
from portvagt_isp.desk.cases import STATE_AFTER, SUBSCRIBERS_WORDS, Case, happened
from portvagt_isp.desk.plots import svg

LANE, BOTTOM, LABEL, RIGHT = 34, 22, 84, 4
GAP = 8  # above and below a bar
DAY_S = 86400
DATE_EVERY = {"wide": 5, "narrow": 10}  # days
SHOWN = ("stopped", "garden", "observed", "exempt")


class Span(NamedTuple):
    """What the picture shows, seconds of the epoch; `now` is at its right."""

    start: float
    now: float
    zone: ZoneInfo


def drawn(cases: Sequence[Case], span: Span) -> SafeString:
    """The picture; a device that has had several cases has one lane."""
    lanes: dict[str, list[Case]] = {}
    for case in cases:
        lanes.setdefault(case.device, []).append(case)
    return svg.pair(lambda name, width: _drawn(name, width, lanes, span))


def _drawn(name: str, width: int, lanes: dict[str, list[Case]], span: Span) -> SafeString:
    height = LANE * len(lanes) + BOTTOM
    scale = (width - LABEL - RIGHT) / (span.now - span.start)

    def at(when: float) -> float:
        return LABEL + (min(max(when, span.start), span.now) - span.start) * scale

    parts = list(_dates(span, height, DATE_EVERY[name], at))
    for number, (device, cases) in enumerate(lanes.items()):
        parts.append(svg.text("name", 0, number * LANE + LANE / 2 + 4, device[:8]))
        for case in cases:
            parts += _bars(case, span.now, number * LANE, at)
            parts += _dots(case, number * LANE, at)
    days = round((span.now - span.start) / DAY_S)
    label = f"{words.plural(len(lanes), 'device')} in the last {days} days, a lane each"
    return svg.picture(name, width, height, label, parts)


def _dates(span: Span, height: int, every: int, at: Callable[[float], float]) -> Iterator[SafeString]:
    for back in range(0, int((span.now - span.start) / DAY_S) + 1, every):
        when = span.now - back * DAY_S
        date = datetime.datetime.fromtimestamp(when, span.zone)
        yield svg.line("grid", at(when), 0, at(when), height - BOTTOM)
        yield svg.text("middle" if back else "end", at(when), height - 5, date.strftime("%m-%d"))


def _bars(case: Case, now: float, y: int, at: Callable[[float], float]) -> Iterator[SafeString]:
    moves = [event for event in case.events if event["action"] in STATE_AFTER]
    ends = [happened(event) for event in moves[1:]] + [now]
    for event, end in zip(moves, ends, strict=True):
        state = STATE_AFTER[event["action"]]
        if state in SHOWN:
            x = at(happened(event))
            yield svg.bar(state, x, y + GAP, max(at(end) - x, 3), LANE - 2 * GAP, words.STATES[state])


def _dots(case: Case, y: int, at: Callable[[float], float]) -> Iterator[SafeString]:
    for event in case.events:
        if event["action"] in SUBSCRIBERS_WORDS:
            yield svg.dot("word", at(happened(event)), y + LANE / 2, 4, words.SAID[event["action"]])
