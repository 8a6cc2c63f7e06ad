"""What each request gets. Pure: what the guard says comes in as values.

Whoever asks for another site reached us because nft redirected it. Such a request gets 302 to the page, or 503:
never 301 (remembered), never 511 (hides the page), and never what a probe wants to see, which would tell the device
that nobody has anything to say. 503 does no lasting harm: probes are repeated, and by then the redirection, which
ends with the case or with a person's click, is gone.
"""

from portvagt.warn import capport, device_kind, http, layouts, probes
from portvagt.warn import language as languages
from portvagt.warn.http import Response
from portvagt.warn.pages import Page, Visit, query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from portvagt.warn.http import Request
    from portvagt.warn.pages import Settings

_RETRY = ("Retry-After", "10")


def at_once(request: "Request", settings: "Settings") -> "Response | None":
    """The answer for which nobody has to be asked; None when the guard must be."""
    if not _is_ours(request):
        return _to_another_site(request)
    if request.method == "POST":
        return _of_button(request, settings)
    if _is_api(request):
        browses = capport.wants_page(request.headers.get("accept", ""))
        return Response(302, headers=[("Location", "/")]) if browses else None
    if request.path in layouts.ALWAYS:
        return _page(200, layouts.ALWAYS[request.path], request, settings)
    if request.path in layouts.OF_CASE:
        return None
    if request.path in layouts.BUTTONS:  # somebody opens again what the button led to
        return Response(302, headers=[("Location", "/")])
    return _page(404, "missing", request, settings)


def _is_ours(request: "Request") -> bool:
    """Whether it asks for our page: by the name of the certificate over TLS, else by one of the router's addresses."""
    return request.host == request.site if request.site else probes.is_own(request.host)


def _is_api(request: "Request") -> bool:
    return request.site != "" and request.path == capport.PATH


def _to_another_site(request: "Request") -> "Response | None":
    """Nothing leads other sites to the port that has a certificate (RFC 9110, 15.5.20)."""
    if request.site:
        return http.refused(421)
    return _elsewhere() if request.method == "POST" else None


def _of_button(request: "Request", settings: "Settings") -> "Response | None":
    if request.path not in layouts.BUTTONS:
        known = request.path in layouts.ALWAYS or request.path in layouts.OF_CASE or _is_api(request)
        return http.refused(405) if known else _page(404, "missing", request, settings)
    return None if _same_origin(request) else expired(request, settings)


def of_case(case: "dict[str, Any]", request: "Request", settings: "Settings") -> Response:
    """The answer to a device of which the guard says `case`."""
    if _is_api(request):
        return capport.answer(case, request.site)
    refused = layouts.is_refused(case)
    if not _is_ours(request):
        unread = case["state"] == "garden" or (refused and not case["acknowledged"])
        return _to_page(case.get("page"), request) if unread else _elsewhere()
    return _page(200, layouts.page_of(case, layouts.OF_CASE[request.path]), request, settings, case)


def _to_page(url: "str | None", request: "Request") -> Response:
    """`url`: the page's, with the router's address in it; None when the router has no address of that family."""
    if url and probes.may_redirect(request.host, request.headers.get("accept", "")):
        return Response(302, headers=[("Location", url)])
    return _elsewhere()


def pressed(request: "Request") -> Response:
    """After a button: the page behind it, by GET (RFC 9110, 15.4.4)."""
    return Response(303, headers=[("Location", layouts.BUTTONS[request.path][1] + query(_chosen(request)))])


def expired(request: "Request", settings: "Settings") -> Response:
    """The button belonged to an older case, counts no more, or was pressed by another site."""
    return _page(403, "expired", request, settings)


def unavailable(request: "Request", settings: "Settings") -> Response:
    """The guard does not answer."""
    if not _is_ours(request) or _is_api(request):
        return _elsewhere()
    return _page(503, "unavailable", request, settings, None, [_RETRY])


def _elsewhere() -> Response:
    return Response(503, "Please try again.\n", [_RETRY])


def _page(
    status: int,
    name: str,
    request: "Request",
    settings: "Settings",
    case: "dict[str, Any] | None" = None,
    headers: "Iterable[tuple[str, str]]" = (),
) -> Response:
    # a link to a language from a page that is an answer to a button, or that is not there, leads home
    is_place = request.path in layouts.ALWAYS or request.path in layouts.OF_CASE
    visit = _visit(request, settings, case or {})
    page = Page(settings, visit, name, request.path if is_place else "/", case or {})
    # same-origin, not no-referrer: that would make the browser send `Origin: null` with our own button (Fetch, 3.2)
    always = [
        ("Content-Security-Policy", settings.sheet.policy),
        ("Referrer-Policy", "same-origin"),
        ("Content-Language", visit.language),
    ]
    return Response(status, page.document(), always + list(headers), "text/html; charset=utf-8")


def _visit(request: "Request", settings: "Settings", case: "dict[str, Any]") -> Visit:
    """Who looks: what they chose, else what their browser and the name of the device tell."""
    chosen = _chosen(request)
    language = chosen.get("language") or languages.negotiate(
        request.headers.get("accept-language", ""), settings.language
    )
    name = case["device"]["name"] if "device" in case else None
    kind = chosen.get("kind") or device_kind.guess(request.headers.get("user-agent", ""), name or "")
    return Visit(language, kind, chosen)


def _chosen(request: "Request") -> "dict[str, str]":
    """What a person chose by a link, less what we don't have."""
    fields = http.form(request.query.encode())
    offered = (("language", languages.LANGUAGES), ("kind", device_kind.KINDS))
    return {name: fields[name] for name, ours in offered if fields.get(name) in ours}


def _same_origin(request: "Request") -> bool:
    """Whether the button is our page's. Its token, which another site can't read, protects browsers that send neither.

    Browsers send Origin with every POST (Fetch, 3.2), but Sec-Fetch-Site only to https and to the machine itself.
    """
    own = ("https://" if request.site else "http://") + request.host
    if request.headers.get("origin", own).lower() != own:
        return False
    return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
