"""The desk in this process, with a store of its own. Django is configured once a process."""

import tempfile
from pathlib import Path

from portvagt_isp import store
from portvagt_isp.desk import accounts, configuration, django_settings

HOST = "127.0.0.1"
PASSWORDS = {"reader": "correct horse 17", "actor": "battery staple 4"}
REPORTER = configuration.Reporter("Example Net", "abuse@isp.example", "isp.example")
_directories = []


def desk(directory):
    """A configuration whose files are in a directory."""
    return configuration.Desk(
        database=Path(directory, "store.sqlite"),
        users=Path(directory, "users.sqlite"),
        secret_key_file=Path(directory, "desk.key"),
        time_zone="Europe/Copenhagen",
        reporter=REPORTER,
    )


def ready():
    """Django, its tables and two users; may be called again."""
    from django.conf import settings

    if settings.configured:
        return
    _directories.append(tempfile.TemporaryDirectory())
    django_settings.configure(desk(_directories[0].name))
    accounts.prepare()
    accounts.add("reader", "read", PASSWORDS["reader"])
    accounts.add("actor", "act", PASSWORDS["actor"])


def emptied():
    """An empty store and log; the store's path."""
    from axes.models import AccessAttempt
    from django.conf import settings

    from portvagt_isp.desk.models import Deed, Refusal

    for model in (Deed, Refusal, AccessAttempt):
        model.objects.all().delete()
    path = settings.DESK.database
    for end in ("", "-wal", "-shm"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    store.connect(path).close()
    return path
