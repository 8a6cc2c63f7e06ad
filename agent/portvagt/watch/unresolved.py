"""Connections of devices whose MAC the kernel is still being asked for: held for a moment, in bounded numbers."""

from portvagt import runtime

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from portvagt.judge.device import Flow
    from portvagt.loop import Loop

RESOLVE_S = 0.5  # ARP and neighbour discovery answer within milliseconds or not at all
ADDRESSES_MAX = 64
FLOWS_MAX = 16  # of each address: more than a verdict needs


class Unresolved:
    """`ask(interface, address)` starts the search for a MAC; `on_flow(now, key, flow, outside_port)` gets each once.

    Then `on_answer(key, flow)` gets those that the other end has answered meanwhile.
    """

    def __init__(
        self,
        loop: "Loop",
        ask: "Callable[[int, bytes], None]",
        on_flow: "Callable[[float, bytes, Flow, int], None]",
        on_answer: "Callable[[bytes, Flow], None]",
    ) -> None:
        self._loop = loop
        self._ask = ask
        self._on_flow = on_flow
        self._on_answer = on_answer
        self._answered: "list[tuple[bytes, Flow]]" = []  # source, flow
        self._waiting: "dict[bytes, list[tuple[Flow, int]]]" = {}

    def hold(self, now: float, interface: int, source: bytes, flow: "Flow", outside_port: int) -> None:
        """Until the MAC is known. Beyond ADDRESSES_MAX an address stands for itself at once."""
        waiting = self._waiting.get(source)
        if waiting is not None:
            if len(waiting) < FLOWS_MAX:
                waiting.append((flow, outside_port))
        elif len(self._waiting) < ADDRESSES_MAX:
            self._waiting[source] = [(flow, outside_port)]
            self._loop.after(RESOLVE_S, lambda: self.resolved(source, source))
            self._ask(interface, source)
        else:
            self._on_flow(now, source, flow, outside_port)

    def is_holding(self, source: bytes) -> bool:
        """Whether connections of this address wait."""
        return source in self._waiting

    def answered(self, source: bytes, flow: "Flow") -> None:
        """The other end of a connection that is held has replied."""
        is_held = any([each[0] == flow for each in self._waiting.get(source, [])])
        if is_held and (source, flow) not in self._answered:
            self._answered.append((source, flow))

    def resolved(self, source: bytes, key: bytes) -> None:
        """`key` is the device of this address: its MAC, or the address itself when none was found in time."""
        now = runtime.monotonic()
        for flow, outside_port in self._waiting.pop(source, []):
            self._on_flow(now, key, flow, outside_port)
            if (source, flow) in self._answered:
                self._answered.remove((source, flow))
                self._on_answer(key, flow)
