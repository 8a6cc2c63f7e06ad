"""What the portal may ask: the case of the device that asks for a page, and what a person said on it."""

from portvagt import case_view, rpc, runtime
from portvagt.judge.case import CLEAR, GARDEN, REFUSED, RELEASED
from portvagt.judge.home import may_request
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.guard import Guard
    from portvagt.judge.case import Decision
    from portvagt.rpc import Methods, Peer


class PortalDoor:
    """`methods`: by their names."""

    def __init__(self, guard: "Guard") -> None:
        self._guard = guard
        self.methods: "Methods" = {
            "case": self._case,
            "acknowledge": self._acknowledge,
            "cleaned": lambda _, params: self._asked(params, guard.home.request),
            "mail_server": lambda _, params: self._asked(params, guard.home.claim),
            "not_mine": lambda _, params: self._asked(params, guard.home.disown),
        }

    def _case(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        guard = self._guard
        source = _ip(rpc.text(params, "address"))
        key = case_view.key_of(guard, source)
        device = guard.home.devices.get(key)
        if device is None or device.case is None or device.case.state not in REFUSED:
            return {"state": RELEASED if device is not None and device.state == RELEASED else CLEAR}
        case = device.case
        view = case_view.view(guard, key, case)
        view["token"] = guard.home.token(runtime.monotonic(), case)
        view["may_request"] = may_request(case)
        own = guard.neighbours.own_lan_address(len(source))
        view["gate"] = guard.enforcement.is_at_the_gate(key, case)
        view["captive"] = view["gate"] or case.state == GARDEN
        view["page"] = _url(own, guard.config.warn.port) if own else None
        return view

    def _acknowledge(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        self._reader(params)
        self._guard.save()
        return {}

    def _asked(self, params: "dict[str, Any]", ask: "Callable[[float, bytes], list[Decision]]") -> "dict[str, Any]":
        """A person who has read the page asks for something. Asking once more, or in vain, is no error."""
        self._guard.carry_out(ask(runtime.monotonic(), self._reader(params)))
        self._guard.save()
        return {}

    def _reader(self, params: "dict[str, Any]") -> bytes:
        """The device whose page a person has read. Raises rpc.Refused when it was another page, or an old one."""
        key = case_view.key_of(self._guard, _ip(rpc.text(params, "address")))
        incident, token = rpc.text(params, "incident"), rpc.text(params, "token")
        if self._guard.home.acknowledge(runtime.monotonic(), key, incident, token) is None:
            raise rpc.Refused("this page is no longer valid")
        self._guard.enforcement.table.end_notice(key)
        return key


def _ip(text: str) -> bytes:
    try:
        return address.ip_bytes(text)
    except ValueError:
        raise rpc.Refused("'address' must be an IP address")


def _url(own: bytes, port: int) -> str:
    host = address.ip_text(own)
    return "http://{}:{}/".format("[{}]".format(host) if len(own) == 16 else host, port)
