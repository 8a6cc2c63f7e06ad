"""The internet: mail exchangers, web sites, the operating systems' probe hosts, and names for them all."""

import ssl
from contextlib import ExitStack
from pathlib import Path

from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.internet.dns import NameServer
from portvagt_sim.internet.mx import MailExchangers
from portvagt_sim.internet.web import WebServer
from portvagt_sim.mailbox import Mail


class Internet:
    """Everything beyond the ISP."""

    def __init__(self, netns: str, workdir: Path, servers: AsyncioServers, web_tls: ssl.SSLContext) -> None:
        workdir.mkdir()
        self.netns = netns
        self.mx = MailExchangers(netns, servers)
        self._web = WebServer(netns, web_tls)
        self._names = NameServer(netns, workdir)
        self._running = ExitStack()

    def start(self) -> None:
        """Start every service; `wait_ready` tells when the last one answers."""
        self.mx.start()
        self._web.start()
        self._running.callback(self._web.stop)
        self._names.start()
        self._running.callback(self._names.program.stop)

    def wait_ready(self) -> None:
        """Wait until the name server answers; the others listen since `start`."""
        self._names.wait_ready()

    def stop(self) -> None:
        """Stop every service."""
        self._running.close()

    def connections(self, family: int) -> int:
        """Connection attempts of family 4 or 6 that got here on mail ports, by the kernel's count."""
        return self.mx.connections(family)

    def mails(self) -> list[Mail]:
        """Every spam mail that was delivered."""
        return self.mx.mails()
