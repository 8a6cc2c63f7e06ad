"""A run: connect the fleet, let events happen, break the broker half-way, wait until all is stored, add up."""

import argparse
import json
import os
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import Any

from portvagt_sim.bench.process import cpu_seconds, memory_kb
from portvagt_sim.certificates import Identity
from portvagt_sim.errors import SimulatorError
from portvagt_sim.fleet import figures
from portvagt_sim.fleet.brokers import Broker, Mosquitto
from portvagt_sim.fleet.nats import NatsCluster
from portvagt_sim.fleet.site import NAMES, PORT, Site, site
from portvagt_sim.fleet.store_watch import StoreWatch
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

BROKERS: dict[str, Callable[[], Broker]] = {"mosquitto": Mosquitto, "nats-cluster": NatsCluster}
COLLECTORS = ("collector", "collector-2")
COUNTER = "counter"
COUNTING = Path(__file__).parents[1] / "bench" / "counting_subscriber.py"
PACKAGES = Path(__file__).parents[2]
ROUTERS_A_PROCESS = 500
CONNECTS_A_SECOND = 100  # at the start, which is not what is measured
START_S = 60.0
CONNECT_S = 300.0  # beyond what the connects take
SETTLE_S = 360.0  # a router waits up to 300 s before it tries again
HOPELESS_S = 30.0  # no router has anything left, and nothing comes any more
LOOK_S = 0.25
LEAD_S = 1.5  # from writing when it begins to that moment
OUTBREAK_AT, ACCIDENT_AT = 0.25, 0.5  # of the time; with the accident comes a second outbreak
IN_THE_MIDST_S = 0.03  # after the second outbreak

Progress = Callable[[float, float, str], None]


def measure(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """One object of results; see docs/measurements/fleet.md for what they mean."""
    broker = BROKERS[args.broker]()
    with ExitStack() as running:
        run = Run(args, broker, running.enter_context(site(broker.nodes)), running, progress)
        run.connect()
        run.play()
        run.settle()
        return run.results()


class Run:
    """One run."""

    def __init__(
        self, args: argparse.Namespace, broker: Broker, place: Site, running: ExitStack, progress: Progress
    ) -> None:
        self._args, self._broker, self._site = args, broker, place
        self._running, self._progress = running, progress
        self._names = [f"cpe-{number:06}" for number in range(args.routers)]
        self._database = place.workdir / "isp.db"
        self._begin_file = place.workdir / "begin"
        self._watch = StoreWatch(self._database)
        self._groups: list[Path] = []

    # the parts

    def connect(self) -> None:
        """Start everything and wait until every router's state is stored."""
        self._progress(0, 1, "certificates")
        self._issue()
        self._progress(0, 1, f"starting {self._args.broker}")
        self._running.callback(self._broker.stop)
        self._broker.start(self._site, [*COLLECTORS, COUNTER], self._names)
        self._collectors = [self._collect(name) for name in COLLECTORS[: self._args.collectors]]
        self._counter = self._count()
        self._idle_cpu, self._idle_kb = self._broker.cost()
        began = time.monotonic()
        self._start_routers()
        self._running.callback(self._watch.stop)
        self._watch.start()
        self._wait_connected()
        self._connect_s = time.monotonic() - began
        self._connected_cpu, self._connected_kb = self._broker.cost()

    def _issue(self) -> None:
        for name in (*COLLECTORS, COUNTER, *self._names):
            self._site.authority.issue(name, name)  # the name also as DNS name: what NATS maps to a user

    def _identity(self, name: str) -> Identity:
        directory = self._site.authority.certificate.parent
        return Identity(directory / f"{name}.crt", directory / f"{name}.key")

    def _collect(self, name: str) -> Program:
        identity = self._identity(name)
        shared = self._broker.shares and self._args.collectors > 1
        options = {
            "broker": NAMES[1],
            "ca": self._site.authority.certificate,
            "certificate": identity.certificate,
            "key": identity.key,
            "database": self._database,
            "name": name,
            "group": "fleet" if shared else "",
        }
        configuration = self._site.workdir / f"{name}.toml"
        lines = [f'{key} = "{value}"\n' for key, value in options.items()]
        configuration.write_text("".join([*lines, f"port = {PORT}\n"]))
        argv = [sys.executable, "-m", "portvagt_isp", "collect", "--config", str(configuration)]
        return self._started(name, argv, "listening")

    def _count(self) -> Program:
        files = (self._site.authority.certificate, *self._identity(COUNTER))
        words = [NAMES[2], PORT, *files, COUNTER, 0, *(() if self._broker.shares else ("3.1.1",))]
        return self._started(COUNTER, [sys.executable, str(COUNTING), *map(str, words)], "listening")

    def _started(self, name: str, argv: Sequence[str], says: str = "") -> Program:
        environment = os.environ | {"PYTHONPATH": f"{PACKAGES}:{PACKAGES.parent / 'agent'}"}
        log = self._site.workdir / f"{name}.log"
        program = Program(name, self._site.netns, argv, log, environment)
        self._running.callback(program.stop)
        if says:
            program.wait_until(lambda: says in program.log(), START_S, f"it says {says!r}")
        return program

    def _start_routers(self) -> None:
        count = -(-len(self._names) // ROUTERS_A_PROCESS)
        for number in range(count):
            names = self._names[number::count]
            plan = self._site.workdir / f"routers-{number}.plan"
            plan.write_text(json.dumps(self._plan(number, names, count)))
            self._groups.append(plan)
            self._started(f"routers-{number}", [sys.executable, "-m", "portvagt_sim.fleet.routers", str(plan)])

    def _plan(self, number: int, names: Sequence[str], count: int) -> dict[str, Any]:
        certificate = self._site.authority.certificate
        seconds = self._args.seconds
        return {
            "names": names,
            "broker": {name: NAMES[int(name[-6:]) % len(NAMES)] for name in names},
            "port": PORT,
            "ca": str(certificate),
            "certificates": str(certificate.parent),
            "flash": str(self._site.flash),
            "listens": not self._args.no_commands,
            "seed": self._args.seed,
            "rate": self._args.rate,
            "seconds": seconds,
            "outbreaks": [OUTBREAK_AT * seconds, ACCIDENT_AT * seconds],
            "connect_every_s": count / CONNECTS_A_SECOND,
            "begin": str(self._begin_file),
            "ids": str(self._site.workdir / f"routers-{number}.ids"),
            "report": str(self._site.workdir / f"routers-{number}.report"),
        }

    # what happens

    def play(self) -> None:
        """Events, an outbreak, and half-way another one, in the midst of which the broker has its accident."""
        seconds = self._args.seconds
        self._cpu_before = self._subscribers_cpu()
        self._begin = time.time() + LEAD_S
        pending = self._begin_file.with_suffix(".new")
        pending.write_text(str(self._begin))
        pending.rename(self._begin_file)
        accident = self._begin + ACCIDENT_AT * seconds + IN_THE_MIDST_S
        self._until(accident, "events")
        self._broker.break_()
        self._until(accident + self._broker.mend_after_s, "the broker is broken")
        self._broker.mend()
        self._until(self._begin + seconds, "events")

    def settle(self) -> None:
        """Wait until every router is back, every outbox empty and every event stored, for a bounded time."""
        end = time.monotonic() + SETTLE_S
        stored, changed = -1, time.monotonic()
        while time.monotonic() < end:
            known = self._known()
            if stored != self._watch.count():
                stored, changed = self._watch.count(), time.monotonic()
            fresh = known["at"] > self._begin + self._args.seconds + LOOK_S
            hopeless = time.monotonic() - changed > HOPELESS_S
            calm = fresh and known["waiting"] == 0 and known["online"] == len(self._names)
            if calm and (stored >= known["accepted"] or hopeless):
                break
            self._progress(stored, max(1, known["accepted"]), "waiting until all is stored")
            time.sleep(LOOK_S)
        self._cpu = [after - before for before, after in zip(self._cpu_before, self._subscribers_cpu(), strict=True)]
        self._full_cpu, _ = self._broker.cost()

    def _until(self, moment: float, what: str) -> None:
        while (left := moment - time.time()) > 0:
            passed = time.time() - self._begin
            self._progress(max(0.0, passed), self._args.seconds, f"{what}: {self._watch.count()} stored")
            time.sleep(min(left, LOOK_S))

    def _wait_connected(self) -> None:
        total = len(self._names)

        def connected() -> bool:
            states = self._rows("SELECT count(*) FROM states")[0][0]
            for (reason,) in self._rows("SELECT reason FROM quarantine LIMIT 1"):
                raise SimulatorError(f"fleet: the collector refuses a router's message: {reason}")
            self._progress(states, total, "routers connect")
            time.sleep(LOOK_S)
            return bool(states >= total and self._known()["online"] == total)

        try:
            wait_until(connected, CONNECT_S + total / CONNECTS_A_SECOND, "every router is connected")
        except SimulatorError as error:
            tails = "\n".join(path.read_text()[-1000:] for path in sorted(self._site.workdir.glob("*.log")))
            raise SimulatorError(f"fleet: {error} (now {self._known()['online']} of {total})\n{tails}") from None

    def _known(self) -> dict[str, Any]:
        """The reports of the routers' processes, added up; `at`: when the oldest was written."""
        total: dict[str, Any] = {
            "online": 0,
            "waiting": 0,
            "dropped": 0,
            "accepted": 0,
            "outages": [],
            "at": time.time(),
        }
        for plan in self._groups:
            path = plan.with_suffix(".report")
            if not path.exists():
                total["at"] = 0.0
                continue
            total["at"] = min(total["at"], path.stat().st_mtime)
            for key, value in json.loads(path.read_text()).items():
                total[key] += value
        return total

    def _subscribers_cpu(self) -> list[float]:
        return [cpu_seconds(program.pid) for program in (self._counter, *self._collectors)]

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self._database, timeout=30)) as connection:
            return connection.execute(query).fetchall()

    # what came of it

    def results(self) -> dict[str, Any]:
        """All figures."""
        args, stored, known = self._args, self._watch.stored(), self._known()
        accepted = self._accepted()
        counts = self._rows("SELECT count(*), count(DISTINCT id), avg(length(document)) FROM events")[0]
        first, second = (self._begin + at * args.seconds for at in (OUTBREAK_AT, ACCIDENT_AT))
        last = max((each.readable for each in stored), default=self._begin)
        return {
            "broker": args.broker,
            "accident": self._broker.accident,
            "routers": args.routers,
            "seconds": args.seconds,
            "rate": args.rate,
            "collectors": args.collectors,
            "commands": not args.no_commands,
            "lost": figures.lost(accepted, stored),
            "duplicates_stored": counts[0] - counts[1],
            "duplicates_received": self._meta("duplicates"),
            "quarantined": self._rows("SELECT count(*) FROM quarantine")[0][0],
            "dropped": known["dropped"],
            "accepted": len(accepted),
            "stored": counts[0],
            "events_s": round(counts[0] / max(1e-3, last - self._begin), 1),
            "peak_events_s": figures.peak_per_second(stored, self._begin),
            "latency_ms": figures.latencies_ms(stored, 0, time.time()),
            "calm_latency_ms": figures.latencies_ms(stored, self._begin, first),
            "outbreak_s": figures.until_stored_s(_of(accepted, "0"), stored, first),
            "broken_outbreak_s": figures.until_stored_s(_of(accepted, "1"), stored, second),
            "outages": self._outages(known["outages"]),
            "connect": self._connect_cost(),
            "bytes": {"event": round(counts[2] or 0), "state": self._state_bytes()},
            **self._cpu_figures(counts[0]),
        }

    def _accepted(self) -> dict[str, str]:
        """Every id that an outbox took: the number of its outbreak, or -."""
        lines = [line for plan in self._groups for line in plan.with_suffix(".ids").read_text().splitlines()]
        return dict(line.split() for line in lines)

    def _meta(self, key: str) -> int:
        rows = self._rows(f"SELECT value FROM meta WHERE key = '{key}'")
        return int(rows[0][0]) if rows else 0

    def _state_bytes(self) -> int:
        return round(self._rows("SELECT avg(length(document)) FROM states")[0][0] or 0)

    @staticmethod
    def _outages(seconds: Sequence[float]) -> dict[str, Any]:
        found = {"count": len(seconds), "longest_s": max(seconds, default=None)}
        return found | {f"p{share}_s": figures.percentile(seconds, share / 100) for share in (50, 99)}

    def _connect_cost(self) -> dict[str, float]:
        count = self._args.routers
        return {
            "seconds": round(self._connect_s, 1),
            "broker_cpu_ms": round((self._connected_cpu - self._idle_cpu) * 1000 / count, 2),
            "broker_kb": round((self._connected_kb - self._idle_kb) / count, 1),
        }

    def _cpu_figures(self, events: int) -> dict[str, Any]:
        """Milliseconds for 1,000 events, of each subscriber and of the broker; what else passed is part of it."""
        scale = 1e6 / max(1, events)
        counter, *collectors = self._cpu
        return {
            "collector_cpu_ms_per_1000": round(sum(collectors) * scale, 1),
            "counter_cpu_ms_per_1000": round(counter * scale, 1),
            "broker_cpu_ms_per_1000": round((self._full_cpu - self._connected_cpu) * scale, 1),
            "collector_mb": round(max(memory_kb(program.pid)["rss"] for program in self._collectors) / 1024),
        }


def _of(accepted: dict[str, str], cause: str) -> list[str]:
    return [identity for identity, each in accepted.items() if each == cause]
