"""Commands about a case: first what it will do, then a button."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portvagt_isp.desk import cases, orders, reading, routers, words
from portvagt_isp.desk.models import Deed
from portvagt_isp.desk.rights import acting

ABOUT_A_DEVICE = ("stop", "release", "garden", "exempt")
DEFAULT_DAYS = 90


class Wrong(Exception):
    """What somebody typed can't be used; the text is for them."""


@acting
def about_case(request: HttpRequest, name: str, incident: str) -> HttpResponse:
    """Ask, then send a command about the device of a case."""
    with reading.opened() as connection:
        case = cases.find(connection, incident)
        router = routers.find(connection, case.cpe_id) if case else None
    if case is None or name not in ABOUT_A_DEVICE:
        raise Http404
    wrong = ""
    if request.method == "POST":
        try:
            fields = {"device": case.device} | _exemption(request, name)
            send(request, case.cpe_id, name, fields, incident)
            return redirect("case", incident=incident)
        except Wrong as error:
            wrong = str(error)
    context = {
        "case": case,
        "router": router,
        "name": name,
        "effect": words.EFFECTS[name],
        "command_id": orders.new_id(),
        "days": request.POST.get("days", DEFAULT_DAYS),
        "longest": orders.LONGEST_EXEMPTION_DAYS,
        "wrong": wrong,
    }
    return render(request, "desk/order.html", context, status=400 if wrong else 200)


def _exemption(request: HttpRequest, name: str) -> dict[str, Any]:
    if name != "exempt":
        return {}
    days = whole(request.POST.get("days", ""), 1, orders.LONGEST_EXEMPTION_DAYS, "Days")
    return {"seconds": days * orders.DAY_S}


def whole(text: str, lowest: int, highest: int, what: str) -> int:
    """A number that somebody typed. Raises Wrong."""
    text = text.strip()
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else lowest - 1
    if not lowest <= number <= highest:
        raise Wrong(f"{what}: a whole number from {lowest} to {highest:,}.")
    return number


def send(
    request: HttpRequest, cpe_id: str, name: str, fields: dict[str, Any], incident: str = "", command_id: str = ""
) -> None:
    """Hand over the command of a form and write down who did. Pressing twice sends once. Raises Wrong."""
    command_id = command_id or form_id(request)
    by = request.user.get_username()
    if orders.command(settings.DESK.database, command_id, cpe_id, by, name, fields):
        detail = f"{fields['seconds'] // orders.DAY_S} days" if "seconds" in fields else ""
        Deed.objects.create(by=by, what=name, cpe_id=cpe_id, incident=incident, detail=detail)
        messages.success(request, f"{words.COMMANDS[name]}: handed over. The answer shows below when it comes.")


def form_id(request: HttpRequest) -> str:
    """The id that a form carries. Raises Wrong."""
    found: str = request.POST.get("id", "")
    if not orders.ID.fullmatch(found):
        raise Wrong("The form was not complete. Please press the button again.")
    return found


@acting
def ask_state(request: HttpRequest, cpe_id: str) -> HttpResponse:
    """Ask a router for its state; nothing of it changes, so nobody is asked."""
    with reading.opened() as connection:
        known = routers.find(connection, cpe_id)
    if known is None:
        raise Http404
    if request.method == "POST":
        try:
            send(request, cpe_id, "report", {})
        except Wrong as error:
            messages.error(request, str(error))
    return redirect("router", cpe_id=cpe_id)
