"""Waits for the writes of a router at which its power is to be cut."""

import time
from collections.abc import Callable, Sequence

from portvagt_sim.bench import power_orders, power_watch
from portvagt_sim.bench.power_flash import Flash
from portvagt_sim.bench.power_orders import ALL, NONE, Order
from portvagt_sim.bench.power_promises import REFUSED, objects
from portvagt_sim.bench.power_watch import LOOK_PAUSE
from portvagt_sim.errors import SimulatorError
from portvagt_sim.home.device import Device
from portvagt_sim.router.qemu import QemuRouter
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

SAVED_SECONDS, ARRIVAL_SECONDS = 90.0, 90.0  # a file that was just written waits for a minute
NEARLY, LATEST = 58.5, 64.0  # s after a write of the cases, between which the next one begins
REST_SECONDS, REST_MOST = 6.0, 60.0  # without a write: ext4's journal has its own after 5 s
WRITE_SECONDS, WRITE_PAUSE = 15.0, 0.001


class Moments:
    """Of one router. `sent`: the last order, or None, and what the flash had before is known."""

    def __init__(self, world: World, router: QemuRouter) -> None:
        self.sent: Order | None = None
        self._world = world
        self._router = router
        self._before = ""  # the file of cases that is to be replaced

    def second_write(self, devices: Sequence[Device]) -> bool:
        """A minute after a write that tells of one of them: whether the next one has begun.

        At once, and no, where the guard has written nothing since the boot: all was on flash before.
        """
        self._wait_saved(devices)
        self._before, age = power_watch.case_file(self._router)
        if age is None:
            return False
        time.sleep(max(0.0, NEARLY - age))
        return self._write_begins(LATEST - NEARLY, lambda: None)

    def order(self, name: str, device: Device, end_zombie: Callable[[], None]) -> Order:
        """A new order, not yet sent, about a device that is saved as stopped, that the ISP knows, and is clean then."""
        self._wait_saved([device])
        end_zombie()
        incident = self._router.call("explain", device=device.mac)["case"]["incident"]
        made = power_orders.order(name, device.mac, self._pseudonym(incident), time.time())
        self._wait_rest()
        return made

    def order_write(self, made: Order) -> bool:
        """Send it: whether the first write that follows has begun."""
        return self._write_begins(WRITE_SECONDS, lambda: self._send(made))

    def acknowledgement(self, made: Order) -> bool:
        """Send it, and wait for the router's answer."""
        self._send(made)
        power_orders.wait_answer(self._world, made)
        return True

    def kept(self, flash: Flash) -> str:
        """How much of what was written last the flash has: NONE, PART or ALL."""
        cases = flash.items("cases.json")
        if self.sent:
            return power_orders.on_flash(self.sent, cases, flash.items("orders.json"))
        return NONE if cases == objects(self._before) else ALL

    def _send(self, made: Order) -> None:
        self.sent = made
        power_orders.send(self._world, made)

    def _wait_saved(self, devices: Sequence[Device]) -> None:
        """Until the guard's file has one of them as stopped."""
        macs = {device.mac for device in devices}

        def is_saved() -> bool:
            text, _ = power_watch.case_file(self._router)
            return any(each.get("device") in macs and each["state"] in REFUSED for each in objects(text))

        try:
            wait_until(is_saved, SAVED_SECONDS, f"a case of {', '.join(sorted(macs))} is saved", LOOK_PAUSE)
        except SimulatorError as error:
            known = [(each["device"], each["state"]) for each in self._router.call("status")["devices"]]
            raise SimulatorError(f"{error}; the guard knows {known}") from error

    def _pseudonym(self, incident: str) -> str:
        """What the ISP calls the device of an incident."""

        def named() -> str | None:
            data = (message.json()["data"] for message in self._world.isp.messages("/up/event"))
            return next((each["device"] for each in data if each["incident"] == incident), None)

        return wait_until(named, ARRIVAL_SECONDS, "the ISP has heard of the device", LOOK_PAUSE) or ""

    def _wait_rest(self) -> None:
        end, written = time.monotonic() + REST_MOST, -1
        while written != (written := self._router.vm.blocks_written()) and time.monotonic() < end:
            time.sleep(REST_SECONDS)

    def _write_begins(self, seconds: float, act: Callable[[], None]) -> bool:
        before, end = self._router.vm.blocks_written(), time.monotonic() + seconds
        act()
        while self._router.vm.blocks_written() == before:
            if time.monotonic() >= end:
                return False
            time.sleep(WRITE_PAUSE)
        return True
