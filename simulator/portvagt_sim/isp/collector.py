"""What the ISP receives: a subscriber to everything that routers publish. It keeps all and judges nothing."""

import json
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from portvagt_sim.addresses import BROKER, BROKER_PORT
from portvagt_sim.certificates import Identity
from portvagt_sim.errors import SimulatorError
from portvagt_sim.isp.broker import COLLECTOR
from portvagt_sim.namespaces import entered

EVERYTHING = "v1/cpe/+/up/#"
CONNECT_SECONDS = 10.0
RETRY_SECONDS = 1


class Message(NamedTuple):
    """One message; `at` in CLOCK_MONOTONIC seconds, `wall` in seconds of the epoch."""

    at: float
    wall: float
    topic: str
    payload: bytes
    retained: bool

    def json(self) -> Any:
        """The payload as JSON; raises ValueError when it is none."""
        return json.loads(self.payload)


class Collector:
    """The ISP's subscriber, on a thread of its own that lives in the ISP's namespace."""

    def __init__(self, netns: str, authority: Path, identity: Identity) -> None:
        self._netns = netns
        self._changed = threading.Condition()
        self._messages: list[Message] = []
        self._subscribed = False
        # a lasting session: the broker keeps what arrives while we reconnect
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=COLLECTOR, clean_session=False)
        self._client.tls_set(str(authority), str(identity.certificate), str(identity.key))
        self._client.reconnect_delay_set(RETRY_SECONDS, RETRY_SECONDS)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = self._on_message
        self._thread = threading.Thread(target=self._run, name="collector", daemon=True)

    def start(self) -> None:
        """Start the thread; it keeps trying to connect."""
        self._client.connect_async(BROKER.v4, BROKER_PORT, keepalive=30)
        self._thread.start()

    def _run(self) -> None:
        with entered(self._netns):
            self._client.loop_forever(retry_first_connection=True)

    def wait_ready(self) -> None:
        """Wait until the subscription stands."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._subscribed, CONNECT_SECONDS):
                raise SimulatorError(f"collector: no subscription within {CONNECT_SECONDS:g} s")

    def stop(self) -> None:
        """Disconnect and end the thread."""
        self._client.disconnect()
        self._thread.join(CONNECT_SECONDS)

    def messages(self, topic_suffix: str = "") -> list[Message]:
        """The messages so far whose topic ends so, such as "event" or "state"."""
        with self._changed:
            return [message for message in self._messages if message.topic.endswith(topic_suffix)]

    def wait_for(self, predicate: Callable[[Message], bool], timeout: float) -> Message:
        """The first message, past or future, that fits; raises SimulatorError after `timeout` seconds."""

        def first() -> Message | None:
            return next(filter(predicate, self._messages), None)

        with self._changed:
            found = self._changed.wait_for(first, timeout)
            if found is None:
                raise SimulatorError(f"collector: {len(self._messages)} messages, none that fits, in {timeout:g} s")
            return found

    def publish(self, topic: str, payload: bytes, retain: bool = False) -> None:
        """Publish as the ISP, with QoS 1; returns at once."""
        self._client.publish(topic, payload, qos=1, retain=retain)

    def _on_connect(self, client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        if not reason.is_failure:
            client.subscribe(EVERYTHING, qos=1)

    def _on_subscribe(self, *_arguments: Any) -> None:
        with self._changed:
            self._subscribed = True
            self._changed.notify_all()

    def _on_message(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        with self._changed:
            self._messages.append(
                Message(time.monotonic(), time.time(), message.topic, bytes(message.payload), message.retain)
            )
            self._changed.notify_all()
