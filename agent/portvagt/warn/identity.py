"""The certificate that the portal shows at the API's port; a new one, as after a renewal, is taken up at once."""

from portvagt import file_signature, log, runtime
from portvagt.report.refusals import Unusable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Identity:
    """Turns accepted sockets into TLS streams."""

    def __init__(self, certificate: str, key: str) -> None:
        self._paths = (certificate, key)
        self._seen: "Any" = None
        self._context: "Any" = None
        self._renew()

    def stream(self, sock: "Any") -> "Any":
        """The server's side of TLS. Raises OSError; without a certificate too."""
        self._renew()
        if self._context is None:
            raise OSError("there is no certificate")
        return runtime.https().Stream(sock, self._context)

    def _renew(self) -> None:
        """Load the files once when they have changed. Bad ones don't replace what is there."""
        now = file_signature.of(self._paths)
        if now == self._seen:
            return
        self._seen = now
        try:
            self._context = runtime.https().server_context(*self._paths)
        except (Unusable, ImportError) as error:
            log.warning("the captive-portal API can't show this certificate", str(error))
