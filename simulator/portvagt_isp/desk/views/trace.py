"""Which device opened the connection that an abuse report names: ask routers, read their answers."""

import datetime
import ipaddress
import time
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portvagt_isp.desk import orders, reading, routers
from portvagt_isp.desk.rights import acting
from portvagt_isp.desk.views.orders import Wrong, send, whole

MOST_ROUTERS = 20
WITHIN_S = 60
A_TIME = "Time: such as 2026-11-26 10:31:07, or with a zone 2026-11-26T09:31:07Z."


@acting
def _send(request: HttpRequest) -> HttpResponse:
    try:
        fields, cpe_ids = _typed(request)
        for number, cpe_id in enumerate(cpe_ids):
            request.POST = request.POST.copy()
            request.POST["id"] = request.POST["id"] if not number else orders.new_id()
            send(request, cpe_id, "trace", fields)
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
    context = {
        "orders": [(order, connected.get(order.row["cpe_id"], False)) for order in sent],
        "is_pending": any(order.stage(now) in ("waiting", "sent") for order in sent),
        "typed": request.POST or {"within": WITHIN_S, "routers": request.GET.get("router", "")},
        "zone": timezone.get_current_timezone_name(),
        "command_id": orders.new_id(),
    }
    return render(request, "desk/trace.html", context, status=status)


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
