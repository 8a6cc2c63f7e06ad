"""Where a list's page begins."""

from django.http import HttpRequest


def start(request: HttpRequest) -> int:
    """The number of the first row, of `?from=`; 0 for what is no number."""
    text = request.GET.get("start", "")
    return int(text) if text.isdecimal() and len(text) < 10 else 0


def other_pages(request: HttpRequest, start: int, size: int, more: bool) -> dict[str, str]:
    """Queries of the previous and the next page; empty where there is none."""
    found = {"newer": "", "older": ""}
    for name, target, there in (("newer", max(0, start - size), start > 0), ("older", start + size, more)):
        if there:
            query = request.GET.copy()
            query["start"] = str(target)
            found[name] = query.urlencode()
    return found
