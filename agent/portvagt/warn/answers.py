"""What each request gets. Pure: what the guard says comes in as values.

Whoever asks for another site reached us because nft redirected it. Such a request gets 302 to the page, or 503:
never 301 (remembered), never 511 (hides the page), and never what a probe wants to see, which would tell the device
that nobody has anything to say. 503 does no lasting harm: probes are repeated, and by then the redirection, which
ends with the case or with a person's click, is gone.
"""

from portvagt.warn import http, probes
from portvagt.warn import language as languages
from portvagt.warn.http import Response
from portvagt.warn.pages import Page, language_query
from portvagt.warn.style import POLICY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from portvagt.warn.http import Request
    from portvagt.warn.pages import Settings

ACKNOWLEDGE = "/acknowledge"
_RETRY = ("Retry-After", "10")


def at_once(request: "Request", settings: "Settings") -> "Response | None":
    """The answer for which nobody has to be asked; None when the guard must be."""
    if not probes.is_own(request.host):
        return _elsewhere() if request.method == "POST" else None
    if request.path == ACKNOWLEDGE:
        return _of_button(request, settings)
    if request.path != "/":
        return _notice(404, "missing", request, settings)
    return http.refused(405) if request.method == "POST" else None


def _of_button(request: "Request", settings: "Settings") -> "Response | None":
    if request.method != "POST":  # somebody opens again what the button led to
        return Response(302, headers=[("Location", "/")])
    return None if _same_origin(request) else expired(request, settings)


def of_case(case: "dict[str, Any]", request: "Request", settings: "Settings") -> Response:
    """The answer to a device of which the guard says `case`."""
    stopped = case["state"] in ("stopped", "garden")
    if not probes.is_own(request.host):
        unread = case["state"] == "garden" or (stopped and not case["acknowledged"])
        return _to_page(case.get("page"), request) if unread else _elsewhere()
    page = _page(request, settings)
    return _html(200, page, page.stopped(case) if stopped else page.clear())


def _to_page(url: "str | None", request: "Request") -> Response:
    """`url`: the page's, with the router's address in it; None when the router has no address of that family."""
    if url and probes.may_redirect(request.host, request.headers.get("accept", "")):
        return Response(302, headers=[("Location", url)])
    return _elsewhere()


def acknowledged(request: "Request") -> Response:
    """After the button: the page again, by GET (RFC 9110, 15.4.4)."""
    language = _chosen_language(request)
    return Response(303, headers=[("Location", "/" + (language_query(language) if language else ""))])


def expired(request: "Request", settings: "Settings") -> Response:
    """The button belonged to an older case, or was pressed by another site."""
    return _notice(403, "expired", request, settings)


def unavailable(request: "Request", settings: "Settings") -> Response:
    """The guard does not answer."""
    if not probes.is_own(request.host):
        return _elsewhere()
    return _notice(503, "unavailable", request, settings, [_RETRY])


def _elsewhere() -> Response:
    return Response(503, "Please try again.\n", [_RETRY])


def _notice(
    status: int,
    kind: str,
    request: "Request",
    settings: "Settings",
    headers: "Iterable[tuple[str, str]]" = (),
) -> Response:
    page = _page(request, settings)
    return _html(status, page, page.notice(kind), headers)


def _html(status: int, page: Page, body: str, headers: "Iterable[tuple[str, str]]" = ()) -> Response:
    # same-origin, not no-referrer: that would make the browser send `Origin: null` with our own button (Fetch, 3.2)
    always = [
        ("Content-Security-Policy", POLICY),
        ("Referrer-Policy", "same-origin"),
        ("Content-Language", page.language),
    ]
    return Response(status, body, always + list(headers), "text/html; charset=utf-8")


def _page(request: "Request", settings: "Settings") -> Page:
    chosen = _chosen_language(request)
    if chosen:
        return Page(settings, chosen, True)
    return Page(settings, languages.negotiate(request.headers.get("accept-language", ""), settings.language))


def _chosen_language(request: "Request") -> "str | None":
    language = http.form(request.query.encode()).get("language")
    return language if language in languages.LANGUAGES else None


def _same_origin(request: "Request") -> bool:
    """Whether the button is our page's. Its token, which another site can't read, protects browsers that send neither.

    Browsers send Origin with every POST (Fetch, 3.2), but Sec-Fetch-Site only to https and to the machine itself.
    """
    origin = request.headers.get("origin", "http://" + request.host)
    return origin.lower() == "http://" + request.host and request.headers.get("sec-fetch-site", "same-origin") in (
        "same-origin",
        "none",
    )
