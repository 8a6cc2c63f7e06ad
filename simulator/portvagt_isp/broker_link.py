"""The connection to the broker: MQTT 5, and for a group a shared subscription, where it has them; else 3.1.1, plain.

A shared one is for several collectors only: mosquitto 2.0.11 (Debian 12) forgets it when it is restarted, until the
collector subscribes anew, and what routers publish meanwhile is lost; a plain one it keeps.

paho's thread takes messages in; what is done with them, and when they are confirmed, is the caller's.
"""

import queue
import ssl
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from portvagt_isp.config import Config
from portvagt_isp.errors import IspError
from portvagt_isp.intake import Arrival

EVERYTHING = "v1/cpe/+/up/#"
STATES = "v1/cpe/+/up/state"
KEEPALIVE_S = 30
SESSION_S = 7 * 86400  # how long the broker keeps what arrives while no collector is there
UNCONFIRMED_MAX = 1000  # messages; without it mosquitto sends 20, then waits for the first PUBACK
RETRY_S = (1.0, 2.0, 5.0, 10.0)
UNSUPPORTED_VERSION = 0x84
SHARED_NOT_SUPPORTED = 0x9E
NO_SUBSCRIBERS = 0x10
FAILURE = 0x80  # reason codes from here on are failures


class Delivery(NamedTuple):
    """A message, and what confirms it: its packet identifier is only valid within one connection."""

    arrival: Arrival
    connection: int
    mid: int
    qos: int


class Confirmation(NamedTuple):
    """The broker's answer to a publication; `code` is MQTT 5's, 0 in 3.1.1."""

    mid: int
    code: int


class BrokerLink:
    """Keeps a connection. `say(line)` is called once for each problem, from another thread."""

    def __init__(self, config: Config, say: Callable[[str], None]) -> None:
        self.deliveries: queue.SimpleQueue[Delivery] = queue.SimpleQueue()
        self.confirmations: queue.SimpleQueue[Confirmation] = queue.SimpleQueue()
        self._config = config
        self._say = say
        self._problem = ""
        self._connection = 0
        self._lock = threading.RLock()  # paho sends within ack(), and tells there that the connection ended
        self._stopping = threading.Event()
        self._settled = False  # the retained states have been asked for
        self._online = False
        self._subscription: int | None = None
        self._version = mqtt.MQTTv5
        self._client = self._new_client()
        self._thread = threading.Thread(target=self._run, name="broker", daemon=True)

    def start(self) -> None:
        """Connect, and stay connected."""
        self._thread.start()

    def stop(self) -> None:
        """Disconnect; the broker goes on keeping what arrives."""
        self._stopping.set()
        self._client.disconnect()
        self._thread.join(5)

    def online(self) -> bool:
        """Whether the broker has accepted us."""
        return self._online

    def confirm(self, deliveries: list[Delivery]) -> None:
        """Send the PUBACKs, of this connection: what an earlier one left unconfirmed, the broker sends again."""
        with self._lock:
            for delivery in deliveries:
                if delivery.connection == self._connection and delivery.qos:
                    self._client.ack(delivery.mid, delivery.qos)

    def publish(self, topic: str, payload: bytes, retain: bool, expires_in_s: float | None = None) -> int:
        """Publish with QoS 1; returns the number that its confirmation will have."""
        properties = None
        if expires_in_s is not None and self._version == mqtt.MQTTv5:
            properties = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
            properties.MessageExpiryInterval = max(1, int(expires_in_s))
        return self._client.publish(topic, payload, qos=1, retain=retain, properties=properties).mid

    # paho's thread

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._config.name,
            protocol=self._version,
            reconnect_on_failure=False,  # paho would hide why it failed
            manual_ack=True,
            clean_session=None if self._version == mqtt.MQTTv5 else False,
        )
        try:
            client.tls_set(str(self._config.ca), str(self._config.certificate), str(self._config.key))
        except OSError as error:
            files = f"{self._config.ca}, {self._config.certificate}, {self._config.key}"
            raise IspError(f"cannot read the certificates ({error}): look at {files}") from None
        # with it paho leaves writing to the thread that runs its loop; else each thread that confirms or publishes
        # would write to the same TLS connection (Client._packet_queue)
        client.on_socket_register_write = lambda *_: None
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_subscribe = self._on_subscribe
        client.on_message = self._on_message
        client.on_publish = self._on_publish
        return client

    def _run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                self._connect()
                self._client.loop_forever()
            except (OSError, ValueError) as error:
                self._trouble(_why(error, self._config))
            failures = 0 if time.monotonic() - began > KEEPALIVE_S else failures + 1
            self._stopping.wait(RETRY_S[min(failures, len(RETRY_S) - 1)])

    def _connect(self) -> None:
        where = self._config.broker, self._config.port, KEEPALIVE_S
        if self._version != mqtt.MQTTv5:
            self._client.connect(*where)
            return
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = SESSION_S
        properties.ReceiveMaximum = UNCONFIRMED_MAX
        self._client.connect(*where, clean_start=False, properties=properties)

    def _on_connect(self, client: mqtt.Client, _data: Any, flags: Any, reason: Any, properties: Any) -> None:
        if reason.value == UNSUPPORTED_VERSION and self._version == mqtt.MQTTv5:
            self._say("the broker has no MQTT 5: going on with 3.1.1, where no messages can be shared")
            self._version = mqtt.MQTTv311
            self._client = self._new_client()
        elif reason.is_failure:
            self._trouble(f"the broker refuses us: {reason}. Look at its access rules and at option name")
        else:
            self._problem, self._online = "", True
            self._settled = flags.session_present and self._settled
            self._subscription = client.subscribe(self._filter(properties), qos=1)[1]

    def _filter(self, properties: Any) -> str:
        can_share = self._version == mqtt.MQTTv5 and getattr(properties, "SharedSubscriptionAvailable", True)
        shared = can_share and self._config.group
        return f"$share/{self._config.group}/{EVERYTHING}" if shared else EVERYTHING

    def _on_subscribe(self, client: mqtt.Client, _data: Any, mid: int, codes: list[Any], _properties: Any) -> None:
        code = codes[0]
        if mid != self._subscription:
            return
        if code.value == SHARED_NOT_SUPPORTED:
            self._subscription = client.subscribe(EVERYTHING, qos=1)[1]
        elif code.value >= FAILURE:
            self._trouble(
                f"the broker refuses the subscription: {code}. Its access rules must let us read {EVERYTHING}"
            )
        else:
            self._subscribed(client)

    def _subscribed(self, client: mqtt.Client) -> None:
        self._say(f"listening at {self._config.broker}:{self._config.port}")
        if not self._settled:
            # a shared subscription brings no retained message (MQTT 5, section 4.8.2): a plain one does, once
            self._settled = True
            client.subscribe(STATES, qos=0)
            client.unsubscribe(STATES)

    def _on_message(self, _client: mqtt.Client, _data: Any, message: mqtt.MQTTMessage) -> None:
        arrival = Arrival(time.time(), message.topic, bytes(message.payload))
        self.deliveries.put(Delivery(arrival, self._connection, message.mid, message.qos))

    def _on_publish(self, _client: mqtt.Client, _data: Any, mid: int, reason: Any, _properties: Any) -> None:
        self.confirmations.put(Confirmation(mid, reason.value))

    def _on_disconnect(self, _client: mqtt.Client, _data: Any, _flags: Any, reason: Any, _properties: Any) -> None:
        with self._lock:
            self._connection += 1
        self._online = False
        if not self._stopping.is_set():
            self._trouble(f"the connection to the broker ended: {reason}; trying again")

    def _trouble(self, problem: str) -> None:
        if problem != self._problem:
            self._say(problem)
        self._problem = problem


def _why(error: Exception, config: Config) -> str:
    where = f"{config.broker}:{config.port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"{where} is not whom we trust: {error.verify_message}. Look at options ca and broker"
    if isinstance(error, ssl.SSLError):
        return f"no TLS with {where}: {error}. Look at options certificate and key"
    return f"cannot reach {where}: {error}; trying again"
