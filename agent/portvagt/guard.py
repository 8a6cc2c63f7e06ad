"""The guard: watches the kernel, lets the judge decide, carries it out in the kernel.

The only process with a privilege (CAP_NET_ADMIN). It opens no network socket; others reach it through Unix sockets.
"""

import binascii
import json
import os
from collections import OrderedDict

from portvagt import directories, log, runtime
from portvagt.block import flows
from portvagt.block.table import Member, Table, TableError
from portvagt.cases import CaseFile
from portvagt.doors import Doors
from portvagt.judge import detector
from portvagt.judge.case import EXEMPT, STOPPED
from portvagt.judge.home import Home
from portvagt.loop import Loop
from portvagt.report import events, pseudonym
from portvagt.watch import address, conntrack
from portvagt.watch.neighbours import Neighbours
from portvagt.watch.sources import ConntrackEvents, NeighbourEvents
from portvagt.watch.unresolved import Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.config import Config
    from portvagt.judge.case import Decision
    from portvagt.judge.episode import Flow
    from portvagt.watch.conntrack import Connection
    from portvagt.watch.event import Event

TICK_S = 10
SAVE_PAUSE_S = 1
UNSTORED_MAX = 100  # events that no reporter has taken yet
TABLE_RETRY_S = 2


class Guard:
    """State and wiring of the guard process. start() raises TableError, OSError or ValueError."""

    def __init__(self, config: "Config", loop: Loop) -> None:
        self.config = config
        self.loop = loop
        self.started = runtime.monotonic()
        self.connections_seen = 0
        directories.make(config.main.state_dir + "/guard")
        stops = config.main.policy == "stop"
        threshold = detector.threshold(config.judge.false_alarm_years)
        self.home = Home(threshold, stops, config.judge.quiet_hours * 3600, _random_id)
        self.neighbours = Neighbours()
        self.table = Table(config)
        self._file = CaseFile(config.main.state_dir + "/guard/cases.json", _boot_id())
        self._key = pseudonym.load_key(config.main.state_dir + "/guard/pseudonym.key")
        self._events = events.EventSource(config.report.cpe_id, _random_id(), runtime.NAME)
        self.unstored: "OrderedDict[str, str]" = OrderedDict()  # as JSON: a tenth of the memory that dicts take
        self._unresolved = Unresolved(loop, self._ask_for_mac, self._judge)
        self._save_pause = self._save_again = False
        self.doors = Doors(self)

    def start(self) -> None:
        """Protect first: the table, then the watch, then the doors."""
        directories.make(self.config.main.run_dir + "/guard")
        self._resume()
        self.neighbour_events = NeighbourEvents(self.loop, self.neighbours, self.config.main.lan, self._on_resolved)
        self.conntrack_events = ConntrackEvents(self.loop, self._on_event, self._on_missed)
        for connection in conntrack.mail_connections(self.conntrack_events.requests):
            key = self.neighbours.mac(connection.source)
            if key is not None:
                self.home.known(self.started, key, connection.destination)
        self.doors.open()
        self.loop.after(TICK_S, self._tick)
        log.info("the guard watches", "policy {}, runtime {}".format(self.config.main.policy, runtime.NAME))

    def _resume(self) -> None:
        """Take up the cases of before, whatever the kernel has of them."""
        now = runtime.monotonic()
        cases, unstored = self._file.load(now)
        for text in unstored:
            self.unstored[json.loads(text)["id"]] = text
        for key, case in cases:
            self.home.restore(now, key, case)
        self._load_table()
        self._check_stopped(now)

    def _on_event(self, now: float, event: "Event") -> None:
        source = event.source()
        key = self.neighbours.mac(source)
        if event.is_new:
            self.connections_seen += 1
            if key is None or not self.home.counted(now, key):
                self._on_connection(now, source, _flow(event))
        elif key is not None and not self.home.has_case(key) and event.replied():
            self.home.answered(key, _flow(event))

    def _on_missed(self, now: float, connection: "Connection") -> None:
        """A connection from the kernel's table, after events were lost."""
        flow = connection.destination, connection.destination_port, connection.source_port
        self._on_connection(now, connection.source, flow)
        key = self.neighbours.mac(connection.source)
        if key is not None and connection.replied:
            self.home.answered(key, flow)

    def _on_connection(self, now: float, source: bytes, flow: "Flow") -> None:
        """A connection of the home is judged; another, such as of a network behind us, is not ours to judge."""
        key = self.neighbours.mac(source)
        interface = self.neighbours.lan_interface(source) if key is None else None
        if key is not None:
            self._judge(now, key, flow)
        elif interface is not None:
            self._unresolved.hold(now, interface, source, flow)

    def _judge(self, now: float, key: bytes, flow: "Flow") -> None:
        decision = self.home.connection(now, key, flow)
        if decision is not None:
            self.carry_out(decision)

    def _on_resolved(self, resolved: bytes) -> None:
        key = self.neighbours.mac(resolved)
        if key is not None:
            self._unresolved.resolved(resolved, key)

    def _ask_for_mac(self, interface: int, source: bytes) -> None:
        self.neighbour_events.resolve(interface, source)

    def carry_out(self, decision: "Decision") -> None:
        """Do in the kernel what the judge decided, then tell the ISP, then remember."""
        self._enforce(decision)
        decision.case.opened_at = decision.case.opened_at or runtime.wall_clock()
        self._tell(decision)
        self.save()
        log.info("a device was " + decision.action, address.device_text(decision.device))

    def _enforce(self, decision: "Decision") -> None:
        try:
            self._change_table(decision)
        except (OSError, ValueError, MemoryError) as error:  # whatever it is, the ISP must hear of the decision
            log.error("the kernel refused a change, the table is loaded again", repr(error))
            self._reload_table()

    def _change_table(self, decision: "Decision") -> None:
        key = decision.device
        if decision.action == "stopped":
            self.table.stop(key, [])
            addresses = self.neighbours.addresses(key) if len(key) == 6 else [key]
            # not conntrack_events' requests: this may happen while they are in the middle of a dump
            flows.delete_mail_flows(self.table.requests, addresses)
        elif decision.action == "released":
            self.table.release(key)
        elif decision.action == "exempted":
            self.table.exempt(key, decision.case.until - runtime.monotonic())
        elif decision.action == "exemption_ended":
            self.table.end_exemption(key)

    def _load_table(self) -> None:
        cases = self.home.cases()
        self.table.load([Member(key, not case.acknowledged, []) for key, case in cases if case.state == STOPPED])
        now = runtime.monotonic()
        for key, case in cases:
            if case.state == EXEMPT and case.until is not None and case.until > now + TICK_S:
                self.table.exempt(key, case.until - now)

    def _reload_table(self) -> None:
        try:
            self._load_table()
        except (TableError, OSError) as error:
            log.error("the table can't be loaded, tried again soon", str(error))
            self.loop.after(TABLE_RETRY_S, self._reload_table)

    def _tell(self, decision: "Decision") -> None:
        device = pseudonym.pseudonym(self._key, address.device_text(decision.device))
        event = self._events.event(
            decision.action,
            decision.case,
            device,
            self.config.main.policy,
            self.uptime(),
            runtime.wall_clock(),
        )
        while len(self.unstored) >= UNSTORED_MAX:
            self.unstored.pop(next(iter(self.unstored)))
            log.warning("no reporter takes the events, the oldest is dropped")
        self.unstored[event["id"]] = json.dumps(event)
        self.doors.push(event)

    def save(self) -> None:
        """Write the file of cases: now, or soon when it was just written (64 verdicts at once are one more write)."""
        if self._save_pause:
            self._save_again = True
            return
        self._save_pause, self._save_again = True, False
        self.loop.after(SAVE_PAUSE_S, self._save_waiting)
        self._file.save(runtime.monotonic(), self.home.cases(), self.unstored.values())

    def stop(self) -> None:
        """Write what waits to be written."""
        self._save_pause = False
        self._save_waiting()

    def _save_waiting(self) -> None:
        self._save_pause = False
        if self._save_again:
            self.save()

    def _tick(self) -> None:
        self.loop.after(TICK_S, self._tick)
        now = runtime.monotonic()
        for decision in self.home.tick(now):
            self.carry_out(decision)
        if not self.table.is_loaded():
            log.error("somebody removed the table, it is loaded again")
            self._reload_table()
        else:
            self._check_stopped(now)

    def _check_stopped(self, now: float) -> None:
        """Devices that were stopped, and tried nothing since, for the quiet time; those whose cases got lost too."""
        began = dict.fromkeys(self.table.stopped(), self.started)
        began.update({key: case.opened for key, case in self.home.cases() if case.state == STOPPED})
        attempts = self.table.attempts() if began else {}
        quiet_s = self.config.judge.quiet_hours * 3600
        for key, since in began.items():
            if now - since < quiet_s or (key in attempts and attempts[key].seconds_ago < quiet_s):
                continue
            decision = self.home.quiet(now, key)
            if decision is not None:
                self.carry_out(decision)
            else:
                self.table.release(key)

    def uptime(self) -> float:
        """Seconds since this process started."""
        return runtime.monotonic() - self.started

    def blind(self) -> "str | None":
        """Why mail traffic can't be seen, None when it can."""
        if not self.neighbours.lan:
            return "none of the LAN interfaces exists: " + ", ".join(self.config.main.lan)
        try:
            with open("/proc/sys/net/netfilter/nf_conntrack_events") as setting:
                if setting.read().strip() == "0":
                    return "net.netfilter.nf_conntrack_events is 0; set it to 1"
        except OSError:
            return "the kernel has no connection tracking (nf_conntrack)"
        return None


def _flow(event: "Event") -> "Flow":
    return event.destination(), event.destination_port, event.source_port


def _boot_id() -> str:
    with open("/proc/sys/kernel/random/boot_id") as file:
        return file.read().strip()


def _random_id() -> str:
    return binascii.hexlify(os.urandom(16)).decode()


def run(config: "Config") -> int:
    """The process; returns its exit status."""
    loop = Loop()
    try:
        guard = Guard(config, loop)
        guard.start()
    except (TableError, OSError, ValueError) as error:
        log.error("the guard can't start", "{} (try: portvagt check)".format(error))
        return 1
    runtime.terminate_as_interrupt()
    loop.run()
    guard.stop()
    return 0
