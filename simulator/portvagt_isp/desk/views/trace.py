"""Which device opened the connection that an abuse report names: ask routers, read their answers."""

import datetime
import ipaddress
import time
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portvagt_isp.desk import cases, orders, reading, routers, words
from portvagt_isp.desk.rights import acting
from portvagt_isp.desk.views.orders import Wrong, form_id, send, whole

MOST_ROUTERS = 20
WITHIN_S = 60
A_TIME = "Time: such as 2026-11-26 10:31:07, or with a zone 2026-11-26T09:31:07Z."


@acting
def _send(request: HttpRequest) -> HttpResponse:
    try:
        fields, cpe_ids = _typed(request)
        identity = form_id(request)
        for cpe_id in cpe_ids:
            send(request, cpe_id, "trace", fields, command_id=orders.id_for(identity, cpe_id))
        return redirect("trace")
    except Wrong as error:
        messages.error(request, str(error))
        return _page(request, 400)


def show(request: HttpRequest) -> HttpResponse:
    """The form and the last answers."""
    return _send(request) if request.method == "POST" else _page(request)


def _page(request: HttpRequest, status: int = 200) -> HttpResponse:
    now = time.time()
    with reading.opened() as connection:
        sent = orders.traces(connection)
        connected = routers.online(connection, {order.row["cpe_id"] for order in sent})
        shown = [
            (
                order,
                connected.get(order.row["cpe_id"], False),
                cases.last_of(connection, order.row["cpe_id"], order.device) if order.device else "",
            )
            for order in sent
        ]
    context = {
        "orders": shown,
        "is_pending": any(order.stage(now) in ("waiting", "sent") for order in sent),
        "typed": request.POST or {"within": WITHIN_S, "routers": request.GET.get("router", "")},
        "zone": timezone.get_current_timezone_name(),
        "command_id": orders.new_id(),
    }
    return render(request, "desk/trace.html", context, status=status)


@acting
def stop(request: HttpRequest, command_id: str) -> HttpResponse:
    """Stop the device that a trace found, although its router saw nothing wrong."""
    with reading.opened() as connection:
        order = orders.traced(connection, command_id)
        router = routers.find(connection, order.row["cpe_id"]) if order else None
    if order is None:
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            send(request, order.row["cpe_id"], "stop", {"device": order.device})
            return redirect("router", cpe_id=order.row["cpe_id"])
        except Wrong as error:
            wrong = str(error)
    context = {"order": order, "router": router, "effect": words.EFFECTS["stop"], "command_id": orders.new_id()}
    return render(request, "desk/stop.html", context | {"wrong": wrong}, status=400 if wrong else 200)


def _typed(request: HttpRequest) -> tuple[dict[str, Any], list[str]]:
    try:
        destination = str(ipaddress.ip_address(request.POST.get("destination", "").strip()))
    except ValueError as error:
        raise Wrong("Destination: the address of the mail server that complained.") from error
    fields: dict[str, Any] = {
        "destination": destination,
        "at": orders.utc(_moment(request.POST.get("at", ""))),
        "within_s": whole(request.POST.get("within", ""), 1, 86400, "Within"),
    }
    if request.POST.get("port", "").strip():
        fields["source_port"] = whole(request.POST["port"], 1, 65535, "Source port")
    if "stop" in request.POST:
        fields["stop"] = True
    return fields, _known(request.POST.get("routers", ""))


def _moment(text: str) -> float:
    try:
        when = datetime.datetime.fromisoformat(text.strip())
        unix_s = (when if when.tzinfo else timezone.make_aware(when)).timestamp()
    except (ValueError, OverflowError) as error:
        raise Wrong(A_TIME) from error
    if not 0 <= unix_s <= time.time() + orders.DAY_S:
        raise Wrong("Time: it should be in the past.")
    return unix_s


def _known(text: str) -> list[str]:
    names = list(dict.fromkeys(text.replace(",", " ").split()))
    if not 1 <= len(names) <= MOST_ROUTERS:
        raise Wrong(f"Routers: one to {MOST_ROUTERS} names.")
    with reading.opened() as connection:
        for name in names:
            if routers.find(connection, name) is None:
                raise Wrong(f"Routers: nothing was ever heard of “{name[:64]}”.")
    return names
