"""The captive-portal API (RFC 8908): what a device asks before it shows anything to its user. Pure.

Off unless the ISP gives the router a name and a certificate: a device that can't verify the certificate must go on
as if there were no API (4.1), and each one would try it in vain. What it names must be reached over TLS (5), so the
page is served at the same port. That is not 443, as 4 recommends, for there is the router's own administration.
"""

import json

from portvagt.warn import layouts
from portvagt.warn.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.config import Section

PATH = "/captive-portal/api"
_TYPE = "application/captive+json"


def site(warn: "Section") -> str:
    """The authority of API and page, "" where there is none. `warn`: that section of the configuration."""
    return "{}:{}".format(warn.api_host, warn.api_port) if warn.api_host else ""


def uri(warn: "Section") -> str:
    """What RFC 8910's options announce, "" when nothing is to be announced."""
    return "https://" + site(warn) + PATH if warn.api_host else ""


def wants_page(accept: str) -> bool:
    """Whether it is a browser that asks: RFC 8910, 2, lets us lead it to the page."""
    return "text/html" in accept and _TYPE not in accept


def answer(case: "dict[str, Any]", own: str) -> Response:
    """What a device is told of which the guard says `case`. `own`: as of site()."""
    return Response(200, json.dumps(_state(case, "https://" + own + "/")) + "\n", content_type=_TYPE)


def _state(case: "dict[str, Any]", page: str) -> "dict[str, Any]":
    """RFC 8908, 5. Whom the kernel leaves its web is told of the page as of something worth reading, no more."""
    if not layouts.is_refused(case):
        return {"captive": False}
    if case["captive"]:
        return {"captive": True, "user-portal-url": page}
    return {"captive": False} if case["acknowledged"] else {"captive": False, "venue-info-url": page}
