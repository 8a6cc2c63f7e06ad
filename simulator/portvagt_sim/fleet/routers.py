"""A process with many routers: `python -m portvagt_sim.fleet.routers PLAN.json`.

It connects its routers one after the other. When the file `begin` of the plan is there, with the time at which to
begin, events happen by chance (a Poisson process) and, at the times of the outbreaks, to all at once. Twice a second
it writes down what it knows, and every id that an outbox has taken, with the outbreak's number or -.
"""

import json
import os
import random
import sys
from functools import partial
from pathlib import Path
from typing import Any

from portvagt import runtime
from portvagt.loop import Loop
from portvagt_sim.fleet.virtual_router import Place, VirtualRouter

REPORT_S = 0.5
LOOK_S = 0.1
BY_CHANCE = "-"
ACTIONS = ("stopped", "requested", "released")


class Routers:
    """The routers of a plan; see portvagt_sim.fleet.measurement for what a plan has."""

    def __init__(self, loop: Loop, plan: dict[str, Any]) -> None:
        self._loop = loop
        self._plan = plan
        self._chance = random.Random(f"{plan['seed']} {plan['names'][0]}")
        self._accepted = 0
        self._cause = BY_CHANCE
        self._ids = Path(plan["ids"]).open("w")  # noqa: SIM115  as long as the process
        self._routers = [self._router(name) for name in plan["names"]]
        self._next = self._end = 0.0

    def start(self) -> None:
        """Connect, and wait for the beginning."""
        for number, router in enumerate(self._routers):
            self._loop.after(number * self._plan["connect_every_s"], router.connect)
        self._loop.after(REPORT_S, self._report)
        self._loop.after(LOOK_S, self._look)

    def _router(self, name: str) -> VirtualRouter:
        plan = self._plan
        place = Place(plan["broker"][name], plan["port"], plan["ca"], Path(plan["certificates"]), Path(plan["flash"]))
        return VirtualRouter(self._loop, name, place, plan["listens"], self._chance, self._on_accepted)

    def _on_accepted(self, identity: str) -> None:
        self._accepted += 1
        print(identity, self._cause, file=self._ids)

    def _look(self) -> None:
        try:
            begin = float(Path(self._plan["begin"]).read_text())
        except (FileNotFoundError, ValueError):
            self._loop.after(LOOK_S, self._look)
            return
        self._next = runtime.monotonic() + begin - (runtime.wall_clock() or 0)
        self._end = self._next + self._plan["seconds"]
        for number, after_s in enumerate(self._plan["outbreaks"]):
            self._loop.after(self._next + after_s - runtime.monotonic(), partial(self._outbreak, str(number)))
        self._wait()

    def _wait(self) -> None:
        self._next += self._chance.expovariate(self._plan["rate"] * len(self._routers))
        if self._next < self._end:
            self._loop.after(max(0.0, self._next - runtime.monotonic()), self._one_event)

    def _one_event(self) -> None:
        self._chance.choice(self._routers).happen(self._chance.choice(ACTIONS))
        self._wait()

    def _outbreak(self, number: str) -> None:
        self._cause = number
        for router in self._routers:
            router.happen("stopped")
        self._cause = BY_CHANCE

    def _report(self) -> None:
        self._loop.after(REPORT_S, self._report)
        self._ids.flush()
        known = {
            "online": sum(router.online for router in self._routers),
            "waiting": sum(len(router.outbox.waiting()) for router in self._routers),
            "dropped": sum(router.outbox.dropped for router in self._routers),
            "accepted": self._accepted,
            "outages": [seconds for router in self._routers for seconds in router.outages],
        }
        place = Path(self._plan["report"])
        place.with_suffix(".new").write_text(json.dumps(known))
        os.replace(place.with_suffix(".new"), place)


def main() -> None:
    """Until SIGTERM."""
    loop = Loop()
    runtime.stop_when_told(loop)
    Routers(loop, json.loads(Path(sys.argv[1]).read_text())).start()
    loop.run()


if __name__ == "__main__":
    main()
