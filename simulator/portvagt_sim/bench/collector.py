"""What the ISP's collector costs for each event, beside a subscriber that only counts."""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from portvagt_sim.addresses import BROKER_PORT
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.process import cpu_seconds, memory_kb
from portvagt_sim.certificates import Authority, Identity
from portvagt_sim.isp.broker import ACCESS, CONFIGURATION
from portvagt_sim.isp.service import NAME, Service
from portvagt_sim.namespaces import answers, entered
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

TITLE = "The ISP's collector under load"
ABOUT = """
Events wait at the broker (mosquitto, TLS), then the subscriber is started: events a second until the last one is
stored, and processor seconds of the subscriber for 1,000 events, without its start. *counts only* is a subscriber of
paho-mqtt that counts and does nothing else. The collector validates against the contract, stores in SQLite (WAL,
synchronous FULL) and confirms to the broker after the commit.
"""
COLUMNS = {
    "subscriber": "subscriber",
    "events": "events",
    "events_s": "events/s",
    "cpu_ms": "CPU ms / 1,000",
    "rss_mb": "memory MB",
    "stored": "stored",
}
LIMIT_S = 300.0
ROUTER = "cpe-1"
COUNTER = Path(__file__).with_name("counting_subscriber.py")


class Site(NamedTuple):
    """Where it happens."""

    netns: str
    workdir: Path
    authority: Path
    collector: Identity
    router: Identity


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    parser.add_argument("--events", type=int, default=20_000, help="events (20000)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """A row for each subscriber."""
    subscribers: dict[str, Callable[[Site], Counter | Collecting]] = {
        "counts only": lambda site: Counter(site, args.events),
        "portvagt-isp": lambda site: Collecting(site, args.events, ""),
        "portvagt-isp, shared": lambda site: Collecting(site, args.events, "bench"),
    }
    rows = []
    for number, (name, make) in enumerate(subscribers.items()):
        progress(number, len(subscribers), name)
        with site() as place:
            rows.append({"subscriber": name, "events": args.events, **_measured(place, make(place), args.events)})
    return rows


def _measured(place: Site, subscriber: "Counter | Collecting", events: int) -> dict[str, Any]:
    subscriber.start()
    subscriber.wait_ready()
    start_cpu = cpu_seconds(subscriber.program.pid)
    subscriber.stop()  # the broker keeps its session
    _publish(place, events)
    subscriber.start()
    seconds = subscriber.seconds()
    cpu = cpu_seconds(subscriber.program.pid) - start_cpu
    memory = memory_kb(subscriber.program.pid)["rss"] / 1024
    stored = subscriber.stored()
    subscriber.stop()
    return {
        "events_s": round(events / seconds),
        "cpu_ms": round(cpu * 1e6 / events, 1),
        "rss_mb": round(memory),
        "stored": stored,
    }


class Counter:
    """A subscriber that only counts."""

    def __init__(self, place: Site, events: int) -> None:
        self._place, self._events = place, events
        self._log = place.workdir / "counter.log"

    def start(self) -> None:
        """Start it."""
        files = (self._place.authority, *self._place.collector)
        words = ["localhost", BROKER_PORT, *files, NAME, self._events]
        argv = [sys.executable, str(COUNTER), *map(str, words)]
        self.program = Program("counter", self._place.netns, argv, self._log)

    def wait_ready(self) -> None:
        """Wait until its subscription stands."""
        self.program.wait_until(lambda: "listening" in self.program.log(), LIMIT_S, "it listens")

    def stop(self) -> None:
        """End it."""
        self.program.stop()

    def seconds(self) -> float:
        """From the first event to the last; waits for that."""
        self.program.wait_until(lambda: "done" in self.program.log(), LIMIT_S, "all are counted")
        return float(self.program.log().rpartition("done ")[2])

    def stored(self) -> int | None:
        """It stores nothing."""
        return None


class Collecting(Service):
    """The collector."""

    def __init__(self, place: Site, events: int, group: str) -> None:
        super().__init__(place.netns, place.workdir, place.authority, place.collector, broker="localhost", group=group)
        self._events = events

    def seconds(self) -> float:
        """From the first event's arrival until the last one is stored; waits for that."""
        wait_until(lambda: self.stored() == self._events, LIMIT_S, "all are stored")
        return time.time() - self._of_the_store("SELECT min(received) FROM events")

    def stored(self) -> int:
        """How many events the store has."""
        return int(self._of_the_store("SELECT count(*) FROM events"))

    def _of_the_store(self, query: str) -> float:
        with closing(sqlite3.connect(self.database, timeout=30)) as connection:
            return float(connection.execute(query).fetchone()[0])


@contextmanager
def site() -> Iterator[Site]:
    """A namespace with a broker, which doesn't write its memory to the disk meanwhile."""
    with lab() as netns, tempfile.TemporaryDirectory(dir="/var/tmp") as scratch:
        workdir = Path(scratch)
        authority = Authority(workdir, "isp")
        server = authority.issue("localhost", "localhost")
        access = workdir / "access"
        access.write_text(ACCESS)
        access.chmod(0o600)
        configuration = CONFIGURATION.format(
            port=BROKER_PORT,
            authority=authority.certificate,
            certificate=server.certificate,
            key=server.key,
            access=access,
            directory=workdir,
        ).replace("persistence true", "persistence false")
        lasting = [line for line in configuration.splitlines() if not line.startswith("autosave")]
        (workdir / "mosquitto.conf").write_text("\n".join(lasting) + "\nmax_inflight_messages 1000\n")
        argv = ["mosquitto", "-c", str(workdir / "mosquitto.conf")]
        broker = Program("broker", netns, argv, workdir / "broker.log")
        try:
            broker.wait_until(lambda: answers(netns, "127.0.0.1", BROKER_PORT), LIMIT_S, "it listens")
            yield Site(netns, workdir, authority.certificate, authority.issue(NAME), authority.issue(ROUTER))
        finally:
            broker.stop()


def _publish(place: Site, events: int) -> None:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=ROUTER)
    client.tls_set(str(place.authority), str(place.router.certificate), str(place.router.key))
    client.max_inflight_messages_set(1000)
    with entered(place.netns):
        client.connect("localhost", BROKER_PORT)
    client.loop_start()
    sent = [client.publish(f"v1/cpe/{ROUTER}/up/event", _event(number), qos=1) for number in range(1, events + 1)]
    for publication in sent:
        publication.wait_for_publish(LIMIT_S)
    client.disconnect()
    client.loop_stop()


def _event(number: int) -> str:
    evidence = {"connections": 6, "networks": 5, "seconds": 12.5, "unanswered": 3, "ports": [25], "usual_per_day": 4}
    return json.dumps(
        {
            "specversion": "1.0",
            "id": f"{os.getpid():032x}-{number}",
            "source": f"urn:portvagt:cpe:{ROUTER}",
            "type": "portvagt.device.stopped",
            "time": "2026-03-01T12:00:00.500Z",
            "datacontenttype": "application/json",
            "data": {
                "schema": 1,
                "incident": f"{number:032x}",
                "device": "9f" * 16,
                "action": "stopped",
                "policy": "stop",
                "stops": 1,
                "evidence": evidence,
                "uptime_s": 3600.5,
                "clock_synchronised": True,
                "agent": {"version": "0.1.0", "runtime": "micropython"},
            },
        }
    )
