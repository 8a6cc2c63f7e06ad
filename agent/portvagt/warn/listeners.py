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
    """Keeps one TCP listener an interface and port; each new one is given to its port's callback."""

    def __init__(self, loop: "Loop", interfaces: "list[str]", ports: "dict[int, Callable[[Any, int], None]]") -> None:
        """`ports`: port → `on_listener(listener, port)`."""
        self._loop = loop
        self._places = [(interface, port) for interface in interfaces for port in ports]
        self._ports = ports
        self._open: "dict[tuple[str, int], Any]" = {}
        self._problems: "dict[tuple[str, int], str]" = {}
        self._check()

    def _check(self) -> None:
        self._loop.after(CHECK_S, self._check)
        for place in self._places:
            self._renew(place)

    def _renew(self, place: "tuple[str, int]") -> None:
        """Binding again succeeds only when the interface is another one than before: br-lan after `network restart`."""
        interface, port = place
        try:
            listener = runtime.tcp_listener(port, interface)
        except OSError as error:
            if error.errno != errno.EADDRINUSE or place not in self._open:
                self._say(place, _problem(interface, port, error))
            return
        if place in self._open:
            self._close(place)
        self._open[place] = listener
        self._problems.pop(place, None)
        self._ports[port](listener, port)
        log.info("browsers are answered", "interface {}, port {}".format(interface, port))

    def _say(self, place: "tuple[str, int]", problem: str) -> None:
        """A problem that is new; an interface that is not there is one problem, however many ports."""
        if problem not in self._problems.values():
            log.warning("the page can't be shown, tried again", problem)
        self._problems[place] = problem

    def _close(self, place: "tuple[str, int]") -> None:
        listener = self._open.pop(place)
        self._loop.forget(listener)
        listener.close()


def _problem(interface: str, port: int, error: OSError) -> str:
    if error.errno == errno.ENODEV:
        return "interface {} is not there (set main.lan to the LAN's)".format(interface)
    if error.errno == errno.EADDRINUSE:
        return "port {} on {} is taken by another program (set warn.port, tls_port or api_port)".format(port, interface)
    return "interface {}: {}".format(interface, error)
