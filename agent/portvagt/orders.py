"""Carries out what the ISP orders: each command once, and the policy that holds from now on."""

from portvagt import log, rpc, runtime, trace
from portvagt.block.nft import TableError
from portvagt.judge.case import OBSERVED, REFUSED
from portvagt.judge.device import ROUTER
from portvagt.judge.home import TooManyExempt
from portvagt.order_file import OrderFile
from portvagt.report import commands
from portvagt.report.commands import Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.guard import Guard
    from portvagt.judge.case import Decision
    from portvagt.report.commands import Command, Policy

REMEMBERED_MAX = 256  # commands of the last seven days

_NOTHING = commands.Policy("", None, None)  # as configured


class Orders:
    """Of one guard. An answer is what an acknowledgement says beside its ids: result, reason, text, state, trace."""

    def __init__(self, guard: "Guard", path: str) -> None:
        self._guard = guard
        self.file = OrderFile(path)
        self._document, self._done = self.file.load()
        main, block = guard.config.main, guard.config.block
        self._configured = main.policy, block.relay

    def resume(self) -> None:
        """Before the table is loaded: the policy that held before the restart."""
        if self._document is None:
            return
        try:
            self._set(commands.policy(self._document))
        except Refusal as refusal:  # of a newer version of us
            log.warning("the ISP's policy is not understood, the configured one holds", str(refusal))

    def command(self, document: "Any") -> "dict[str, Any]":
        """Do one thing, once."""
        try:
            command = commands.command(document)
            self._check(command)
            answer = _DOERS[command.name](self, command.params)
        except Refusal as refusal:
            return refused(refusal.reason, str(refusal))
        self._done[command.id] = command.expires
        self._save()
        answer["result"] = "done"
        log.info("the ISP ordered: " + command.name)
        return answer

    def policy(self, document: "Any") -> "dict[str, Any] | None":
        """Follow a policy from now on, None: as configured. Returns None where it is followed already."""
        if document == self._document:
            return None
        try:
            policy = _NOTHING if document is None else commands.policy(document)
            self._follow(policy)
        except Refusal as refusal:
            return refused(refusal.reason, str(refusal))
        self._document = document
        self._save()
        log.info("the ISP's policy holds", "policy {}".format(self._guard.config.main.policy))
        return {"result": "done"}

    def _save(self) -> None:
        """What was changed goes first: what a power cut undid must not be refused as done when it is ordered again."""
        self._guard.save_what_waits()
        self.file.save(self._document, self._done)

    # the policy

    def _follow(self, policy: "Policy") -> None:
        guard, before = self._guard, (self._guard.config.main.policy, self._guard.config.block.relay)
        self._set(policy)
        try:
            guard.enforcement.load()
        except (TableError, OSError) as error:
            guard.config.main.change("policy", before[0])
            guard.config.block.change("relay", before[1])
            raise Refusal(commands.NOT_POSSIBLE, "the kernel refused the rules: {}".format(error))
        guard.carry_out(guard.home.follow(runtime.monotonic(), guard.config.main.policy != "observe"))

    def _set(self, policy: "Policy") -> None:
        main, block = self._guard.config.main, self._guard.config.block
        main.change("policy", self._configured[0] if policy.policy is None else policy.policy)
        block.change("relay", self._configured[1] if policy.relay is None else policy.relay)

    # commands

    def _check(self, command: "Command") -> None:
        """Whether it may be done, and now. Raises Refusal."""
        if command.id in self._done:
            raise Refusal(commands.REPLAYED, "it was done before")
        now = runtime.wall_clock()
        if now is None:
            raise Refusal(commands.NOT_POSSIBLE, "the router's clock is not set")
        if command.expires <= now:
            raise Refusal(commands.EXPIRED, "it was to be done by then, and here it is later")
        if command.expires > now + commands.LIFETIME_MAX_S:
            raise Refusal(commands.EXPIRES_TOO_LATE, "it must expire within seven days")
        self._done = {identity: expires for identity, expires in self._done.items() if expires > now}
        if len(self._done) >= REMEMBERED_MAX:
            raise Refusal(commands.BUSY, "{} commands wait to be forgotten".format(REMEMBERED_MAX))

    def _key(self, pseudonym: str) -> bytes:
        key = self._guard.device_of(pseudonym)
        if key is None:
            raise Refusal(commands.UNKNOWN_DEVICE, "no device that this router remembers has this pseudonym")
        return key

    def _carry_out(self, key: bytes, decide: "Callable[[float, bytes], list[Decision]]") -> "dict[str, Any]":
        self._guard.carry_out(decide(runtime.monotonic(), key))
        return {"state": self._state(key)}

    def _state(self, key: bytes) -> str:
        device = self._guard.home.devices.get(key)
        return device.state if device is not None else "clear"

    def _stop(self, params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._key(params["device"])
        answer = self._carry_out(key, self._guard.home.order)
        if answer["state"] not in REFUSED + (OBSERVED,):
            raise Refusal(commands.NOT_POSSIBLE, "it is exempt; release it first")
        return answer

    def _release(self, params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._key(params["device"])
        self._guard.learn()
        wait_s = self._guard.home.release_wait_s(runtime.monotonic(), key)
        if wait_s > 0:
            raise Refusal(
                commands.TOO_EARLY, "possible in {} s, if it tries nothing until then".format(int(wait_s) + 1)
            )
        return self._carry_out(key, self._guard.home.release)

    def _garden(self, params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._key(params["device"])
        answer = self._carry_out(key, self._guard.home.confine)
        if answer["state"] != "garden":
            raise Refusal(commands.NOT_POSSIBLE, "only a stopped device can be confined, and none of 'never_garden'")
        return answer

    def _exempt(self, params: "dict[str, Any]") -> "dict[str, Any]":
        key = self._key(params["device"])
        try:
            return self._carry_out(key, lambda now, key: self._guard.home.exempt(now, key, params["seconds"]))
        except TooManyExempt as error:
            raise Refusal(commands.NOT_POSSIBLE, str(error))

    def _trace(self, params: "dict[str, Any]") -> "dict[str, Any]":
        question = {
            "address": params["destination"],
            "at": params["at"],
            "within": params["within_s"],
            "port": params.get("source_port"),
        }
        try:
            found, key = trace.answer(self._guard, question)
        except rpc.Refused as error:
            raise Refusal(commands.NOT_POSSIBLE, str(error))
        answer: "dict[str, Any]" = {"trace": _told(found)}
        if key is not None:
            answer["trace"]["device"] = self._guard.pseudonym_of(key)
            if params.get("stop") and key != ROUTER and answer["trace"]["confidence"] != "low":
                self._carry_out(key, self._guard.home.order)
            answer["state"] = self._state(key)
        return answer

    def _report(self, params: "dict[str, Any]") -> "dict[str, Any]":
        return {}  # the reporter does it


_DOERS: "dict[str, Callable[[Orders, dict[str, Any]], dict[str, Any]]]" = {
    "stop": Orders._stop,
    "release": Orders._release,
    "garden": Orders._garden,
    "exempt": Orders._exempt,
    "trace": Orders._trace,
    "report": Orders._report,
}


def refused(reason: str, text: str) -> "dict[str, Any]":
    """The answer to what is not done."""
    return {"result": "refused", "reason": reason, "text": text[:300]}


def _told(found: "dict[str, Any]") -> "dict[str, Any]":
    """What the ISP hears of a trace: of several devices no more than how many."""
    told = {"devices": found["devices"], "confidence": _confidence(found), "complete": found["complete"]}
    if found["devices"] == 1:
        told["connections"] = found["connections"]
    return told


def _confidence(found: "dict[str, Any]") -> str:
    if not found["devices"]:
        return "none"
    if found["devices"] > 1 or not found["complete"]:
        return "low"
    return "high" if found["port_given"] else "medium"
