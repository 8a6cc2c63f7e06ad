"""Lists: events and their CSV, what the collector refused, what people did."""

import csv
import datetime
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone

from portvagt_isp.desk import cases, reading, words
from portvagt_isp.desk.models import Deed
from portvagt_isp.desk.orders import utc
from portvagt_isp.desk.views.paging import other_pages, start

PAGE = 100
PREVIEW_BYTES = 400
COLUMNS = (
    "id", "cpe_id", "received", "time", "type", "action", "incident", "device", "policy", "stops",
    "connections", "networks", "seconds", "unanswered", "ports",
)  # fmt: skip
TIMES = ("received", "time")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _wanted(request: HttpRequest) -> tuple[str, list[Any]]:
    """The WHERE of a filter; what can't be read as a date filters nothing."""
    parts, values = ["1"], []
    for name, column in (("router", "cpe_id"), ("action", "action")):
        if request.GET.get(name):
            parts.append(f"{column} = ?")
            values.append(request.GET[name].strip())
    for name, operator, days in (("since", ">=", 0), ("until", "<", 1)):
        edge = _edge(request.GET.get(name, ""), days)
        if edge is not None:
            parts.append(f"received {operator} ?")
            values.append(edge)
    return " AND ".join(parts), values


def _edge(text: str, days: int) -> float | None:
    try:
        date = datetime.date.fromisoformat(text.strip()) + datetime.timedelta(days=days)
        return float(timezone.make_aware(datetime.datetime.combine(date, datetime.time())).timestamp())
    except (ValueError, OverflowError):
        return None


def index(request: HttpRequest) -> HttpResponse:
    """Events, the last one first."""
    where, values = _wanted(request)
    first = start(request)
    with reading.opened() as connection:
        rows = connection.execute(
            f"SELECT * FROM events WHERE {where} ORDER BY received DESC LIMIT ? OFFSET ?", (*values, PAGE + 1, first)
        ).fetchall()
    context = {
        "events": [(row, cases.happened(row), cases.evidence_of(row)) for row in rows[:PAGE]],
        "actions": words.ACTIONS,
        "asked": request.GET,
        "query": request.GET.urlencode(),
    }
    return render(request, "desk/events.html", context | other_pages(request, first, PAGE, len(rows) > PAGE))


class _Echo:
    """A file for csv.writer that hands each line back."""

    def write(self, text: str) -> str:
        return text


def csv_file(request: HttpRequest) -> StreamingHttpResponse:
    """The events of a filter as CSV (RFC 4180), times in UTC."""
    where, values = _wanted(request)
    Deed.objects.create(
        by=request.user.get_username(), what="exported", cpe_id="", detail=request.GET.urlencode()[:300]
    )
    response = StreamingHttpResponse(_lines(where, values), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="portvagt-events.csv"'
    return response


def _lines(where: str, values: list[Any]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield writer.writerow(COLUMNS)
    with reading.opened() as connection:
        for row in connection.execute(
            f"SELECT {', '.join(COLUMNS)} FROM events WHERE {where} ORDER BY received", values
        ):
            yield writer.writerow([_cell(name, row[name]) for name in COLUMNS])


def _cell(name: str, value: Any) -> Any:
    if value is None:
        return ""
    if name in TIMES:
        return utc(value)
    # a spreadsheet would calculate it
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def quarantine(request: HttpRequest) -> HttpResponse:
    """What the collector could not take in."""
    first = start(request)
    with reading.opened() as connection:
        rows = connection.execute(
            "SELECT number, received, topic, reason, length(payload) AS size, substr(payload, 1, ?) AS payload "
            "FROM quarantine ORDER BY number DESC LIMIT ? OFFSET ?",
            (PREVIEW_BYTES, PAGE + 1, first),
        ).fetchall()
    found = [(row, bytes(row["payload"]).decode(errors="backslashreplace")) for row in rows[:PAGE]]
    context = {"rows": found, "preview": PREVIEW_BYTES}
    return render(request, "desk/quarantine.html", context | other_pages(request, first, PAGE, len(rows) > PAGE))


def log(request: HttpRequest) -> HttpResponse:
    """Who did what."""
    first = start(request)
    found = list(Deed.objects.all()[first : first + PAGE + 1])
    context = {"deeds": found[:PAGE]}
    return render(request, "desk/log.html", context | other_pages(request, first, PAGE, len(found) > PAGE))
