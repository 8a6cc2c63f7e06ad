"""A listening socket on each interface of the home's network, also when interfaces come later or are made anew."""

import errno

from portvagt import log, runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop, Timer

CHECK_S = 5  # while another program has a port of ours
_NETLINK_ROUTE = 0  # include/uapi/linux/netlink.h
_RTMGRP_LINK = 1  # include/uapi/linux/rtnetlink.h


class Listeners:
    """Keeps one TCP listener an interface and port; each new one is given to its port's callback."""

    def __init__(self, loop: "Loop", interfaces: "list[str]", ports: "dict[int, Callable[[Any, int], None]]") -> None:
        """`ports`: port → `on_listener(listener, port)`."""
        self._loop = loop
        self._places = [(interface, port) for interface in interfaces for port in ports]
        self._ports = ports
        self._open: "dict[tuple[str, int], Any]" = {}
        self._problems: "dict[tuple[str, int], str]" = {}
        self._timer: "Timer | None" = None
        links = runtime.netlink_socket(_NETLINK_ROUTE, _RTMGRP_LINK)
        self._hear = runtime.reader(links, bytearray(16))  # that something changed; the rest is cut off
        loop.watch(links, self._on_change)
        self._check()

    def _on_change(self, events: int) -> None:
        """The kernel tells of an interface; whether it is one of ours is seen by binding."""
        try:
            while self._hear() >= 0:
                pass
        except OSError as error:
            if error.errno != runtime.ENOBUFS:
                raise
        self._check()

    def _check(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if {self._renew(place) for place in self._places} - {0, errno.ENODEV}:
            self._timer = self._loop.after(CHECK_S, self._check)

    def _renew(self, place: "tuple[str, int]") -> "int | None":
        """What is in the way, 0 for nothing.

        Binding again succeeds only when the interface is another one than before: br-lan after `network restart`.
        """
        interface, port = place
        try:
            listener = runtime.tcp_listener(port, interface)
        except OSError as error:
            if error.errno == errno.EADDRINUSE and place in self._open:
                self._problems.pop(place, None)
                return 0
            self._say(place, _problem(interface, port, error))
            return error.errno
        if place in self._open:
            self._close(place)
        self._open[place] = listener
        self._problems.pop(place, None)
        self._ports[port](listener, port)
        log.info("browsers are answered", "interface {}, port {}".format(interface, port))
        return 0

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
