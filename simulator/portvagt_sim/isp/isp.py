"""The ISP: broker, collector and mail relay, and the authority that names its routers."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from portvagt_sim.addresses import BROKER, BROKER_NAME, RELAY, RELAY_NAME
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.certificates import Authority
from portvagt_sim.isp.broker import COLLECTOR, Broker
from portvagt_sim.isp.collector import Collector, Message
from portvagt_sim.isp.relay import Relay


class Isp:
    """Everything between the home and the internet."""

    def __init__(self, netns: str, workdir: Path, servers: AsyncioServers, kept: Path | None = None) -> None:
        """`kept`: a directory for an authority that is the same each time."""
        workdir.mkdir(mode=0o700)  # keys are in there
        self.netns = netns
        self.authority = Authority(workdir, "isp", kept)
        self.broker = Broker(
            netns,
            workdir,
            self.authority.certificate,
            self.authority.issue(BROKER_NAME, BROKER_NAME, *BROKER),
        )
        self.collector = Collector(netns, self.authority.certificate, self.authority.issue(COLLECTOR))
        self.relay = Relay(netns, servers, self.authority.server_context(RELAY_NAME, RELAY_NAME, *RELAY))
        self._running = ExitStack()

    def start(self) -> None:
        """Start every service; `wait_ready` tells when the last one answers."""
        self.relay.start()
        self.broker.start()
        self._running.callback(self.broker.stop)

    def wait_ready(self) -> None:
        """Wait until the broker listens and the collector's subscription stands."""
        self.broker.wait_ready()
        self.collector.start()
        self._running.callback(self.collector.stop)
        self.collector.wait_ready()

    def stop(self) -> None:
        """Stop every service."""
        self._running.close()

    def messages(self, topic_suffix: str = "") -> list[Message]:
        """What routers published so far on topics that end so, such as "event" or "state"."""
        return self.collector.messages(topic_suffix)

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Send to routers, with QoS 1; returns at once."""
        self.collector.publish(topic, payload, retain)

    def wait_for(self, predicate: Callable[[Message], bool], timeout: float) -> Message:
        """The first message, past or future, that fits; raises SimulatorError after `timeout` seconds."""
        return self.collector.wait_for(predicate, timeout)
