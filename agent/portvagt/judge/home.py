"""The home's devices as the judge sees them: facts go in, decisions come out."""

from portvagt.judge import case as life
from portvagt.judge.case import Case, Decision
from portvagt.judge.detector import Detector
from portvagt.judge.episode import Episode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.judge.episode import Flow

DEVICES_MAX = 256


class Device:
    """One device: its scores, what it did lately, its case if it has one."""

    __slots__ = ("detector", "episode", "case", "last")

    def __init__(self, now: float) -> None:
        self.last = now
        self.detector = Detector()
        self.episode: "Episode | None" = None
        self.case: "Case | None" = None

    @property
    def state(self) -> str:
        """One of the states of judge.case."""
        return self.case.state if self.case else life.CLEAR


class Home:
    """All devices, by MAC (6 bytes) or by address where the MAC is unknown (4 or 16 bytes).

    `threshold`: score that means zombie; `stops`: policy stop, not observe; `quiet_s`: seconds without an attempt
    until a case ends; `new_incident`: makes an identity that nobody can guess. Times are s of one monotonic clock.
    """

    def __init__(self, threshold: float, stops: bool, quiet_s: float, new_incident: "Callable[[], str]") -> None:
        self.threshold = threshold
        self.devices: "dict[bytes, Device]" = {}
        self._stops = stops
        self._quiet_s = quiet_s
        self._new_incident = new_incident

    def counted(self, now: float, key: bytes) -> bool:
        """Whether a new connection needs no judgement, because the device has a case already: it is only noted."""
        device = self.devices.get(key)
        if device is None or device.case is None:
            return False
        device.last = now
        return True

    def has_case(self, key: bytes) -> bool:
        """Whether the device is anything but clear."""
        device = self.devices.get(key)
        return device is not None and device.case is not None

    def connection(self, now: float, key: bytes, flow: "Flow") -> "Decision | None":
        """A device opened a mail connection."""
        device = self._device(now, key)
        device.last = now
        if device.case is not None:
            return None
        if device.episode is None or device.detector.score(now) == 0:
            device.episode = Episode(now)
        first = device.detector.observe(now, flow[0])
        device.episode.add(now, flow, first)
        if device.detector.score(now) < self.threshold:
            return None
        return self._move(now, key, life.VERDICT if self._stops else life.NOTED)

    def known(self, now: float, key: bytes, destination: bytes) -> None:
        """A device had this connection before we watched: no evidence of anything, but no first contact either."""
        self._device(now, key).detector.remember(destination)

    def answered(self, key: bytes, flow: "Flow") -> None:
        """The other end of a device's connection has replied."""
        device = self.devices.get(key)
        if device is not None and device.episode is not None:
            device.episode.answered(flow)

    def quiet(self, now: float, key: bytes) -> "Decision | None":
        """The kernel's set says that a stopped device made no attempt for the quiet time."""
        return self._move(now, key, life.QUIET)

    def release(self, now: float, key: bytes) -> "Decision | None":
        """Somebody with the right to do so lets the device send again."""
        return self._move(now, key, life.RELEASE)

    def exempt(self, now: float, key: bytes, seconds: float) -> "Decision | None":
        """Vouch for a device for a time."""
        decision = self._move(now, key, life.EXEMPTION)
        if decision is not None:
            decision.case.until = now + seconds
        return decision

    def acknowledge(self, key: bytes, incident: str, token: str) -> "Case | None":
        """A person has read the page of this incident; the case when the token is its own, else None."""
        case = self.devices[key].case if key in self.devices else None
        if case is None or case.incident != incident or not case.token or case.token != token:
            return None
        case.acknowledged = True
        return case

    def tick(self, now: float) -> "list[Decision]":
        """What the passing of time decides: exemptions that end, observed devices that went quiet."""
        decisions = []
        for key in list(self.devices):
            happened = self._due(now, self.devices[key])
            decision = self._move(now, key, happened) if happened else None
            if decision is not None:
                decisions.append(decision)
        return decisions

    def restore(self, now: float, key: bytes, case: Case) -> None:
        """Take up a case again after a restart."""
        self._device(now, key).case = case

    def cases(self) -> "list[tuple[bytes, Case]]":
        """(device, case) of each device that is not clear."""
        return [(key, device.case) for key, device in self.devices.items() if device.case is not None]

    def _due(self, now: float, device: Device) -> "str | None":
        case = device.case
        if case is None:
            return None
        if case.state == life.EXEMPT and case.until is not None and now >= case.until:
            return life.EXPIRY
        if case.state == life.OBSERVED and now - device.last >= self._quiet_s:
            return life.QUIET
        return None

    def _move(self, now: float, key: bytes, happened: str) -> "Decision | None":
        device = self._device(now, key)
        step = life.TRANSITIONS.get((device.state, happened))
        if step is None:
            return None
        state, action = step
        before = device.case
        device.case = None if state == life.CLEAR else self._case(now, state, device)
        if state == life.CLEAR:
            device.detector.reset()
            device.episode = None
        return Decision(action, key, device.case or before) if action else None

    def _case(self, now: float, state: str, device: Device) -> Case:
        case = Case(state, self._new_incident(), now, device.episode.evidence() if device.episode else None)
        case.token = self._new_incident()
        return case

    def _device(self, now: float, key: bytes) -> Device:
        device = self.devices.get(key)
        if device is None:
            if len(self.devices) >= DEVICES_MAX:
                self._evict()
            device = self.devices[key] = Device(now)
        return device

    def _evict(self) -> None:
        """Forget the device that was idle longest; one with a case only when all have one."""
        idle = [key for key, device in self.devices.items() if device.case is None] or list(self.devices)
        self.devices.pop(min(idle, key=lambda key: self.devices[key].last))
