"""What each of the guard's Unix sockets lets its users do: which socket it is decides."""

import json
from math import ceil

from portvagt import __version__, directories, rpc, runtime, trace
from portvagt.judge.case import CLEAR, GARDEN, REFUSED, RELEASED
from portvagt.judge.device import ROUTER, Device
from portvagt.judge.home import TooManyExempt, may_request
from portvagt.report import commands
from portvagt.watch import address, leases

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.block.table import Attempts
    from portvagt.guard import Guard
    from portvagt.judge.case import Case, Decision
    from portvagt.rpc import Methods, Peer

DEVICES_SHOWN = 64
EVENTS_SHOWN = 16
AGE_MAX_S = 2**31
STATUS_MAX = 400  # as report.guard_socket, of which the guard loads nothing
_TOO_EARLY = (
    "it tried to send mail lately; possible in {} minutes, if it tries nothing until then"
    " (a mail server is for: portvagt exempt)"
)


class Doors:
    """The three sockets under {run_dir}/ROLE/ROLE.sock and their methods."""

    def __init__(self, guard: "Guard") -> None:
        self._guard = guard
        self._servers: "dict[str, rpc.Server]" = {}
        self._damaged_of_reporter = 0
        self._events: "list[dict[str, Any]]" = []  # the last ones, oldest first
        self._reporting = ("", 0.0)  # the reporter's words, and since when

    def open(self) -> None:
        """Listen on all three. Raises OSError, ValueError (path too long)."""
        for role, methods in self._methods().items():
            directory = self._guard.config.main.run_dir + "/" + role
            directories.make(directory)
            on_connect = self._push_all if role == "reporter" else None
            path = "{}/{}.sock".format(directory, role)
            self._servers[role] = rpc.Server(self._guard.loop, path, methods, on_connect)

    def push(self, event: "dict[str, Any]") -> None:
        """Give an event to the reporter, if one is there; the last ones can be asked for."""
        self._events = (self._events + [event])[-EVENTS_SHOWN:]
        if "reporter" in self._servers:
            for peer in self._servers["reporter"].peers:
                peer.notify("event", event)

    def _push_all(self, peer: "Peer") -> None:
        for text in list(self._guard.unstored.values()):
            peer.notify("event", json.loads(text))

    def _methods(self) -> "dict[str, Methods]":
        return {
            "portal": {
                "case": self._case,
                "acknowledge": self._acknowledge,
                "cleaned": self._cleaned,
                "mail_server": self._mail_server,
                "not_mine": self._not_mine,
            },
            "reporter": {
                "stored": self._stored,
                "damaged": self._damaged,
                "reporting": self._told_of_reporting,
                "state": self._state,
                "order": self._order,
            },
            "admin": {
                "status": self._status,
                "explain": self._explain,
                "stop": self._stop,
                "garden": self._garden,
                "release": self._release,
                "exempt": self._exempt,
                "trace": self._trace,
                "events": self._last_events,
            },
        }

    # portal

    def _case(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        source = _ip(rpc.text(params, "address"))
        key = self._key_of(source)
        device = self._guard.home.devices.get(key)
        if device is None or device.case is None or device.case.state not in REFUSED:
            return {"state": RELEASED if device is not None and device.state == RELEASED else CLEAR}
        case = device.case
        view = self._view(key, case)
        view["token"] = self._guard.home.token(runtime.monotonic(), case)
        view["may_request"] = may_request(case)
        own = self._guard.neighbours.own_lan_address(len(source))
        view["gate"] = self._guard.enforcement.is_at_the_gate(key, case)
        view["captive"] = view["gate"] or case.state == GARDEN
        view["page"] = _url(own, self._guard.config.warn.port) if own else None
        return view

    def _acknowledge(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        self._reader(params)
        self._guard.save()
        return {}

    def _cleaned(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        return self._asked(params, self._guard.home.request)

    def _mail_server(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        return self._asked(params, self._guard.home.claim)

    def _not_mine(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        return self._asked(params, self._guard.home.disown)

    def _asked(self, params: "dict[str, Any]", ask: "Callable[[float, bytes], list[Decision]]") -> "dict[str, Any]":
        """A person who has read the page asks for something. Asking once more, or in vain, is no error."""
        self._guard.carry_out(ask(runtime.monotonic(), self._reader(params)))
        self._guard.save()
        return {}

    def _reader(self, params: "dict[str, Any]") -> bytes:
        """The device whose page a person has read. Raises rpc.Refused when it was another page, or an old one."""
        key = self._key_of(_ip(rpc.text(params, "address")))
        incident, token = rpc.text(params, "incident"), rpc.text(params, "token")
        if self._guard.home.acknowledge(runtime.monotonic(), key, incident, token) is None:
            raise rpc.Refused("this page is no longer valid")
        self._guard.enforcement.table.end_notice(key)
        return key

    # reporter

    def _stored(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        if self._guard.unstored.pop(rpc.text(params, "id"), None) is not None:
            self._guard.save()
        return {}

    def _damaged(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        self._damaged_of_reporter = rpc.number(params, "files", 0, 9)
        return {}

    def _order(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any] | None":
        """What the ISP wants; `of`: cmd or policy, the topic's last level."""
        orders = self._guard.orders
        if rpc.text(params, "of") == "policy":
            return orders.policy(params.get("document"))
        return orders.command(params.get("document"))

    def _told_of_reporting(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        status = rpc.text(params, "status", STATUS_MAX)
        self._reporting = status, runtime.monotonic() - rpc.number(params, "seconds", 0, AGE_MAX_S)
        return {}

    def reporting(self) -> "dict[str, Any] | None":
        """How reporting is (`status`) and for how many `seconds`; None when it is switched off."""
        if not self._guard.config.report.enabled:
            return None
        if not self._servers["reporter"].peers:
            return {"status": "the reporter does not run", "seconds": None}
        status, since = self._reporting
        return {"status": status or "not connected yet", "seconds": int(runtime.monotonic() - since)}

    def _state(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        guard = self._guard
        return {
            "policy": guard.config.main.policy,
            "watching": guard.blind() is None,
            "blind": guard.blind(),
            "addresses": [address.ip_text(each) for each in guard.neighbours.own_global_addresses()],
            "devices": len(guard.home.devices),
            "stopped": len(guard.home.refused()),
            "events_lost": guard.conntrack_events.source.losses,
            "damaged_files": guard.damaged_files() + self._damaged_of_reporter,
            "uptime_s": int(guard.uptime()),
            "runtime": runtime.NAME,
            "tampered": guard.enforcement.upkeep.repairs.fight(runtime.monotonic()) is not None,
            "pids": {"guard": runtime.getpid()},
        }

    # admin

    def _status(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        status = self._state(peer, params)
        status["version"] = __version__
        status["table"] = "loaded" if self._guard.enforcement.table.is_loaded() else "missing"
        fight = self._guard.enforcement.upkeep.repairs.fight(runtime.monotonic())
        status["repairs"] = (
            {"times": fight.times, "seconds": int(fight.seconds), "pause_s": fight.pause_s} if fight else None
        )
        status["reporting"] = self.reporting()
        status["connections_seen"] = self._guard.connections_seen
        status["connections_unjudged"] = self._guard.connections_unjudged
        names, attempts, capped = self._names(), self._attempts(), self._capped()
        devices = self._with_capped(capped)
        status["devices"] = [self._row(key, devices[key], names, attempts, capped) for key in _shown(devices)]
        return status

    def _with_capped(self, capped: "dict[bytes, int]") -> "dict[bytes, Device]":
        """The judge's devices, and those of which a cap let nothing through that the judge could have seen."""
        now, home = runtime.monotonic(), self._guard.home
        devices = {key: Device(now, home.bank) for key in capped}
        devices.update(home.devices)
        return devices

    def _row(
        self,
        key: bytes,
        device: Device,
        names: "dict[str, str]",
        attempts: "dict[bytes, Attempts]",
        capped: "dict[bytes, int]",
    ) -> "dict[str, Any]":
        row = self._called(key, names)
        row["state"] = device.state
        row["score"] = round(device.score(runtime.monotonic(), self._guard.home.bank), 1)
        row["threshold"] = round(self._guard.home.bank.threshold, 1)
        row["attempts_since"] = attempts[key].packets if key in attempts else 0
        row["capped"] = capped.get(key, 0)
        return row

    def _called(self, key: bytes, names: "dict[str, str]") -> "dict[str, Any]":
        addresses = self._guard.neighbours.addresses(key) if len(key) == 6 else [key]
        return {
            "device": address.device_text(key),
            "name": names.get(address.device_text(key)),
            "addresses": [address.ip_text(each) for each in addresses],
        }

    def _device(self, key: bytes) -> "dict[str, Any]":
        now, home = runtime.monotonic(), self._guard.home
        device = home.devices.get(key) or Device(now, home.bank)
        row = self._row(key, device, self._names(), self._attempts(), self._capped())
        row["evidence"], row["last_seconds_ago"] = device.evidence(), round(now - device.last, 1)
        row["case"] = self._view(key, device.case) if device.case else None
        if row["case"]:
            row["case"]["attempts_since"] = row["attempts_since"]
        return row

    def _explain(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        return self._device(self._named(params))

    def _stop(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        self._guard.carry_out(self._guard.home.order(runtime.monotonic(), key))
        return self._device(key)

    def _garden(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        if address.device_text(key) in self._guard.config.main.never_garden:
            raise rpc.Refused("'never_garden' names this device: its web stays open")
        self._guard.carry_out(self._guard.home.confine(runtime.monotonic(), key))
        return self._device(key)

    def _release(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        self._guard.learn()
        now, home = runtime.monotonic(), self._guard.home
        wait_s = home.release_wait_s(now, key)
        if wait_s > 0:
            raise rpc.Refused(_TOO_EARLY.format(ceil(wait_s / 60)))
        self._guard.carry_out(home.release(now, key))
        return self._device(key)

    def _exempt(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        seconds = rpc.number(params, "seconds", 60, commands.EXEMPT_MAX_S)
        try:
            self._guard.carry_out(self._guard.home.exempt(runtime.monotonic(), key, seconds))
        except TooManyExempt as error:
            raise rpc.Refused("{}; release one first (see: portvagt status)".format(error))
        return self._device(key)

    def _trace(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        answer, key = trace.answer(self._guard, params)
        answer["device"] = None if key is None else self._called(key, self._names())
        return answer

    def _last_events(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        """As the ISP gets them, so that a family can see what left the home."""
        return {"events": self._events}

    # what they share

    def _view(self, key: bytes, case: "Case") -> "dict[str, Any]":
        now = runtime.monotonic()
        mac = key if len(key) == 6 else None
        text = address.device_text(key)
        return {
            "state": case.state,
            "incident": case.incident,
            "device": {
                "name": self._names().get(text),
                "mac_tail": text[-5:] if mac else None,
                "random_mac": mac is not None and address.is_random_mac(mac),
            },
            "stopped_seconds_ago": round(now - case.opened, 1),
            "stopped_at": case.opened_at,
            "acknowledged": case.acknowledged,
            "requested": case.requested,
            "mail_server": case.claimed,
            "not_mine": case.disowned,
            "reference": case.reference(),
            "stops": case.stops,
            "familiar": len(case.familiar),
            "hold_hours": round(self._guard.home.hold_s(key, case) / 3600),
            "quiet_wait_s": int(self._guard.home.quiet_wait_s(now, key, case)),
            "evidence": case.evidence,
            "remaining_s": None if case.until is None else int(case.until - now),
        }

    def _attempts(self) -> "dict[bytes, Attempts]":
        """None where somebody has just removed the table: a status that says so is worth more than an error."""
        try:
            return self._guard.enforcement.table.attempts()
        except OSError:
            return {}

    def _capped(self) -> "dict[bytes, int]":
        """As _attempts()."""
        try:
            return self._guard.enforcement.table.capped()
        except OSError:
            return {}

    def _names(self) -> "dict[str, str]":
        names = leases.read(self._guard.config.main.leases)
        names[address.device_text(ROUTER)] = "router"
        return names

    def _key_of(self, source: bytes) -> bytes:
        return self._guard.neighbour_events.mac(source) or source

    def _met(self, asked: bytes) -> bytes:
        """Any MAC will do, as of a device that is to be exempt before it comes; an address must have been seen."""
        key = asked if len(asked) == 6 else self._key_of(asked)
        if len(key) != 6 and key not in self._guard.home.devices:
            raise rpc.Refused("no device had the address {} lately; give its MAC or name".format(address.ip_text(key)))
        return key

    def _named(self, params: "dict[str, Any]") -> bytes:
        """The device that a person means by a MAC, an address or a name."""
        text = rpc.text(params, "device")
        try:
            return self._met(address.device_bytes(text.lower()))
        except ValueError:
            macs = [mac for mac, name in self._names().items() if name.lower() == text.lower()]
        if len(macs) != 1:
            problem = "no device is called" if not macs else "several devices are called"
            raise rpc.Refused("{} '{}'; give its MAC or address (see: portvagt status)".format(problem, text))
        return address.mac_bytes(macs[0])


def _shown(devices: "dict[bytes, Device]") -> "list[bytes]":
    """Devices with a case first, then those that sent mail last."""
    return sorted(devices, key=lambda key: (devices[key].case is None, -devices[key].last))[:DEVICES_SHOWN]


def _ip(text: str) -> bytes:
    try:
        return address.ip_bytes(text)
    except ValueError:
        raise rpc.Refused("'address' must be an IP address")


def _url(own: bytes, port: int) -> str:
    host = address.ip_text(own)
    return "http://{}:{}/".format("[{}]".format(host) if len(own) == 16 else host, port)
