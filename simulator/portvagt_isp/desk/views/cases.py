"""Cases: the list, one of them, and its XARF report."""

import ipaddress
import time

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from portvagt_isp.desk import cases, orders, reading, routers, xarf_report
from portvagt_isp.desk.cases import Case
from portvagt_isp.desk.models import Deed, Refusal
from portvagt_isp.desk.plots import yardstick
from portvagt_isp.desk.views.paging import other_pages, start

# which commands fit a state; the router has the last word
FITTING = {
    "stopped": ("release", "garden", "exempt"),
    "garden": ("release", "exempt"),
    "observed": ("stop", "exempt"),
    "released": ("stop", "exempt"),
    "forgotten": ("stop", "exempt"),
    "exempt": ("release", "stop"),
    "ended": ("stop", "exempt"),
}
OF_ROUTER_ITSELF = ("exempt",)


def _case(connection: reading.Connection, incident: str) -> Case:
    case = cases.find(connection, incident)
    if case is None:
        raise Http404
    return case


def fitting(case: Case) -> tuple[str, ...]:
    """Commands that make sense for a case."""
    return OF_ROUTER_ITSELF if case.is_router else FITTING[case.state]


def index(request: HttpRequest) -> HttpResponse:
    """Open cases, or those of a number that a subscriber told."""
    number, first = request.GET.get("number", "").strip(), start(request)
    with reading.opened() as connection:
        incidents = [] if number else cases.open_incidents(connection)
        found = (
            cases.by_number(connection, number)
            if number
            else cases.several(connection, incidents[first : first + cases.PAGE])
        )
    context = {"cases": found, "number": number, "total": len(incidents), "first": first + 1}
    more = len(incidents) > first + cases.PAGE
    return render(request, "desk/cases.html", context | other_pages(request, first, cases.PAGE, more))


def show(request: HttpRequest, incident: str) -> HttpResponse:
    """One case, the commands about its device, and buttons."""
    now = time.time()
    with reading.opened() as connection:
        case = _case(connection, incident)
        sent = orders.about_device(connection, case.cpe_id, case.device)
        context = {
            "case": case,
            "router": routers.find(connection, case.cpe_id),
            "orders": sent,
            "is_pending": any(order.stage(now) in ("waiting", "sent") for order in sent),
            "commands": fitting(case),
            "yardstick": yardstick.drawn(case.evidence),
            "refusal": Refusal.objects.filter(incident=incident).first(),
        }
    return render(request, "desk/case.html", context)


def xarf(request: HttpRequest, incident: str) -> HttpResponse:
    """The case as a XARF report; `?source=` is the subscriber's public address, which only the ISP's own logs know."""
    source = request.GET.get("source", "").strip()
    try:
        address = str(ipaddress.ip_address(source)) if source else None
    except ValueError:
        why = "The public address should be an IPv4 or IPv6 address, or be left out."
        return render(request, "desk/error.html", {"title": "No address", "why": why}, status=400)
    with reading.opened() as connection:
        case = _case(connection, incident)
    try:
        report = xarf_report.of_case(case, address)
    except xarf_report.NotPossible as error:
        return render(request, "desk/error.html", {"title": "No report", "why": str(error)}, status=409)
    Deed.objects.create(by=request.user.get_username(), what="exported", cpe_id=case.cpe_id, incident=incident)
    response = JsonResponse(report, json_dumps_params={"indent": 2})
    response["Content-Disposition"] = f'attachment; filename="portvagt-{report["report_id"]}.json"'
    return response
