"""The first page: numbers, the trend, and the cases that are open now."""

import time

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from portvagt_isp.desk import cases, exemptions, reading, routers, trend
from portvagt_isp.desk.plots import days as days_plot

SHOWN = 20


def show(request: HttpRequest) -> HttpResponse:
    """Numbers, the trend of 30 days, the cases that changed last."""
    now, zone = time.time(), timezone.get_current_timezone()
    with reading.opened() as connection:
        days = trend.last_days(connection, now, zone)
        incidents = cases.open_incidents(connection)
        context = {
            "counts": routers.counts(connection),
            "today": trend.events_since(connection, trend.midnight(now, zone)),
            "days": days,
            "trend": days_plot.drawn(days),
            "open": len(incidents),
            "cases": cases.several(connection, incidents[:SHOWN]),
            "requests": len(exemptions.waiting_incidents(connection)),
        }
    return render(request, "desk/overview.html", context)
