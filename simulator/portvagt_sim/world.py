"""The whole world: a home behind a router, its ISP and the internet. It stops without a trace."""

import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from portvagt_sim import requirements, sandbox
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.certificates import Authority
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.home import MACS, PRIVATE, Home
from portvagt_sim.internet.internet import Internet
from portvagt_sim.internet.sites import SITES
from portvagt_sim.isp.isp import Isp
from portvagt_sim.network import Network
from portvagt_sim.router.netns import NetnsRouter
from portvagt_sim.router.openwrt import OpenWrtRouter
from portvagt_sim.router.qemu import X86, Armvirt, Malta
from portvagt_sim.router.router import USUAL, Options, Router, Site
from portvagt_sim.router.uci import Settings

ROUTERS = {"netns": NetnsRouter, "malta": Malta, "armvirt": Armvirt, "x86": X86, "openwrt": OpenWrtRouter}
SCRATCH = "/run"  # the sandbox's own, gone with it


class World:
    """`with World() as world:` gives world.home, world.router, world.isp and world.internet, all ready."""

    home: Home
    router: Router
    isp: Isp
    internet: Internet

    def __init__(
        self,
        workdir: Path | None = None,
        runtime: str | None = None,
        router: str = "netns",
        agent: bool = True,
        settings: Settings | None = None,
        prefix: str = "",
        say: Callable[[str], None] = lambda _words: None,
        options: Options = USUAL,
    ) -> None:
        """Prepare a world; nothing starts yet.

        workdir   an empty or new directory for logs and files; without it, one that goes with the world
        runtime   what the agent runs on (runtimes.RUNTIMES); without it, what that router usually has
        router    what the router is made of (ROUTERS)
        agent     False: a router without our agent
        settings  changes of the agent's configuration: {section: {option: value}}
        prefix    for the names of the network namespaces, when two worlds exist at once
        say       hears of what takes seconds, such as a boot
        options   of a router that is a machine
        """
        if router not in ROUTERS:
            raise SimulatorError(f"no router {router!r}; there are: {', '.join(ROUTERS)}")
        self._chosen = workdir
        self._runtime = runtime
        self._router = ROUTERS[router]
        self._agent = agent
        self._settings = settings or {}
        self._say = say
        self._options = options
        self._network = Network(MACS, PRIVATE, self._router.network, prefix)
        self._running = ExitStack()

    def __enter__(self) -> "World":
        sandbox.require_inside()
        requirements.check()
        self._router.require_host()
        began = time.monotonic()
        try:
            self._start()
        except BaseException:
            self._running.close()
            raise
        self.start_seconds = time.monotonic() - began
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._running.close()

    def _start(self) -> None:
        """Start all that need not wait for each other, then wait; everything registers its end first."""
        self.workdir = self._make_workdir()
        servers = AsyncioServers()
        self._running.callback(servers.stop)
        self._running.callback(self._network.remove)
        self._network.create()
        self._build(servers)
        for part in (self.isp, self.internet, self.router):
            self._running.callback(part.stop)
            part.start()
        self.router.wait_started()
        self._running.callback(self.home.stop)
        if self._agent:  # before the devices ask: the agent has lines for dnsmasq, and they bring some of the answers
            self.router.start_agent()
        self.home.connect()
        self._wait_ready()

    def _wait_ready(self) -> None:
        for part in (self.isp, self.internet, self.home, self.router):
            part.wait_ready()

    def _build(self, servers: AsyncioServers) -> None:
        web = Authority(self.workdir, "web", self._router.identity)
        self.isp = Isp(self._network.name("isp"), self.workdir / "isp", servers, self._router.identity)
        self.internet = Internet(
            self._network.name("internet"),
            self.workdir / "internet",
            servers,
            web.server_context("web", *SITES),
        )
        self.router = self._router(
            Site(
                self._network.name("router"),
                self.workdir / "router",
                self.isp,
                web,
                self._runtime,
                self._settings,
                self._say,
                self._options,
                self._agent,
            )
        )
        self.home = Home(
            self._network,
            self.workdir / "home",
            {"mail": self.isp.authority.certificate, "web": web.certificate},
        )

    def _make_workdir(self) -> Path:
        if self._chosen is None:
            scratch = tempfile.TemporaryDirectory(prefix="portvagt-", dir=SCRATCH)
            self._running.callback(scratch.cleanup)
            workdir = Path(scratch.name)
        else:
            workdir = self._chosen.resolve()
            workdir.mkdir(parents=True, exist_ok=True)
            if any(workdir.iterdir()):
                raise SimulatorError(f"{workdir} is not empty; name a new directory")
        workdir.chmod(0o755)
        _require_passage(workdir)
        return workdir


def _require_passage(workdir: Path) -> None:
    """The agent's unprivileged processes must be able to reach their files."""
    for parent in workdir.parents:
        if not parent.stat().st_mode & 0o001:
            raise SimulatorError(f"{parent} is closed to other users; choose a work directory elsewhere")
