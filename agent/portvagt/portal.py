"""The portal: shows each device of the home its own page. It has no privilege; the guard knows, it only shows."""

from portvagt import log, runtime
from portvagt.loop import Loop
from portvagt.warn import answers, capport, http, layouts, logo, style
from portvagt.warn.content_coding import Gzip
from portvagt.warn.guard_link import GuardLink
from portvagt.warn.http_exchange import HttpExchange
from portvagt.warn.listeners import Listeners
from portvagt.warn.pages import Settings
from portvagt.warn.server import TLS_CONNECTIONS_MAX, Server
from portvagt.warn.tls_alert import TlsAlert

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.config import Config, Section
    from portvagt.warn.http import Request, Response
    from portvagt.warn.http_exchange import Reply


class Portal:
    """Wires the browsers' connections to the guard: one question a request, about the asking address and no other."""

    def __init__(self, config: "Config", loop: Loop) -> None:
        warn = config.warn
        sheet = style.sheet(warn.colour)
        self._settings = Settings(warn.isp_name, warn.isp_phone, warn.language, _logo(warn.isp_logo), sheet)
        self._gzip = Gzip([sheet.css, self._settings.logo])
        self._guard = GuardLink(loop, config.main.run_dir + "/portal/portal.sock")
        server = Server(loop)
        ports: "dict[int, Callable[[Any, int], None]]" = {
            config.warn.port: lambda listener, port: server.listen(listener, port, self._http),
            config.warn.tls_port: lambda listener, port: server.listen(listener, port, lambda _: TlsAlert()),
        }
        if warn.api_host:
            ports[warn.api_port] = self._secure(server, warn)
        Listeners(loop, config.main.lan, ports)

    def _http(self, peer: str, site: str = "") -> HttpExchange:
        return HttpExchange(peer, self._handle, self._guard_is_silent, self._gzip, site)

    def _secure(self, server: Server, warn: "Section") -> "Callable[[Any, int], None]":
        """The port of the captive-portal API."""
        from portvagt.warn.identity import Identity  # here: without an API nobody needs TLS

        site, identity = capport.site(warn), Identity(warn.api_certificate, warn.api_key)

        def on_listener(listener: "Any", port: int) -> None:
            server.listen(listener, port, lambda peer: self._http(peer, site), identity.stream, TLS_CONNECTIONS_MAX)

        return on_listener

    def _handle(self, peer: str, request: "Request", reply: "Reply") -> None:
        response = answers.at_once(request, self._settings)
        if response is not None:
            reply(response)
        elif request.method == "POST":
            self._press(peer, request, reply)
        else:
            self._show(peer, request, reply)

    def _show(self, peer: str, request: "Request", reply: "Reply") -> None:
        def on_reply(case: "Any", error: "str | None") -> None:
            if error is None:
                reply(answers.of_case(case, request, self._settings))
            else:
                reply(answers.unavailable(request, self._settings))

        self._guard.call("case", {"address": peer}, on_reply)

    def _press(self, peer: str, request: "Request", reply: "Reply") -> None:
        def on_reply(result: "Any", error: "str | None") -> None:
            if error is None:
                reply(answers.pressed(request))
            elif self._guard.is_up():
                reply(answers.expired(request, self._settings))
            else:
                reply(answers.unavailable(request, self._settings))

        fields = http.form(request.body)
        params = {"address": peer, "incident": fields.get("incident", ""), "token": fields.get("token", "")}
        self._guard.call(layouts.BUTTONS[request.path][0], params, on_reply)

    def _guard_is_silent(self, request: "Request") -> "Response":
        self._guard.hang_up()
        return answers.unavailable(request, self._settings)


def _logo(path: str) -> str:
    """A bad one is not worth a home without a page."""
    try:
        return logo.load(path)
    except logo.BadLogo as error:
        log.warning("the page has no logo", "{} {}".format(path, error))
        return ""


def run(config: "Config") -> int:
    """The process; returns its exit status."""
    loop = Loop()
    runtime.stop_when_told(loop)
    Portal(config, loop)
    loop.run()
    return 0
