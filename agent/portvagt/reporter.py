"""The reporter: takes events from the guard, keeps them safe, and publishes them and the router's state to the ISP.

Needs no privilege; it holds the client key. While it is down the guard keeps the events.
"""

import json

from portvagt import directories, log, runtime
from portvagt.loop import Loop
from portvagt.report import health, link, receipt, state
from portvagt.report.downlink import ACK, COMMAND, POLICY, Downlink
from portvagt.report.guard_socket import STATUS_MAX, GuardSocket
from portvagt.report.outbox import Outbox
from portvagt.report.publisher import Publisher, chance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from portvagt.config import Config
    from portvagt.report.link import Endpoint, LinkClass

LOOK_S = 30  # between questions to the guard whether something changed, and to a disk that refused
SETTLE_S = 1  # after an event, so that a burst of them makes one state


def _bytes(document: "dict[str, Any]") -> bytes:
    return json.dumps(document).encode()


def _topic(config: "Config", leaf: str) -> str:
    return "v1/cpe/{}/up/{}".format(config.report.cpe_id, leaf)


def _down_topics(config: "Config") -> "tuple[str, ...]":
    """Names: RabbitMQ sends no retained message to a filter with a wildcard, and NATS makes two of `down/#`."""
    leaves = (COMMAND, POLICY) + ((receipt.LEAF,) if config.report.receipts else ())
    return tuple(["v1/cpe/{}/down/{}".format(config.report.cpe_id, leaf) for leaf in leaves])


def _endpoint(config: "Config") -> "Endpoint":
    report = config.report
    return link.Endpoint(
        broker=report.broker,
        port=report.port,
        ca=report.ca,
        certificate=report.certificate,
        key=report.key,
        client_id=report.cpe_id,
        will_topic=_topic(config, "state"),
        will=_bytes(state.offline(state.LOST)),
        expiry_s=3 * report.heartbeat,
    )


class Reporter:
    """State and wiring of the reporter process."""

    def __init__(self, config: "Config", loop: Loop, link_class: "LinkClass") -> None:
        main = config.main
        directories.make(main.state_dir + "/reporter")
        self._loop = loop
        self._heartbeat_s = config.report.heartbeat
        self._outbox = Outbox(main.state_dir + "/reporter/outbox")
        self._guard = GuardSocket(loop, main.run_dir + "/reporter/reporter.sock", self._on_event, self._on_guard)
        self._publisher = Publisher(
            loop,
            _endpoint(config),
            link_class,
            self._outbox,
            lambda identity: _topic(config, "ack" if identity.startswith(ACK) else "event"),
            self._on_online,
            self._on_delivered,
            _down_topics(config),
            lambda topic, payload: self._downlink.on_message(topic, payload),
            receipts=config.report.receipts,
            on_status=self._on_status,
        )
        self._downlink = Downlink(loop, self._guard, self._on_ack, self._publish_now)
        self._unsafe: "list[str]" = []  # events of which the guard does not know yet that they are stored
        self._settling = False
        self._published: "list[Any] | None" = None  # news of the last state of this connection
        self._heartbeat_due = 0.0

    def start(self) -> None:
        """Connect to both sides."""
        self._guard.connect()
        self._publisher.connect()
        self._loop.after(LOOK_S, self._look)

    def stop(self) -> None:
        """Tell the ISP that somebody stopped us; bounded in time."""
        self._publisher.stop(_bytes(state.offline(state.STOPPED)))

    def _on_ack(self, ack: "dict[str, Any]") -> None:
        self._outbox.add(ack)
        self._publisher.pump()

    def _publish_now(self) -> None:
        self._published = None
        self._ask()

    def _on_event(self, event: "dict[str, Any]") -> None:
        try:
            self._outbox.add(event)
        except ValueError as error:
            log.error("the guard sent something that is no event", str(error))
            return
        if event["id"] not in self._unsafe:
            self._unsafe.append(event["id"])
        self._tell_what_is_safe()
        self._publisher.pump()
        if not self._settling:
            self._settling = True
            self._loop.after(SETTLE_S, self._settled)

    def _on_delivered(self, identity: str) -> None:
        self._tell_what_is_safe()

    def _tell_what_is_safe(self) -> None:
        for identity in [each for each in self._unsafe if self._outbox.is_safe(each)]:
            self._unsafe.remove(identity)
            self._guard.stored(identity)

    def _save_again(self) -> None:
        if self._outbox.unsaved() and self._outbox.save():
            self._tell_what_is_safe()

    # state

    def _on_guard(self) -> None:
        self._guard.damaged(self._outbox.damaged)
        self._downlink.on_guard()
        self._on_status()
        self._ask()

    def _on_status(self) -> None:
        age_s = int(runtime.monotonic() - self._publisher.status_since)
        self._guard.reporting(self._publisher.status[:STATUS_MAX], age_s)

    def _on_online(self) -> None:
        self._published = None
        self._ask()

    def _settled(self) -> None:
        self._settling = False
        self._ask()

    def _look(self) -> None:
        self._loop.after(LOOK_S, self._look)
        self._save_again()
        self._ask()

    def _ask(self) -> None:
        if self._publisher.online:
            self._guard.state(self._on_state)

    def _on_state(self, guard: "dict[str, Any] | None") -> None:
        document = self._state(guard)
        news, now = state.news(document), runtime.monotonic()
        if news == self._published and now < self._heartbeat_due:
            return
        self._publisher.publish_state(_bytes(document))
        self._published = news
        self._heartbeat_due = now + self._heartbeat_s * (0.9 + 0.2 * chance())

    def _state(self, guard: "dict[str, Any] | None") -> "dict[str, Any]":
        pids = {"reporter": runtime.getpid()}
        for name, pid in (guard or {}).get("pids", {}).items():
            if pid != pids["reporter"]:  # in a jail each process is number 1, and sees none but itself
                pids[name] = pid
        outbox = {"waiting": len(self._outbox.waiting()), "dropped": self._outbox.dropped}
        return state.online(guard, outbox, health.read(pids), runtime.wall_clock())


def run(config: "Config") -> int:
    """The process; returns its exit status."""
    if not config.report.enabled:
        log.info("reporting is switched off in the configuration, the reporter ends")
        return 0
    try:
        _, link_class = link.choose()
    except ImportError as error:
        log.error("the reporter can't start", str(error))
        return 1
    loop = Loop()
    reporter = Reporter(config, loop, link_class)
    runtime.stop_when_told(loop)
    reporter.start()
    loop.run()
    reporter.stop()
    return 0
