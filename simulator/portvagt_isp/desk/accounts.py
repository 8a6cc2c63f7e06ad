"""Users of the desk: made, listed and removed on the command line. There is no first password."""

from typing import Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import DatabaseError

from portvagt_isp.errors import IspError


def _users() -> Any:
    # models can be loaded only when Django is configured, which is after this module
    return apps.get_model("auth", "User").objects


def prepare() -> None:
    """Make the users' database, or bring it up to date. Raises IspError."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
        call_command("clearsessions")
    except DatabaseError as error:
        raise IspError(f"{settings.DESK.users}: {error}: may we write that file and its directory?") from error


def add(name: str, role: str, password: str) -> None:
    """A new user, or a new password and role for an old one, whose sessions end. Raises IspError."""
    user = _users().filter(username=name).first() or _users().model(username=name)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean(exclude=["last_login"])
    except ValidationError as error:
        raise IspError(" ".join(error.messages)) from error
    user.save()
    act = apps.get_model("auth", "Permission").objects.get(codename="act", content_type__app_label="desk")
    user.user_permissions.set([act] if role == "act" else [])


def remove(name: str) -> None:
    """End an account. Raises IspError when there is none."""
    if not _users().filter(username=name).delete()[0]:
        raise IspError(f"there is no user {name}")


def listed() -> list[tuple[str, str]]:
    """Names and roles."""
    users = _users().order_by("username")
    return [(user.username, "act" if user.has_perm("desk.act") else "read") for user in users]
