"""A listening socket on each interface of the home's network, also when interfaces come later or are made anew."""

import errno

from portvagt import log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop

CHECK_S = 5


class Listeners:
    """Keeps one TCP listener an interface; each new one is given to `on_listener`."""

    def __init__(self, loop: "Loop", interfaces: "list[str]", port: int, on_listener: "Callable[[Any], None]") -> None:
        self._loop = loop
        self._interfaces = interfaces
        self._port = port
        self._on_listener = on_listener
        self._open: "dict[str, Any]" = {}
        self._problems: "dict[str, str]" = {}
        self._check()

    def _check(self) -> None:
        self._loop.after(CHECK_S, self._check)
        for interface in self._interfaces:
            self._renew(interface)

    def _renew(self, interface: str) -> None:
        """Binding again succeeds only when the interface is another one than before: br-lan after `network restart`."""
        try:
            listener = runtime.tcp_listener(self._port, interface)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or interface not in self._open:
                self._say(interface, _problem(interface, self._port, error))
            return
        if interface in self._open:
            self._close(interface)
        self._open[interface] = listener
        self._problems.pop(interface, None)
        self._on_listener(listener)
        log.info("the page can be seen", "interface {}, port {}".format(interface, self._port))

    def _say(self, interface: str, problem: str) -> None:
        if self._problems.get(interface) != problem:
            self._problems[interface] = problem
            log.warning("the page can't be shown, tried again", problem)

    def _close(self, interface: str) -> None:
        listener = self._open.pop(interface)
        self._loop.forget(listener)
        listener.close()


def _problem(interface: str, port: int, error: OSError) -> str:
    if error.errno == errno.ENODEV:
        return "interface {} is not there (set main.lan to the LAN's)".format(interface)
    if error.errno == errno.EADDRINUSE:
        return "port {} on {} is taken by another program (set warn.port)".format(port, interface)
    return "interface {}: {}".format(interface, error)
