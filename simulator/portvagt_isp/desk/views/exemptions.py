"""Requests for an exemption: granted by a command, or refused with a note."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from portvagt_isp.desk import cases, exemptions, reading
from portvagt_isp.desk.models import Deed
from portvagt_isp.desk.rights import acting
from portvagt_isp.desk.views.paging import other_pages, start


def index(request: HttpRequest) -> HttpResponse:
    """Requests that wait, and those that were refused; `?number=` as the subscriber tells it."""
    number = "".join(request.GET.get("number", "").split())
    first = start(request)
    with reading.opened() as connection:
        incidents = exemptions.waiting_incidents(connection)
        asked = [incident for incident in incidents if number in ("", reading.told_number(incident))]
        waiting = cases.several(connection, asked[first : first + cases.PAGE])
        refused = exemptions.refused(connection)
    context = {"waiting": waiting, "refused": refused, "number": number}
    more = len(asked) > first + cases.PAGE
    return render(request, "desk/requests.html", context | other_pages(request, first, cases.PAGE, more))


@acting
def refuse(request: HttpRequest, incident: str) -> HttpResponse:
    """Mark a request as refused."""
    with reading.opened() as connection:
        case = cases.find(connection, incident)
    if case is None:
        raise Http404
    if request.method != "POST":
        return render(request, "desk/refuse.html", {"case": case})
    note = request.POST.get("note", "").strip()[:300]
    if not note:
        context = {"case": case, "wrong": "Please write a reason: the next one who is called will ask."}
        return render(request, "desk/refuse.html", context, status=400)
    by = request.user.get_username()
    exemptions.refuse(incident, by, note)
    Deed.objects.create(by=by, what="refused", cpe_id=case.cpe_id, incident=incident, detail=note)
    messages.success(request, "Refused, and written down. The device stays stopped.")
    return redirect("requests")
