"""What a router says of its own files while it runs, until its power is cut."""

import json
import threading
from contextlib import suppress

from portvagt_sim.bench import power_promises
from portvagt_sim.errors import SimulatorError
from portvagt_sim.router.qemu import QemuRouter

LOOK_PAUSE, LOOK_SECONDS = 0.2, 10.0
AGE = """
cat /proc/sys/kernel/random/boot_id
cut -d ' ' -f 1 /proc/uptime
cat {state_dir}/guard/cases.json 2>/dev/null
true
"""


class Watch:
    """Asks the router again and again, on a thread, what it promises; the last whole answer counts."""

    def __init__(self, router: QemuRouter) -> None:
        self._script = power_promises.LOOK.format(
            state_dir=router.state_dir, run_dir=router.run_dir, mark=power_promises.MARK
        )
        self._router = router
        self._ended = threading.Event()
        self._cases: dict[str, str] = {}
        self._events: set[str] = set()
        self._lock = threading.Lock()
        threading.Thread(target=self._run, name="power watch", daemon=True).start()

    def _run(self) -> None:
        while not self._ended.wait(LOOK_PAUSE):
            with suppress(OSError, SimulatorError):
                found = power_promises.read(self._router.run("sh", "-c", self._script, seconds=LOOK_SECONDS))
                self._keep(found)

    def _keep(self, found: power_promises.Promises) -> None:
        with self._lock:
            if not self._ended.is_set():
                self._cases.update(found.cases)
                self._events |= found.events

    def end(self) -> power_promises.Promises:
        """All that was promised until now. The thread may still wait for an answer that never comes."""
        with self._lock:
            self._ended.set()
            return power_promises.Promises(dict(self._cases), frozenset(self._events))


def case_file(router: QemuRouter) -> tuple[str, float | None]:
    """The guard's file of cases, "" without one, and how many seconds ago it was written, None: before this boot."""
    return aged(router.run("sh", "-c", AGE.format(state_dir=router.state_dir)))


def aged(said: str) -> tuple[str, float | None]:
    """What AGE printed."""
    boot, uptime, *lines = said.splitlines()
    header = json.loads(lines[0]) if lines else {}
    age = float(uptime) - header["now"] if header.get("boot") == boot else None
    return "\n".join(lines), age
