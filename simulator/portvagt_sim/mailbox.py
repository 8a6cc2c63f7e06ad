"""What a mail server of the world took in: the common half of the mail exchangers and the ISP's relay."""

import logging
import threading
import time
from typing import NamedTuple

from aiosmtpd.smtp import SMTP, Envelope, Session

from portvagt_sim.namespaces import plain_address
from portvagt_sim.waiting import wait_until

MAX_MESSAGE_BYTES = 1 << 20

# clients that hang up or distrust our certificate are what the world is for, not worth a traceback
logging.getLogger("mail.log").setLevel(logging.CRITICAL)


class Mail(NamedTuple):
    """One message that was taken in; `at` in CLOCK_MONOTONIC seconds, `peer` and `peer_port` as the server saw them."""

    at: float
    peer: str
    peer_port: int
    server: str
    user: str | None
    sender: str
    recipients: tuple[str, ...]
    size: int


class Mailbox:
    """An aiosmtpd handler that keeps what it is given. Safe to read from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._mails: list[Mail] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (its name)
        """Keep a message (aiosmtpd's hook)."""
        content = envelope.content or b""
        user = session.auth_data.login.decode() if session.auth_data else None
        mail = Mail(
            time.monotonic(),
            *_peer(session),
            _local_address(server),
            user,
            envelope.mail_from or "",
            tuple(envelope.rcpt_tos),
            len(content),
        )
        with self._lock:
            self._mails.append(mail)
        return "250 2.0.0 OK"

    def mails(self) -> list[Mail]:
        """Every message so far, in the order of arrival."""
        with self._lock:
            return list(self._mails)

    def wait_for(self, count: int, timeout: float) -> list[Mail]:
        """Wait until `count` messages have arrived; raises SimulatorError after `timeout` seconds."""
        wait_until(lambda: len(self.mails()) >= count, timeout, f"{count} mails have arrived")
        return self.mails()


def _peer(session: Session) -> tuple[str, int]:
    return (plain_address(session.peer[0]), int(session.peer[1])) if session.peer else ("", 0)


def _local_address(server: SMTP) -> str:
    transport = server.transport
    return plain_address(transport.get_extra_info("sockname")[0]) if transport else ""
