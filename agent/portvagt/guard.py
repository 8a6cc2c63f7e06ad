"""The guard: watches the kernel, lets the judge decide, carries it out in the kernel.

The only process with a privilege (CAP_NET_ADMIN). It opens no network socket; others reach it through Unix sockets.
"""

import binascii
import json
import os
from collections import OrderedDict

from portvagt import directories, log, runtime
from portvagt.block.nft import TableError
from portvagt.cases import CaseFile
from portvagt.doors import Doors
from portvagt.enforcement import Enforcement
from portvagt.familiar_file import FamiliarFile
from portvagt.judge import detector
from portvagt.judge.case import STALE_S, Terms
from portvagt.judge.device import ROUTER
from portvagt.judge.home import Home
from portvagt.judge.outbound import Outbound
from portvagt.loop import Loop
from portvagt.orders import Orders
from portvagt.report import events, pseudonym
from portvagt.watch import address, conntrack
from portvagt.watch.neighbours import Neighbours
from portvagt.watch.sources import ConntrackEvents, NeighbourEvents
from portvagt.watch.unresolved import Unresolved

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.config import Config
    from portvagt.judge.case import Decision
    from portvagt.judge.device import Flow
    from portvagt.watch.conntrack import Connection
    from portvagt.watch.event import Event

TICK_S = 10
SAVE_PAUSE_S = 60  # between two writes: flash wears out
# Making room for a device, and what follows from it, takes a fifth of the guard's time at most: who forges thousands of
# addresses a second must not make it deaf. Whom there is no time for has the kernel's cap.
ROOM_PAUSE_TIMES = 4  # as long as the last one took
UNSTORED_MAX = 100  # events that no reporter has taken yet


class Guard:
    """State and wiring of the guard process. start() raises TableError, OSError or ValueError."""

    def __init__(self, config: "Config", loop: Loop) -> None:
        self.config = config
        self.loop = loop
        self.started = runtime.monotonic()
        self.connections_seen = self.connections_unjudged = 0
        self._room_from = self.started
        directories.make(config.main.state_dir + "/guard")
        self.home = _home(config)
        self.outbound = Outbound(self.started, config.judge.outbound_hours * 3600)
        self.neighbours = Neighbours()
        self.enforcement = Enforcement(loop, config, self.home, self.neighbours)
        self._file = CaseFile(config.main.state_dir + "/guard/cases.json", _boot_id())
        self._familiar_file = FamiliarFile(config.main.state_dir + "/guard/familiar.json", self.started)
        self._saved = self.started
        key = pseudonym.load_key(config.main.state_dir + "/guard/pseudonym.key")
        self._pseudonyms = pseudonym.Pseudonyms(key, config.report.pseudonym_days)
        self._events = events.EventSource(config.report.cpe_id, _random_id(), runtime.NAME)
        self.unstored: "OrderedDict[str, str]" = OrderedDict()  # as JSON: a tenth of the memory that dicts take
        self.orders = Orders(self, config.main.state_dir + "/guard/orders.json")
        self._unresolved = Unresolved(loop, self._ask_for_mac, self._on_resolved_flow, self.home.answered)
        self._save_pause = self._save_again = False
        self._reloads = 0
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
        """Take up what was before, by the files and by the kernel."""
        now = runtime.monotonic()
        self.orders.resume()
        cases, unstored = self._file.load(now)
        for text in unstored:
            self.unstored[json.loads(text)["id"]] = text
        for key, case in cases:
            self.home.restore(now, key, case)
        self._familiar_file.load(now, self.home)
        self.enforcement.load()
        if self.enforcement.adopt(now):
            self.save()
        self.carry_out(self.home.follow(now, self.config.main.policy != "observe"))  # it may have been another
        self._let_time_decide(now)

    def _on_event(self, now: float, event: "Event") -> None:
        source = event.source()
        key = self.neighbours.mac(source)
        if event.is_new:
            self.connections_seen += 1
            if key is None:
                self._hold(now, source, _flow(event), event.outside_port())
                return
            if not self.home.counted(now, key):
                self._judge(now, key, _flow(event))
            if self.outbound.has_room(now):
                self.outbound.add(now, key, event.destination(), event.destination_port, event.outside_port())
        elif key is None and self._unresolved.is_holding(source):
            if event.replied():
                self._unresolved.answered(source, _flow(event))
        elif self.home.is_judged(key or source) and event.replied():
            self.home.answered(key or source, _flow(event))

    def _on_missed(self, now: float, connection: "Connection") -> None:
        """A connection from the kernel's table, after events were lost."""
        flow = connection.destination, connection.destination_port, connection.source_port
        key = self.neighbours.mac(connection.source)
        if key is None:
            self._hold(now, connection.source, flow, connection.outside_port)
            return
        self._judge(now, key, flow)
        if connection.replied:
            self.home.answered(key, flow)
        self.outbound.add_missed(now, key, flow[0], flow[1], connection.outside_port)

    def _hold(self, now: float, source: bytes, flow: "Flow", outside_port: int) -> None:
        """A connection of the home waits for the MAC; another, such as of a network behind us, is not ours to judge."""
        if self.neighbours.is_own(source):
            self._on_resolved_flow(now, ROUTER, flow, outside_port)
            return
        interface = self.neighbours.lan_interface(source)
        if interface is not None:
            self._unresolved.hold(now, interface, source, flow, outside_port)

    def _on_resolved_flow(self, now: float, key: bytes, flow: "Flow", outside_port: int) -> None:
        self._judge(now, key, flow)
        self.outbound.add(now, key, flow[0], flow[1], outside_port)

    def _judge(self, now: float, key: bytes, flow: "Flow") -> None:
        if not self.home.is_crowded(key):
            self.carry_out(self.home.connection(now, key, flow))
        elif runtime.monotonic() >= self._room_from:
            self._judge_newcomer(now, key, flow)
        else:
            self.connections_unjudged += 1
            log.warning("more devices than can be remembered come at once, the kernel's cap alone holds some of them")

    def _judge_newcomer(self, now: float, key: bytes, flow: "Flow") -> None:
        began = runtime.monotonic()
        self.carry_out(self.home.connection(now, key, flow))
        ended = runtime.monotonic()
        self._room_from = ended + ROOM_PAUSE_TIMES * (ended - began)

    def _on_resolved(self, resolved: bytes) -> None:
        key = self.neighbours.mac(resolved)
        if key is not None:
            self._unresolved.resolved(resolved, key)

    def _ask_for_mac(self, interface: int, source: bytes) -> None:
        try:
            self.neighbour_events.resolve(interface, source)
        except OSError as error:  # its table is full (gc_thresh3), or the interface has gone
            log.warning("the kernel can't ask for a MAC", str(error))

    def carry_out(self, decisions: "list[Decision]") -> None:
        """Do in the kernel what the judge decided, then tell the ISP, then remember."""
        for decision in decisions:
            self.enforcement.carry_out(decision)
            decision.case.opened_at = decision.case.opened_at or runtime.wall_clock()
            self._tell(decision)
            self.save()
            log.info("a device was " + decision.action, address.device_text(decision.device))

    def pseudonym_of(self, key: bytes) -> str:
        """The name under which the ISP knows a device."""
        return self._pseudonyms.of(key, runtime.wall_clock())

    def device_of(self, name: str) -> "bytes | None":
        """The device that the ISP knows by this name, of all that have opened mail connections lately."""
        now = runtime.wall_clock()
        known = self._pseudonyms.device_of(name, self.home.devices, now)
        return known or self._pseudonyms.device_of(name, self.outbound.devices(), now)

    def learn(self) -> None:
        """Let the judge know what the kernel counted, as before somebody asks for a release."""
        if self.enforcement.learn(runtime.monotonic()):
            self.save()

    def _tell(self, decision: "Decision") -> None:
        device = self.pseudonym_of(decision.device)
        event = self._events.event(
            "router" if decision.device == ROUTER else "device",
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
        self.doors.reporter.push(event)

    def save(self) -> None:
        """Write the file of cases: now, or in a minute at most when it was just written, or the disk refuses."""
        self._save_again = True
        if not self._save_pause:
            self._save_pause = True
            self.loop.after(SAVE_PAUSE_S, self._save_waiting)
            self.save_what_waits()

    def save_what_waits(self) -> None:
        """Write what waits for its minute, as before the ISP hears that what it ordered is done."""
        if self._save_again:
            self._saved = runtime.monotonic()
            self._save_again = not self._file.save(self._saved, self.home.cases(), self.unstored.values())

    def stop(self) -> None:
        """Write down how long each refused device has been quiet, and all else that a restart must not forget."""
        self._save_pause = False
        self.enforcement.learn(runtime.monotonic())
        self.save()
        self._familiar_file.save(runtime.monotonic(), self.home.familiar)

    def _save_waiting(self) -> None:
        self._save_pause = False
        if self._save_again:
            self.save()

    def _tick(self) -> None:
        self.loop.after(TICK_S, self._tick)
        now = runtime.monotonic()
        self.enforcement.upkeep.look()
        if self._reloads != self.enforcement.upkeep.reloads:
            # the kernel may have lost the attempts of the last hour, of which only memory tells now
            self._reloads = self.enforcement.upkeep.reloads
            self.save()
        self._let_time_decide(now)
        self._familiar_file.save_if_due(now, self.home.familiar)
        self.outbound.forget(now)

    def _let_time_decide(self, now: float) -> None:
        if self.enforcement.learn(now) or (self.home.refused() and now - self._saved >= STALE_S):
            self.save()
        self.carry_out(self.home.tick(now))

    def damaged_files(self) -> int:
        """How many of the guard's files of an earlier run could not be read and were set aside."""
        return self._file.damaged + self._familiar_file.damaged + self.orders.file.damaged

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


def _home(config: "Config") -> Home:
    judge = config.judge
    bank = detector.bank(judge.false_alarm_years, judge.slowest_zombie_minutes * 60)
    terms = Terms(
        config.main.policy != "observe",
        judge.quiet_hours * 3600,
        judge.release_quiet_minutes * 60,
        judge.probation_days * 86400,
        judge.garden_after_hours * 3600 or None,
        frozenset([address.mac_bytes(each) for each in config.main.never_garden]),
    )
    return Home(bank, terms, _random_id)


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
    except (TableError, OSError, ValueError, MemoryError) as error:
        log.error("the guard can't start", "{} (try: portvagt check)".format(error))
        return 1
    runtime.stop_when_told(loop)
    loop.run()
    guard.stop()
    return 0
