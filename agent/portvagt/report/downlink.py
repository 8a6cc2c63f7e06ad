"""What comes from the ISP: handed to the guard, and acknowledged. The reporter only reads it; the guard decides."""

import binascii
import json
import os

from portvagt import log, runtime
from portvagt.report import commands
from portvagt.report.events import utc_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from portvagt.loop import Loop
    from portvagt.report.guard_socket import GuardSocket

SCHEMA = 1
COMMAND_MAX = 2048  # bytes
ACK = "ack-"  # what the id of an acknowledgement begins with
COMMAND, POLICY = "cmd", "policy"  # last levels of topics
WAITING_MAX = 16
PATIENCE_S = 30  # a guard that restarts is there again by then


class Downlink:
    """`on_ack(document)`: for the outbox; `publish_state()`: the ISP wants the state now.

    While the guard is away the last policy waits for it, and commands do for PATIENCE_S.
    """

    def __init__(
        self,
        loop: "Loop",
        guard: "GuardSocket",
        on_ack: "Callable[[dict[str, Any]], None]",
        publish_state: "Callable[[], None]",
    ) -> None:
        self._loop = loop
        self._guard = guard
        self._waiting: "list[tuple[str, Any]]" = []
        self._on_ack = on_ack
        self._publish_state = publish_state

    def on_message(self, topic: str, payload: "bytes | None") -> None:
        """A message of the broker; `payload` None: it was too long to be kept."""
        leaf = topic.rsplit("/", 1)[-1]
        if leaf not in (COMMAND, POLICY):
            log.warning("the broker sent something of a topic that is not known", topic[:100])
        elif payload is None or len(payload) > COMMAND_MAX:
            self._refuse(None, commands.TOO_LARGE, "a message has at most {} bytes".format(COMMAND_MAX))
        elif leaf == POLICY and not payload:  # it was taken back
            self._order(leaf, None)
        else:
            self._read(leaf, payload)

    def _read(self, leaf: str, payload: bytes) -> None:
        try:
            document = json.loads(payload.decode())
        except (ValueError, MemoryError, RuntimeError):  # RuntimeError: MicroPython's, of too deep a nesting
            self._refuse(None, commands.MALFORMED, "it is no JSON")
            return
        self._order(leaf, document)

    def on_guard(self) -> None:
        """The guard is there, maybe again."""
        waiting, self._waiting = self._waiting, []
        for leaf, document in waiting:
            self._order(leaf, document)

    def _order(self, leaf: str, document: "Any") -> None:
        if not self._guard.is_up():
            self._wait(leaf, document)
            return

        def on_reply(answer: "Any", problem: "str | None") -> None:
            if problem is None:
                self._on_answer(document, answer)
            elif leaf == POLICY:
                self._wait(leaf, document)
            else:
                self._refuse(commands.identity(document), commands.GUARD_AWAY, "the router could not: " + problem)

        self._guard.order(leaf, document, on_reply)

    def _on_answer(self, document: "Any", answer: "dict[str, Any] | None") -> None:
        if answer is None:  # the policy holds already
            return
        self._acknowledge(commands.identity(document), answer)
        if answer["result"] == "done" and document is not None and document.get("command") == "report":
            self._publish_state()

    def _wait(self, leaf: str, document: "Any") -> None:
        if leaf == POLICY:
            self._waiting = [each for each in self._waiting if each[0] != POLICY]
        elif len(self._waiting) >= WAITING_MAX:
            self._refuse(commands.identity(document), commands.BUSY, "too many commands wait for the router")
            return
        waiting = leaf, document
        self._waiting.append(waiting)
        if leaf != POLICY:
            self._loop.after(PATIENCE_S, lambda: self._give_up(waiting))

    def _give_up(self, waiting: "tuple[str, Any]") -> None:
        if any([each is waiting for each in self._waiting]):
            self._waiting = [each for each in self._waiting if each is not waiting]
            self._refuse(commands.identity(waiting[1]), commands.GUARD_AWAY, "the router's guard is not there")

    def _refuse(self, identity: "str | None", reason: str, text: str) -> None:
        self._acknowledge(identity, {"result": "refused", "reason": reason, "text": text[:300]})

    def _acknowledge(self, identity: "str | None", answer: "dict[str, Any]") -> None:
        ack = {"schema": SCHEMA, "id": ACK + binascii.hexlify(os.urandom(16)).decode(), "command": identity}
        wall = runtime.wall_clock()
        if wall is not None:
            ack["time"] = utc_text(wall)
        ack.update(answer)
        self._on_ack(ack)
