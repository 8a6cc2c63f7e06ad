"""How many devices were stopped, observed and released, day by day."""

import datetime
import itertools
from typing import NamedTuple
from zoneinfo import ZoneInfo

from portvagt_isp.desk.reading import Connection

DAYS = 30


class Day(NamedTuple):
    """What routers reported of one day, by the desk's clock and time zone."""

    date: datetime.date
    stopped: int
    observed: int
    released: int


def midnight(now: float, zone: ZoneInfo, days_ago: int = 0) -> float:
    """When a day began, seconds of the epoch."""
    date = datetime.datetime.fromtimestamp(now, zone).date() - datetime.timedelta(days=days_ago)
    return datetime.datetime.combine(date, datetime.time(), zone).timestamp()


def last_days(connection: Connection, now: float, zone: ZoneInfo) -> list[Day]:
    """The last 30 days, today last."""
    edges = [midnight(now, zone, days_ago) for days_ago in range(DAYS - 1, -2, -1)]
    return [_day(connection, start, end, zone) for start, end in itertools.pairwise(edges)]


def _day(connection: Connection, start: float, end: float, zone: ZoneInfo) -> Day:
    row = connection.execute(
        "SELECT total(action = 'stopped') AS stopped, total(action = 'observed') AS observed, "
        "total(action = 'released') AS released FROM events WHERE received >= ? AND received < ?",
        (start, end),
    ).fetchone()
    date = datetime.datetime.fromtimestamp(start, zone).date()
    return Day(date, int(row["stopped"]), int(row["observed"]), int(row["released"]))


def events_since(connection: Connection, start: float) -> int:
    """Events that came since then."""
    return int(connection.execute("SELECT count(*) FROM events WHERE received >= ?", (start,)).fetchone()[0])
