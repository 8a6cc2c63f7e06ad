"""What root may ask and order: the command line, rpcd and ubus."""

from math import ceil

from portvagt import __version__, case_view, rpc, runtime, trace
from portvagt.judge.device import Device
from portvagt.judge.home import TooManyExempt
from portvagt.report import commands
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.block.table import Attempts
    from portvagt.guard import Guard
    from portvagt.judge.case import Decision
    from portvagt.reporter_door import ReporterDoor
    from portvagt.rpc import Methods, Peer

DEVICES_SHOWN = 64
_TOO_EARLY = (
    "it tried to send mail lately; possible in {} minutes, if it tries nothing until then"
    " (a mail server is for: portvagt exempt)"
)


class AdminDoor:
    """`methods`: by their names; `reporter`: who knows the state, and of reporting."""

    def __init__(self, guard: "Guard", reporter: "ReporterDoor") -> None:
        self._guard = guard
        self._reporter = reporter
        self.methods: "Methods" = {
            "status": self._status,
            "explain": self._explain,
            "stop": self._stop,
            "garden": self._garden,
            "release": self._release,
            "exempt": self._exempt,
            "trace": self._trace,
            "events": self._events,
        }

    def _status(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        guard = self._guard
        status = self._reporter.state()
        status["version"] = __version__
        status["table"] = "loaded" if guard.enforcement.table.is_loaded() else "missing"
        fight = guard.enforcement.upkeep.repairs.fight(runtime.monotonic())
        status["repairs"] = (
            {"times": fight.times, "seconds": int(fight.seconds), "pause_s": fight.pause_s} if fight else None
        )
        status["reporting"] = self._reporter.reporting()
        status["connections_seen"] = guard.connections_seen
        status["connections_unjudged"] = guard.connections_unjudged
        names, attempts, capped = case_view.names(guard), self._attempts(), self._capped()
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
        guard, now = self._guard, runtime.monotonic()
        device = guard.home.devices.get(key) or Device(now, guard.home.bank)
        row = self._row(key, device, case_view.names(guard), self._attempts(), self._capped())
        row["evidence"], row["last_seconds_ago"] = device.evidence(), round(now - device.last, 1)
        row["case"] = case_view.view(guard, key, device.case) if device.case else None
        if row["case"]:
            row["case"]["attempts_since"] = row["attempts_since"]
        return row

    def _explain(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        return self._device(self._named(params))

    def _stop(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        return self._done(key, self._guard.home.order(runtime.monotonic(), key))

    def _garden(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        if address.device_text(key) in self._guard.config.main.never_garden:
            raise rpc.Refused("'never_garden' names this device: its web stays open")
        return self._done(key, self._guard.home.confine(runtime.monotonic(), key))

    def _release(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        self._guard.learn()
        now, home = runtime.monotonic(), self._guard.home
        wait_s = home.release_wait_s(now, key)
        if wait_s > 0:
            raise rpc.Refused(_TOO_EARLY.format(ceil(wait_s / 60)))
        return self._done(key, home.release(now, key))

    def _exempt(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._named(params)
        seconds = rpc.number(params, "seconds", 60, commands.EXEMPT_MAX_S)
        try:
            decisions = self._guard.home.exempt(runtime.monotonic(), key, seconds)
        except TooManyExempt as error:
            raise rpc.Refused("{}; release one first (see: portvagt status)".format(error))
        return self._done(key, decisions)

    def _done(self, key: bytes, decisions: "list[Decision]") -> "dict[str, Any]":
        """What a person is told is done is on flash."""
        self._guard.carry_out(decisions)
        self._guard.save_what_waits()
        return self._device(key)

    def _trace(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        answer, key = trace.answer(self._guard, params)
        answer["device"] = None if key is None else self._called(key, case_view.names(self._guard))
        return answer

    def _events(self, peer: "Peer", params: "dict[str, Any]") -> "dict[str, Any]":
        """As the ISP gets them, so that a family can see what left the home."""
        return {"events": self._reporter.events}

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

    def _met(self, asked: bytes) -> bytes:
        """Any MAC will do, as of a device that is to be exempt before it comes; an address must have been seen.

        An address that is stopped itself, and stands so in `portvagt status`, means that.
        """
        is_itself = len(asked) == 6 or self._guard.home.is_refused(asked)
        key = asked if is_itself else case_view.key_of(self._guard, asked)
        if len(key) != 6 and key not in self._guard.home.devices:
            raise rpc.Refused("no device had the address {} lately; give its MAC or name".format(address.ip_text(key)))
        return key

    def _named(self, params: "dict[str, Any]") -> bytes:
        """The device that a person means by a MAC, an address or a name."""
        text = rpc.text(params, "device")
        try:
            return self._met(address.device_bytes(text.lower()))
        except ValueError:
            macs = [mac for mac, name in case_view.names(self._guard).items() if name.lower() == text.lower()]
        if len(macs) != 1:
            problem = "no device is called" if not macs else "several devices are called"
            raise rpc.Refused("{} '{}'; give its MAC or address (see: portvagt status)".format(problem, text))
        return address.mac_bytes(macs[0])


def _shown(devices: "dict[bytes, Device]") -> "list[bytes]":
    """Devices with a case first, then those that sent mail last."""
    return sorted(devices, key=lambda key: (devices[key].case is None, -devices[key].last))[:DEVICES_SHOWN]
