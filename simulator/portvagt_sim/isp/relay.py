"""The ISP's mail relay: submission on port 587, STARTTLS and a password required (RFC 6409)."""

import asyncio
import hmac
import ssl

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from portvagt_sim.addresses import RELAY_NAME, RELAY_PORT
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.mailbox import MAX_MESSAGE_BYTES, Mail, Mailbox

SILENCE_SECONDS = 30.0
USER, PASSWORD = "family@isp.example", "correct horse battery staple"


class Relay:
    """The relay in the ISP's namespace."""

    def __init__(self, netns: str, servers: AsyncioServers, tls: ssl.SSLContext) -> None:
        self._netns = netns
        self._servers = servers
        self._tls = tls
        self._mailbox = Mailbox()

    def start(self) -> None:
        """Listen on the submission port."""
        self._servers.listen(self._netns, RELAY_PORT, self._session)

    def mails(self) -> list[Mail]:
        """Every message that the relay took in."""
        return self._mailbox.mails()

    def wait_for(self, count: int, timeout: float) -> list[Mail]:
        """Wait until `count` messages have arrived; raises SimulatorError after `timeout` seconds."""
        return self._mailbox.wait_for(count, timeout)

    def _session(self) -> asyncio.Protocol:
        return SMTP(
            self._mailbox,
            hostname=RELAY_NAME,
            timeout=SILENCE_SECONDS,
            data_size_limit=MAX_MESSAGE_BYTES,
            tls_context=self._tls,
            require_starttls=True,
            auth_required=True,
            authenticator=_authenticate,
        )


def _authenticate(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, credentials: LoginPassword
) -> AuthResult:
    known = hmac.compare_digest(credentials.login + b"\0" + credentials.password, f"{USER}\0{PASSWORD}".encode())
    # handled: "the answer has been sent", which aiosmtpd assumes; a refusal it is to send itself
    return AuthResult(success=known, handled=known, auth_data=credentials if known else None)
