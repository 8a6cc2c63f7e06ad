"""The style sheet, the script, and pages for what is not there or not allowed."""

from pathlib import Path

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import render

STATIC = Path(__file__).parent.parent / "static"
AN_HOUR = "max-age=3600"


def _file(name: str, content_type: str) -> FileResponse:
    response = FileResponse((STATIC / name).open("rb"), content_type=content_type)
    response["Cache-Control"] = AN_HOUR
    return response


@login_not_required
def style(_request: HttpRequest) -> FileResponse:
    """The style sheet; the page of the login needs it too."""
    return _file("desk.css", "text/css")


@login_not_required
def icon(_request: HttpRequest) -> FileResponse:
    """A gate."""
    return _file("icon.svg", "image/svg+xml")


@login_not_required
def script(_request: HttpRequest) -> FileResponse:
    """What brings what is new into an open page."""
    return _file("desk.js", "text/javascript")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """For those who may only read."""
    return render(
        request, "desk/error.html", {"title": "Not allowed", "why": "Your account may read only."}, status=403
    )


def stale(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """For a form without a good token."""
    why = "It is too old, or not ours. Please open the page again and press once more."
    return render(request, "desk/error.html", {"title": "This form can’t be used", "why": why}, status=403)


@login_not_required
def missing(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Nothing of that name."""
    why = "There is nothing of that name in the store."
    return render(request, "desk/error.html", {"title": "Not found", "why": why}, status=404)
