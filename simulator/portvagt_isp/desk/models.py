"""What the desk keeps of its own, beside the users: who did what, and requests that were refused.

All else is the store's.
"""

from django.db import models


class Deed(models.Model):
    """What somebody did. `what`: a command, `policy`, `refused` or `exported`; `about`: a router, then a case."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.CharField(max_length=150)
    what = models.CharField(max_length=32)
    cpe_id = models.CharField(max_length=64)
    incident = models.CharField(max_length=32, blank=True)
    detail = models.CharField(max_length=300, blank=True)

    class Meta:  # noqa: D106
        permissions = (("act", "May send commands and answer requests"),)
        ordering = ("-at", "-id")


class Refusal(models.Model):
    """A request for an exemption that was refused, with the reason in a person's words."""

    incident = models.CharField(max_length=32, unique=True)
    at = models.DateTimeField(auto_now_add=True)
    by = models.CharField(max_length=150)
    note = models.CharField(max_length=300)
