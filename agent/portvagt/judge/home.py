"""The home's devices as the judge sees them: facts go in, decisions come out."""

from portvagt.judge import case as life
from portvagt.judge import detector, familiar
from portvagt.judge.case import Case, Decision
from portvagt.judge.device import ROUTER, Device
from portvagt.judge.familiar import Familiar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.judge.case import Terms
    from portvagt.judge.detector import Bank
    from portvagt.judge.device import Flow

DEVICES_MAX = 256
EXEMPT_MAX = 64  # they are never evicted
ADDRESS_QUIET_S = 3600  # until a stop ends of which only the address is known, which may be somebody else's tomorrow
COUNTERS_FRESH_S = 60  # older than this, the kernel's counters say nothing of quiet


class TooManyExempt(Exception):
    """EXEMPT_MAX devices are exempt."""


class Home:
    """All devices, by MAC (6 bytes) or by address where the MAC is unknown (4 or 16 bytes); the router is ROUTER.

    `bank`: of the detector; `terms`: of the cases; `new_incident`: makes an identity that nobody can guess. Times are s
    of one monotonic clock.
    """

    def __init__(self, bank: "Bank", terms: "Terms", new_incident: "Callable[[], str]") -> None:
        self.bank = bank
        self.devices: "dict[bytes, Device]" = {}
        self.familiar = Familiar()
        self._terms = terms
        self._new_incident = new_incident
        self._counters_read: "float | None" = None

    # what the kernel tells

    def counted(self, now: float, key: bytes) -> bool:
        """Whether a new connection needs no judgement, because of the state of the device: it is only noted."""
        device = self.devices.get(key)
        if device is None or device.case is None or device.case.state in life.JUDGED:
            return False
        device.last = now
        return True

    def is_judged(self, key: bytes) -> bool:
        """Whether what the device does is evidence."""
        device = self.devices.get(key)
        return device is not None and device.state in life.JUDGED

    def is_refused(self, key: bytes) -> bool:
        """Whether the device is stopped, in the garden or not."""
        device = self.devices.get(key)
        return device is not None and device.state in life.REFUSED

    def is_crowded(self, key: bytes) -> bool:
        """Whether another device has to be forgotten for this one."""
        return len(self.devices) >= DEVICES_MAX and key not in self.devices

    def connection(self, now: float, key: bytes, flow: "Flow") -> "list[Decision]":
        """A device opened a mail connection. At most two decisions: a verdict, and who was forgotten for it."""
        device, decisions = self._device(now, key)
        if device.case is not None and device.case.state not in life.JUDGED:
            device.last = now
            return decisions
        first = device.connection(now, flow, self.bank)
        if flow[1] in familiar.PORTS and len(key) == 6:
            self.familiar.used(now, key, detector.network(flow[0]))
        return decisions + self._judged(now, key, device) if first else decisions

    def _judged(self, now: float, key: bytes, device: Device) -> "list[Decision]":
        """What a higher score means."""
        score = device.score(now, self.bank)
        if score >= self.bank.threshold:
            return self._move(now, key, life.VERDICT if self._stops(key) else life.NOTED)
        return self._move(now, key, life.SUSPICION) if score >= self.bank.threshold / 2 else []

    def known(self, now: float, key: bytes, destination: bytes) -> None:
        """A device had this connection before we watched: no evidence of anything, but no first contact either."""
        if key in self.devices or len(self.devices) < DEVICES_MAX:
            self._device(now, key)[0].know(destination)

    def answered(self, key: bytes, flow: "Flow") -> None:
        """The other end of a device's connection has replied."""
        if self.is_judged(key):
            self.devices[key].answered(flow)

    def attempts(self, now: float, seconds_ago: "dict[bytes, float]") -> bool:
        """How long ago each refused device last tried, by the kernel's counters; who never did is not among them.

        Returns whether one broke a silence of STALE_S, which a power cut must not make us forget.
        """
        self._counters_read = now
        broken = False
        for key, ago in seconds_ago.items():
            case = self._case_of(key)
            if case is not None and case.state in life.REFUSED and now - ago > case.last_attempt:
                broken = broken or now - ago - case.last_attempt >= life.STALE_S
                case.last_attempt = now - ago
        return broken

    def follow(self, now: float, stops: bool) -> "list[Decision]":
        """From now on a verdict stops a device, or does not; who stands under one is treated accordingly."""
        terms = self._terms
        self._terms = life.Terms(
            stops, terms.quiet_s, terms.release_quiet_s, terms.probation_s, terms.garden_after_s, terms.never_garden
        )
        decisions = []
        for key, case in self.cases():
            if stops and case.state == life.OBSERVED and key != ROUTER:
                decisions.extend(self._move(now, key, life.VERDICT))
            elif not stops and case.state in life.REFUSED:
                decisions.extend(self._move(now, key, life.RELEASE))
        return decisions

    # what people ask

    def release_wait_s(self, now: float, key: bytes) -> float:
        """Seconds until a release by hand is possible if the device tries nothing; 0: it is possible now."""
        case = self._case_of(key)
        if case is None or case.state not in life.REFUSED:
            return 0.0
        if not self._counters_are_fresh(now):
            return float(self._terms.release_quiet_s)
        return max(0.0, self._quiet_since(case) + float(self._terms.release_quiet_s) - now)

    def release(self, now: float, key: bytes) -> "list[Decision]":
        """Somebody with the right to do so lets the device send again, or ends its exemption."""
        return [] if self.release_wait_s(now, key) > 0 else self._move(now, key, life.RELEASE)

    def exempt(self, now: float, key: bytes, seconds: float) -> "list[Decision]":
        """Vouch for a device for a time. Raises TooManyExempt."""
        case = self._case_of(key)
        is_exempt = case is not None and case.state == life.EXEMPT
        if is_exempt and case is not None and case.until == now + seconds:
            return []
        if not is_exempt and len([1 for _, each in self.cases() if each.state == life.EXEMPT]) >= EXEMPT_MAX:
            raise TooManyExempt("{} devices are exempt already".format(EXEMPT_MAX))
        decisions = self._move(now, key, life.EXEMPTION)
        decisions[-1].case.until = now + seconds
        return decisions

    def order(self, now: float, key: bytes) -> "list[Decision]":
        """The ISP has a device stopped that it has an abuse report of."""
        return self._move(now, key, life.ORDER if self._stops(key) else life.NOTED)

    def confine(self, now: float, key: bytes) -> "list[Decision]":
        """The ISP has a stopped device put into the garden; nothing happens to one that must never be there."""
        return [] if key in self._terms.never_garden else self._move(now, key, life.CONFINEMENT)

    def request(self, now: float, key: bytes) -> "list[Decision]":
        """The subscriber says that the computer is clean: lifts the garden, a few times a case, and opens nothing."""
        case = self._case_of(key)
        if case is None or not may_request(case):
            return []
        case.requested += 1
        return self._move(now, key, life.REQUEST)

    def claim(self, now: float, key: bytes) -> "list[Decision]":
        """The subscriber asks the ISP to open the device, which is their mail server; once a case."""
        case = self._case_of(key)
        if case is None or case.state not in life.REFUSED or case.claimed:
            return []
        case.claimed = True
        return self._move(now, key, life.CLAIM)

    def disown(self, now: float, key: bytes) -> "list[Decision]":
        """The subscriber says that the device is not theirs; once a case."""
        case = self._case_of(key)
        if case is None or case.state not in life.REFUSED or case.disowned:
            return []
        case.disowned = True
        return self._move(now, key, life.DISOWNING)

    def token(self, now: float, case: Case) -> str:
        """The token for the buttons of a page that is shown now: a new one when the last is a day old."""
        if now - case.token_made >= life.TOKEN_S:
            case.token, case.token_made = self._new_incident(), now
        return case.token

    def acknowledge(self, now: float, key: bytes, incident: str, token: str) -> "Case | None":
        """A person has read the page of this incident; the case, or None when the token is not its own or too old."""
        case = self._case_of(key)
        if case is None or case.incident != incident or not case.token or case.token != token:
            return None
        if now - case.token_made >= 2 * life.TOKEN_S:
            return None
        case.acknowledged, case.acknowledged_at = True, now
        return case

    # time

    def tick(self, now: float) -> "list[Decision]":
        """What the passing of time decides."""
        decisions = []
        for key in list(self.devices):
            happened = self._due(now, key, self.devices[key])
            case = self._case_of(key)
            if happened == life.REMINDER and case is not None:
                case.acknowledged = False
            if happened:
                decisions.extend(self._move(now, key, happened))
        return decisions

    def restore(self, now: float, key: bytes, case: Case) -> None:
        """Take up a case again after a restart."""
        self._device(now, key)[0].case = case

    def adopt(self, now: float, key: bytes) -> None:
        """The kernel refuses the device, and nobody knows why any more."""
        device = self._device(now, key)[0]
        device.case = self._new_case(now, key, device, life.STOPPED)

    def cases(self) -> "list[tuple[bytes, Case]]":
        """(device, case) of each device that has one."""
        return [(key, device.case) for key, device in self.devices.items() if device.case is not None]

    def refused(self) -> "list[tuple[bytes, Case]]":
        """(device, case) of each device whose mail the kernel refuses."""
        return [(key, case) for key, case in self.cases() if case.state in life.REFUSED]

    def quiet_wait_s(self, now: float, key: bytes, case: Case) -> float:
        """Seconds until a refused device is released if it tries nothing."""
        return max(0.0, self._quiet_since(case) + self.hold_s(key, case) - now)

    def hold_s(self, key: bytes, case: Case) -> float:
        """Seconds without an attempt that end a device's stop."""
        quiet_s = float(self._terms.quiet_s)
        return case.hold_s(quiet_s) if len(key) == 6 else min(quiet_s, ADDRESS_QUIET_S)

    def _due(self, now: float, key: bytes, device: Device) -> "str | None":
        case = device.case
        if case is None:
            calm = device.suspected and device.score(now, self.bank) < self.bank.threshold / 2
            return life.CALM if calm else None
        if case.state in life.REFUSED:
            if self._counters_are_fresh(now) and self.quiet_wait_s(now, key, case) <= 0:
                return life.QUIET
            if self._goes_on(key, case):
                return life.CONFINEMENT
            return life.REMINDER if _is_forgotten(now, case) else None
        if case.state == life.OBSERVED:
            return life.QUIET if now - device.last >= self._terms.quiet_s else None
        return life.EXPIRY if case.until is not None and now >= case.until else None

    def _goes_on(self, key: bytes, case: Case) -> bool:
        """Whether a stopped device has tried for so long that it belongs into the garden."""
        after_s = self._terms.garden_after_s
        if case.state != life.STOPPED or after_s is None or key in self._terms.never_garden:
            return False
        return bool(case.last_attempt - case.since >= after_s)

    def _quiet_since(self, case: Case) -> float:
        return max(case.opened, case.last_attempt)

    def _counters_are_fresh(self, now: float) -> bool:
        return self._counters_read is not None and now - self._counters_read < COUNTERS_FRESH_S

    def _stops(self, key: bytes) -> bool:
        """Whether a verdict stops the device: nothing that the router itself sends passes the rules for the home."""
        return bool(self._terms.stops) and key != ROUTER

    def _case_of(self, key: bytes) -> "Case | None":
        device = self.devices.get(key)
        return device.case if device is not None else None

    def _move(self, now: float, key: bytes, happened: str) -> "list[Decision]":
        """At most one decision about the device, behind those about others that had to go for it."""
        device, decisions = self._device(now, key)
        step = life.TRANSITIONS.get((device.state, happened))
        if step is None:
            return decisions
        state, action = step
        before = device.case
        self._enter(now, key, device, state)
        return decisions + [Decision(action, key, device.case or before)] if action else decisions

    def _enter(self, now: float, key: bytes, device: Device, state: str) -> None:
        before, case = device.state, device.case
        device.suspected = state == life.SUSPECTED
        if state in (life.CLEAR, life.SUSPECTED):
            device.case = None
        elif case is not None and _same_incident(before, state):
            case.since = case.since if state == before else now
            case.acknowledged = case.acknowledged and state != life.GARDEN
            case.state = state
        else:
            device.case = self._new_case(now, key, device, state)
        if state == life.RELEASED and case is not None:
            case.until = now + self._terms.probation_s
        if before not in life.JUDGED and state in life.JUDGED:
            device.start_again(self.bank)

    def _new_case(self, now: float, key: bytes, device: Device, state: str) -> Case:
        case = Case(state, self._new_incident(), now, device.evidence())
        case.token = self._new_incident()
        if state in life.REFUSED:
            case.stops = 1 + (device.case.stops if device.case else 0)
            case.familiar = self.familiar.networks(key)
        return case

    def _device(self, now: float, key: bytes) -> "tuple[Device, list[Decision]]":
        device = self.devices.get(key)
        if device is not None:
            return device, []
        device = Device(now, self.bank)
        decisions = self._make_room(now, device) if len(self.devices) >= DEVICES_MAX else []
        self.devices[key] = device
        return device, decisions

    def _make_room(self, now: float, newcomer: Device) -> "list[Decision]":
        """Forget the least suspicious device. The newcomer begins with its scores, so that forging buys no fresh start.

        A refused device goes only when all are refused or exempt; then the one that was quiet longest.
        """
        key = min(self.devices, key=lambda each: self._worth(now, self.devices[each]))
        evicted = self.devices.pop(key)
        newcomer.take_over(evicted, now if evicted.state in life.REFUSED else None)
        step = life.TRANSITIONS.get((evicted.state, life.EVICTION))
        return [Decision(step[1], key, evicted.case)] if step else []

    def _worth(self, now: float, device: Device) -> "tuple[int, float, float]":
        """How much there is to lose when the device is forgotten."""
        case = device.case
        if case is not None and case.state == life.EXEMPT:
            return 2, 0.0, 0.0
        if case is not None and case.state in life.REFUSED:
            return 1, self._quiet_since(case), 0.0
        return 0, device.score(now, self.bank), device.last


def _is_forgotten(now: float, case: Case) -> bool:
    """Whether somebody read the page of a stopped device a day ago, and it has gone on trying."""
    if not case.acknowledged or case.state != life.STOPPED or case.acknowledged_at is None:
        return False
    return now - case.acknowledged_at >= life.REMIND_AFTER_S and case.last_attempt > case.acknowledged_at


def may_request(case: Case) -> bool:
    """Whether it counts when the subscriber says that the computer is clean."""
    if case.state == life.STOPPED:
        return case.requested == 0
    return case.state == life.GARDEN and case.requested < life.REQUESTS_MAX


def _same_incident(before: str, after: str) -> bool:
    """Whether a case goes on: within a stop and its release. An exemption, or another verdict, is a new one."""
    return before in life.REFUSED and after in (life.STOPPED, life.GARDEN, life.RELEASED)
