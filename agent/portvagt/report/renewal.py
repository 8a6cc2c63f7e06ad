"""Notices that the files of a link were replaced: a renewed certificate is used without a restart."""

import os

from portvagt import runtime
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.report.link import Endpoint

_INODE, _SIZE, _MTIME = 1, 6, 8  # of what os.stat() gives, on both runtimes


def signature(endpoint: "Endpoint") -> "list[Any]":
    """Changes when one of the three files does."""
    return [_signature(path) for path in (endpoint.ca, endpoint.certificate, endpoint.key)]


def _signature(path: str) -> "Any":
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status[_INODE], status[_SIZE], status[_MTIME]


def problem(endpoint: "Endpoint") -> str:
    """Why the files can't be used, "" when they can: the connection that stands is better than none."""
    try:
        runtime.tls().client_context(endpoint)
    except Unusable as error:
        return str(error)
    return ""
