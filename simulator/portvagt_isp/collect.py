"""The service: takes in what routers publish, confirms it when it is on the disk, sends what the desk wants sent."""

import queue
import signal
import sqlite3
import sys
import threading
import time
from datetime import UTC, datetime

from portvagt_isp import intake, receipts, retention, store
from portvagt_isp.broker_link import BrokerLink, Delivery
from portvagt_isp.config import Config
from portvagt_isp.outgoing import Outgoing

BATCH = 500
BATCH_S = 0.05  # a message waits so long for others, at most …
LULL_S = 0.002  # … and less when none comes: a broker that waits for our PUBACKs is silent
TICK_S = 0.25
RETRY_S = 1.0
PURGE_S = 3600.0
FOREVER = float("inf")


def run(config: Config) -> int:
    """Collect until SIGINT or SIGTERM. Raises IspError, store.UnknownStore, sqlite3.Error when it cannot start."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    connection = store.connect(config.database)
    try:
        Collector(connection, config, stopping).run()
    finally:
        connection.close()
    return 0


class Collector:
    """One collector: `run` returns after `stopping` was set."""

    def __init__(self, connection: sqlite3.Connection, config: Config, stopping: threading.Event) -> None:
        self._connection = connection
        self._stopping = stopping
        self._receipts = config.receipts
        self._retention_s = config.retention_days * 86400
        self._link = BrokerLink(config, say)
        self._outgoing = Outgoing(connection, self._link, config.name, say)
        self._stored = self._duplicates = self._quarantined = 0
        self._ticked = self._purged = 0.0
        self._trouble = ""

    def run(self) -> None:
        """Collect."""
        self._link.start()
        while not self._stopping.is_set():
            self._keep(self._batch())
            self._tick(time.monotonic())
        self._link.stop()
        say(f"stopped: {self._stored} stored, {self._duplicates} repeated, {self._quarantined} in quarantine")

    def _batch(self) -> list[Delivery]:
        deliveries: list[Delivery] = []
        end, patience = FOREVER, TICK_S
        while len(deliveries) < BATCH and time.monotonic() < end:
            try:
                deliveries.append(self._link.deliveries.get(timeout=patience))
            except queue.Empty:
                break
            if end == FOREVER:
                end, patience = time.monotonic() + BATCH_S, LULL_S
        return deliveries

    def _keep(self, deliveries: list[Delivery]) -> None:
        """Store them, however long it takes: what is not confirmed, the broker keeps."""
        while deliveries:
            try:
                counts = intake.store(self._connection, [delivery.arrival for delivery in deliveries])
            except sqlite3.OperationalError as error:  # a full disk, or somebody holds the lock
                self._hindered(f"cannot store ({error}); nothing is confirmed until it can be: is the disk full?")
                if self._stopping.wait(RETRY_S):
                    return
            else:
                self._trouble = ""
                self._link.confirm(deliveries)
                if self._receipts:
                    for topic, payload in receipts.of(delivery.arrival for delivery in deliveries):
                        self._link.publish(topic, payload, retain=False)
                self._count(counts)
                return

    def _count(self, counts: intake.Counts) -> None:
        self._stored += counts.stored
        self._duplicates += counts.duplicates
        if counts.quarantined and not self._quarantined:
            say("a message was refused: portvagt-isp show quarantine says why")
        self._quarantined += counts.quarantined

    def _tick(self, now: float) -> None:
        if now - self._ticked < TICK_S:
            return
        self._ticked = now
        try:
            self._outgoing.step(time.time())
            self._purge(now)
        except sqlite3.OperationalError as error:
            self._hindered(f"cannot read or change the store ({error}); trying again")

    def _purge(self, now: float) -> None:
        if self._purged and now - self._purged < PURGE_S:
            return
        if not retention.purge(self._connection, time.time() - self._retention_s):
            self._purged = now

    def _hindered(self, problem: str) -> None:
        if problem != self._trouble:
            say(problem)
        self._trouble = problem


def say(line: str) -> None:
    """A line of the log, on standard error."""
    print(f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ} portvagt-isp: {line}", file=sys.stderr, flush=True)
