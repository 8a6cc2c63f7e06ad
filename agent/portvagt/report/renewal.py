"""The files of a link, which may be replaced: a renewed certificate is used without a restart."""

from portvagt import file_signature, runtime
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.report.link import Endpoint


def signature(endpoint: "Endpoint") -> "list[Any]":
    """Changes when one of the three files does."""
    return file_signature.of((endpoint.ca, endpoint.certificate, endpoint.key))


def problem(endpoint: "Endpoint") -> str:
    """Why the files can't be used, "" when they can: the connection that stands is better than none."""
    try:
        runtime.tls().client_context(endpoint)
    except Unusable as error:
        return str(error)
    return ""
