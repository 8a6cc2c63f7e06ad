"""The internet's mail exchangers: 200 addresses, one server, and the kernel's own count of who came."""

import asyncio
import json
import subprocess

from aiosmtpd.smtp import SMTP

from portvagt_sim.addresses import MX_COUNT, mx
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.mailbox import MAX_MESSAGE_BYTES, Mail, Mailbox
from portvagt_sim.namespaces import exec_in, nft_load

SMTP_PORT = 25
SILENCE_SECONDS = 30.0

# how mail exchanger N behaves, by the last digit of N; every other digit: it accepts mail
BEHAVIOURS = {7: "refuse", 9: "silent"}
VERDICTS = {"refuse": "reject with tcp reset", "silent": "drop"}

RULESET = """
table inet internet {{
    counter mail_syn_4 {{ }}
    counter mail_syn_6 {{ }}
    chain count {{
        type filter hook prerouting priority raw;
        tcp flags & (syn | ack) == syn tcp dport {{ 25, 465, 587 }} jump mail_syn
    }}
    chain mail_syn {{
        meta nfproto ipv4 counter name mail_syn_4
        meta nfproto ipv6 counter name mail_syn_6
    }}
    chain behave {{
        type filter hook input priority filter;
        {rules}
    }}
}}
"""


def behaviour(number: int) -> str:
    """What mail exchanger `number` does: accept, refuse or silent."""
    return BEHAVIOURS.get(number % 10, "accept")


def numbers(wanted: str) -> list[int]:
    """The mail exchangers with that behaviour."""
    return [number for number in range(1, MX_COUNT + 1) if behaviour(number) == wanted]


class MailExchangers:
    """The mail exchangers in the internet's namespace."""

    def __init__(self, netns: str, servers: AsyncioServers) -> None:
        self._netns = netns
        self._servers = servers
        self._mailbox = Mailbox()
        self._accepted = 0

    def start(self) -> None:
        """Load the counters and behaviours, and listen."""
        nft_load(self._netns, RULESET.format(rules="\n        ".join(_rules())))
        self._servers.listen(self._netns, SMTP_PORT, self._accept)

    def _accept(self) -> asyncio.Protocol:
        self._accepted += 1
        return SMTP(
            self._mailbox,
            hostname="mx.example.net",
            timeout=SILENCE_SECONDS,
            data_size_limit=MAX_MESSAGE_BYTES,
        )

    def accepted(self) -> int:
        """Connections that the mail server accepted."""
        return self._accepted

    def mails(self) -> list[Mail]:
        """Every spam mail that was delivered."""
        return self._mailbox.mails()

    def connections(self, family: int) -> int:
        """Connection attempts (SYNs) of family 4 or 6 that reached the internet on ports 25, 465 and 587.

        The kernel's count: refused, silent and retransmitted ones are in it.
        """
        argv = exec_in(self._netns, ["nft", "-j", "list", "counter", "inet", "internet", f"mail_syn_{family}"])
        listing = json.loads(subprocess.run(argv, capture_output=True, text=True, check=True).stdout)
        return next(int(entry["counter"]["packets"]) for entry in listing["nftables"] if "counter" in entry)


def _rules() -> list[str]:
    return [
        f"{header} daddr {{ {', '.join(mx(number).of(family) for number in numbers(what))} }} "
        f"tcp dport {SMTP_PORT} {verdict}"
        for what, verdict in VERDICTS.items()
        for family, header in ((4, "ip"), (6, "ip6"))
    ]
