"""Keeps the kernel at what the judge decided: the table's elements, and the connections that a stop ends."""

import errno

from portvagt import log, runtime
from portvagt.block.flows import Forgetting
from portvagt.block.table import Member, Table
from portvagt.judge.case import EXEMPT, GARDEN, STOPPED
from portvagt.upkeep import Upkeep
from portvagt.watch import address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.config import Config
    from portvagt.judge.case import Case, Decision
    from portvagt.judge.home import Home
    from portvagt.loop import Loop
    from portvagt.watch.neighbours import Neighbours


class Enforcement:
    """Of one home. `table` is the kernel's. Raises OSError: the kernel does not tell of changes of tables."""

    def __init__(self, loop: "Loop", config: "Config", home: "Home", neighbours: "Neighbours") -> None:
        self.table = Table(config)
        self.upkeep = Upkeep(loop, self._load, self._load_beside, self._is_whole, self.table.requests.port)
        self._flows = Forgetting(loop)
        self._loop = loop
        self._gate = config.warn.level == "gate"
        self._never_garden = frozenset([address.mac_bytes(each) for each in config.main.never_garden])
        self._home = home
        self._neighbours = neighbours

    def load(self) -> None:
        """Load the table with all cases. Raises TableError, OSError."""
        self.upkeep.load()

    def _load(self) -> None:
        self.table.load(self._members())
        self._complete()

    def _load_beside(self, done: "Callable[[Exception | None], None]") -> None:
        members = self._members()
        self.table.load_beside(self._loop, members, lambda error: done(error or self._caught_up(members)))

    def _caught_up(self, loaded: "list[Member]") -> "OSError | None":
        """Do what was decided while nft ran, for the table may have been away."""
        members = self._members()
        wanted = {member.key: member for member in members}
        try:
            for member in loaded:
                if member.key not in wanted:
                    self.table.release(member.key)
                elif member.garden and not wanted[member.key].garden:
                    self.table.let_out(member.key)
            for member in members:
                if member not in loaded:
                    self.table.put(member)
            self._complete()
        except OSError as error:
            return error
        return None

    def _members(self) -> "list[Member]":
        return [
            Member(key, not case.acknowledged, case.familiar, case.state == GARDEN)
            for key, case in self._home.refused()
        ]

    def _complete(self) -> None:
        """Do what the ruleset's text does not."""
        now = runtime.monotonic()
        for key, case in self._home.cases():
            if case.state == EXEMPT and case.until is not None and case.until > now:
                self.table.exempt(key, case.until - now)
        # those that began while the table was away
        self._flows.mail(self._addresses([key for key, _ in self._home.refused()]))

    def _is_whole(self) -> bool:
        """Whether the table is there and refuses whom it should."""
        try:
            stopped = self.table.stopped()
        except OSError:
            return False
        return all([key in stopped for key, _ in self._home.refused()])

    def adopt(self, now: float) -> bool:
        """What the kernel does to devices and no file tells of becomes cases; whether there was any. Raises OSError."""
        known = {key for key, _ in self._home.refused()}
        lost = self.table.stopped() - known
        for key in lost:
            log.warning("a device is stopped and its story was lost", address.device_text(key))
            self._home.adopt(now, key)
        confined = [key for key in self.table.confined() if self._home.confine(now, key)]
        return bool(lost or confined)

    def learn(self, now: float) -> bool:
        """Tell the judge of the attempts of refused devices; whether there is something new that is worth saving."""
        if not self._home.refused():
            return False
        try:
            attempts = self.table.attempts()
        except OSError as error:  # then nobody is released
            log.error("the counters of attempts can't be read", str(error))
            return False
        return self._home.attempts(now, {key: each.seconds_ago for key, each in attempts.items()})

    def carry_out(self, decision: "Decision") -> None:
        """Do in the kernel what the judge decided. Trouble is logged, and the whole table loaded again."""
        try:
            self._change(decision)
        except (OSError, ValueError, MemoryError) as error:  # whatever it is, the ISP must hear of the decision
            if self.upkeep.is_loading and getattr(error, "errno", None) == errno.ENOENT:
                return  # somebody removed the table; once it is there again, this is done
            log.error("the kernel refused a change, the table is loaded again", repr(error))
            self.upkeep.load_again()

    def _change(self, decision: "Decision") -> None:
        key = decision.device
        if decision.action == "stopped":
            self.table.stop(key, decision.case.familiar)
            self._flows.mail(self._addresses([key]))
            self._show_notice_at_once(key)
        elif decision.action == "reminded":
            self.table.notice(key)
            self._show_notice_at_once(key)
        elif decision.action == "confined":
            self.table.confine(key)
            self._flows.everything(self._addresses([key]))
        elif decision.action == "let_out":
            self.table.let_out(key)
            self._flows.everything(self._addresses([key]))  # what leads to us, such as its name server's
        elif decision.action in ("released", "forgotten"):
            was_confined = key in self.table.confined()
            self.table.release(key)
            # out of the garden as above; else they are its mail to familiar servers, which goes on
            self._flows.everything(self._addresses([key]) if was_confined else [])
        elif decision.action == "exempted":
            self.table.exempt(key, decision.case.until - runtime.monotonic())
        elif decision.action == "exemption_ended":
            self.table.end_exemption(key)

    def is_at_the_gate(self, key: bytes, case: "Case") -> bool:
        """Whether the web of a refused device leads to the page until somebody has read it."""
        return self._has_gate(key) and case.state == STOPPED and not case.acknowledged

    def _has_gate(self, key: bytes) -> bool:
        return self._gate and key not in self._never_garden

    def _show_notice_at_once(self, key: bytes) -> None:
        """At the gate, what a browser has open would hide the page for as long as it lasts."""
        if self._has_gate(key):
            self._flows.web(self._addresses([key]))

    def _addresses(self, devices: "list[bytes]") -> "list[bytes]":
        found = []
        for key in devices:
            found.extend(self._neighbours.addresses(key) if len(key) == 6 else [key])
        return found
