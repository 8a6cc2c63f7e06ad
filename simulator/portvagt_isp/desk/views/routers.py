"""Routers: the list, and one with its history, health and policy."""

import ipaddress
import time

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from portvagt_isp.desk import cases, orders, reading, routers, trend, words
from portvagt_isp.desk.models import Deed
from portvagt_isp.desk.plots import history
from portvagt_isp.desk.rights import acting
from portvagt_isp.desk.views.orders import Wrong
from portvagt_isp.desk.views.paging import other_pages, start

MOST_RELAYS = 32


def index(request: HttpRequest) -> HttpResponse:
    """Routers, by a part of their name."""
    part, first = request.GET.get("name", "").strip(), start(request)
    with reading.opened() as connection:
        found = routers.listed(connection, part, first)
    now = time.time()
    context = {
        "routers": [(router, router.is_stale(now)) for router in found[: routers.PAGE]],
        "name": part,
    }
    more = len(found) > routers.PAGE
    return render(request, "desk/routers.html", context | other_pages(request, first, routers.PAGE, more))


def show(request: HttpRequest, cpe_id: str) -> HttpResponse:
    """One router."""
    now, zone = time.time(), timezone.get_current_timezone()
    begin = trend.midnight(now, zone, trend.DAYS - 1)
    with reading.opened() as connection:
        router = routers.find(connection, cpe_id)
        if router is None:
            raise Http404
        found = cases.of_router(connection, cpe_id, begin)
        wanted = routers.wanted(connection, cpe_id)
        sent = orders.of_router(connection, cpe_id)
        policy = wanted[1] if wanted else {}
        context = {
            "router": router,
            "is_stale": router.is_stale(now),
            "cases": found,
            "history": history.drawn(found, history.Span(begin, now, zone)) if found else None,
            "orders": sent,
            "is_pending": any(order.stage(now) in ("waiting", "sent") for order in sent),
            "wanted": wanted,
            "wanted_policy": policy.get("policy", ""),
            "relays": "\n".join(policy.get("relay", [])),
            "policy_answer": orders.answer(connection, policy["id"]) if "id" in policy else {},
            "policies": words.POLICIES,
            "command_id": orders.new_id(),
        }
    return render(request, "desk/router.html", context)


@acting
def policy(request: HttpRequest, cpe_id: str) -> HttpResponse:
    """Ask, then set what a router shall do from now on."""
    with reading.opened() as connection:
        router = routers.find(connection, cpe_id)
    if router is None:
        raise Http404
    name, text = request.POST.get("policy", ""), request.POST.get("relays", "")
    try:
        if request.method != "POST" or name not in words.POLICIES:
            return redirect("router", cpe_id=cpe_id)
        relays = addresses(text)
    except Wrong as error:
        messages.error(request, str(error))
        return redirect("router", cpe_id=cpe_id)
    if "sure" not in request.POST:
        context = {"router": router, "policy": name, "relays": relays, "text": "\n".join(relays)}
        return render(request, "desk/policy.html", context)
    by = request.user.get_username()
    orders.policy(settings.DESK.database, cpe_id, by, name, relays)
    detail = ", ".join([name or "as configured", *relays])[:300]
    Deed.objects.create(by=by, what="policy", cpe_id=cpe_id, detail=detail)
    messages.success(request, "The policy is handed over.")
    return redirect("router", cpe_id=cpe_id)


def addresses(text: str) -> list[str]:
    """Addresses that somebody typed, one a line or with commas between. Raises Wrong."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(str(ipaddress.ip_address(word)))
        except ValueError as error:
            raise Wrong(f"Relays: “{word[:45]}” is no address.") from error
    found = list(dict.fromkeys(found))
    if len(found) > MOST_RELAYS:
        raise Wrong(f"Relays: at most {MOST_RELAYS}.")
    return found
