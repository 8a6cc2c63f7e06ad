"""Two roles: everybody who has an account may read, some may act."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

ACT = "desk.act"

View = Callable[..., HttpResponse]


def acting(view: View) -> View:
    """A view for those who may act; others get 403."""
    guarded: View = permission_required(ACT, raise_exception=True)(require_http_methods(["GET", "POST"])(view))
    return guarded


def role(request: HttpRequest) -> dict[str, Any]:
    """Template context: whether to show buttons."""
    user = getattr(request, "user", None)
    return {"may_act": bool(user and user.has_perm(ACT))}
