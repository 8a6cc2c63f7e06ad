"""The link of CPython: paho-mqtt's client without its thread, on our loop. paho 1.6.1 (OpenWrt's) and 2.

MQTT 5, or 3.1.1 where the broker knows no newer one: it says so, or hangs up, and then the other version is next.
Section numbers are those of MQTT 5.

Only looking up the broker's name can block for longer than the time limits: getaddrinfo has none of its own.
"""

import struct

import paho.mqtt.client as mqtt
from paho.mqtt import MQTTException
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from portvagt import __version__, runtime
from portvagt.loop import READ, WRITE
from portvagt.report import refusals
from portvagt.report import tls_cpython as tls
from portvagt.report.link import ACCEPTANCE_S, INFLIGHT_MAX, KEEPALIVE_S
from portvagt.report.mqtt_packets import BODY_MAX, REFUSED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from portvagt.loop import Loop, Timer
    from portvagt.report.link import Endpoint, LinkUser

QOS = 1
_CARES = 4  # looks at the keepalive in its time
_INTERFACES = getattr(mqtt, "CallbackAPIVersion", None)  # paho 1.6 has one only
_OTHER_PROTOCOL = (1, 132)  # CONNACK codes of MQTT 3.1.1 and 5: this version is not spoken
# what paho's decoder raises at bytes that are no MQTT
_MALFORMED = (MQTTException, ValueError, LookupError, AssertionError, struct.error)


class _OldClient(mqtt.Client):
    """paho 1.6.1 tells nobody the reason code of a PUBACK (3.4.2.1), and keeps its own keepalive (3.2.2.3.14)."""

    code_of_puback = 0

    def _handle_pubackcomp(self, cmd: "Any") -> "Any":
        packet = self._in_packet["packet"]
        self.code_of_puback = packet[2] if len(packet) > 2 else 0
        return super()._handle_pubackcomp(cmd)

    def keep_alive(self, seconds: int) -> None:
        self._keepalive = seconds


def _client(name: str, protocol: int) -> "Any":
    """A client with a clean session that leaves reconnecting to us; in paho 2 with the callbacks that stay."""
    options: "dict[str, Any]" = {"client_id": name, "protocol": protocol, "reconnect_on_failure": False}
    if _INTERFACES is None:
        return _OldClient(**options)
    return mqtt.Client(callback_api_version=_INTERFACES.VERSION2, **options)


def _code(reason: "Any") -> int:
    """Of a CONNACK, PUBACK or SUBACK: a number, or paho's object of MQTT 5."""
    return int(getattr(reason, "value", reason))


class PahoLink:
    """One connection: see link.Link. The callbacks take what both versions of paho pass."""

    protocol: int = mqtt.MQTTv5  # of the next connection of this process

    def __init__(self, loop: "Loop", endpoint: "Endpoint", user: "LinkUser") -> None:
        self._loop = loop
        self._endpoint = endpoint
        self._user = user
        self._accepted = False
        self._care_s = KEEPALIVE_S / _CARES
        self._over = False
        self._refusal = ""
        self._timer: "Timer | None" = None
        self._protocol = PahoLink.protocol
        self._client = _client(endpoint.client_id, self._protocol)
        self._client.max_inflight_messages_set(2 * INFLIGHT_MAX)  # room for states beside the events
        self._client.will_set(endpoint.will_topic, endpoint.will, QOS, retain=True)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_publish = self._on_publish
        self._client.on_message = self._on_message
        self._client.on_subscribe = self._on_subscribe
        self._client.on_socket_open = self._on_socket_open
        self._client.on_socket_close = self._on_socket_close
        self._client.on_socket_register_write = self._on_wants_to_write
        self._client.on_socket_unregister_write = self._on_has_written

    def connect(self) -> None:
        """Blocks for the lookup of the name, TCP's and TLS' handshakes; each but the first is bounded."""
        try:
            context = tls.client_context(self._endpoint)
            context.sslsocket_class = tls.Socket
            self._client.tls_set_context(context)
            self._client.connect(self._endpoint.broker, self._endpoint.port, KEEPALIVE_S)
            self._timer = self._loop.after(ACCEPTANCE_S, self._on_silence)
        except refusals.Unusable as error:
            self._lose(str(error))
        except (OSError, ValueError) as error:
            self._fail(error)

    def publish(self, topic: str, payload: bytes, retain: bool) -> "int | None":
        """As link.Link."""
        if self._over:
            return None
        try:
            sent = self._client.publish(topic, payload, QOS, retain, self._properties(retain))
        except OSError as error:
            self._fail(error)
            return None
        if sent.rc != mqtt.MQTT_ERR_SUCCESS:
            self._lose(refusals.BROKEN)
            return None
        return int(sent.mid)

    def subscribe(self, filters: "Sequence[str]") -> None:
        """As link.Link."""
        if self._over:
            return
        try:
            self._client.subscribe([(each, QOS) for each in filters])
        except OSError as error:
            self._fail(error)

    def close(self) -> None:
        """As link.Link."""
        if self._over:
            return
        self._over = True
        try:
            self._client.disconnect()
            self._client.loop_write()
        except OSError:
            pass  # it was lost at this moment
        self._drop()

    def _properties(self, retain: bool) -> "Any":
        """Of a message (3.3.2.3); None in MQTT 3.1.1."""
        if self._protocol != mqtt.MQTTv5:
            return None
        properties: "Any" = Properties(PacketTypes.PUBLISH)  # type: ignore[no-untyped-call]
        properties.UserProperty = [("version", __version__), ("runtime", runtime.NAME)]
        if retain:
            properties.MessageExpiryInterval = self._endpoint.expiry_s
        return properties

    def _fail(self, error: Exception) -> None:
        self._lose(refusals.BROKEN if self._accepted else tls.refusal(error, self._endpoint))

    def _lose(self, reason: str) -> None:
        if self._over:
            return
        self._over = True
        self._drop()
        self._user.on_lost(reason)

    def _drop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        sock = self._client.socket()
        if sock is not None:
            self._loop.forget(sock)
            self._client.on_socket_close = None
            sock.close()

    def _on_silence(self) -> None:
        self._lose(refusals.of_silence(self._endpoint))

    def _care(self) -> None:
        self._timer = self._loop.after(self._care_s, self._care)
        self._client.loop_misc()

    def _on_ready(self, events: int) -> None:
        try:
            if events & WRITE:
                self._client.loop_write()
            if events != WRITE:
                self._read()
        except OSError as error:
            self._fail(error)
        except _MALFORMED as error:
            self._lose(refusals.filled(refusals.NO_MQTT, self._endpoint, str(error) or type(error).__name__))

    def _read(self) -> None:
        self._client.loop_read()
        # what TLS has decrypted already wakes no poll
        while not self._over and self._client.socket().pending():
            self._client.loop_read()

    # callbacks of paho

    def _on_connect(self, client: "Any", userdata: "Any", flags: "Any", reason: "Any", *more: "Any") -> None:
        code = _code(reason)
        if code in _OTHER_PROTOCOL and self._protocol == mqtt.MQTTv5:
            PahoLink.protocol = mqtt.MQTTv311
            self._refusal = refusals.filled(refusals.NO_MQTT_5, self._endpoint)
            return
        if code != 0:
            self._refusal = refusals.of_code(code, self._endpoint)
            return
        self._accepted = True
        if self._protocol == mqtt.MQTTv5:
            self._heed(more[0])
        if self._timer is not None:
            self._timer.cancel()
        self._care()
        self._user.on_connected()

    def _heed(self, properties: "Any") -> None:
        """What the broker bears (3.2.2.3)."""
        at_once = getattr(properties, "ReceiveMaximum", None)
        if at_once is not None:
            # both releases have this name; paho 2 lets nobody use the public one on a connection
            self._client._max_inflight_messages = min(at_once, 2 * INFLIGHT_MAX)
        keepalive_s = getattr(properties, "ServerKeepAlive", None)
        if keepalive_s is not None:
            self._care_s = (keepalive_s or KEEPALIVE_S) / _CARES  # 0: it wants none
            if _INTERFACES is None:
                self._client.keep_alive(keepalive_s)

    def _on_disconnect(self, *_: "Any") -> None:
        if self._accepted:
            self._lose(self._refusal or refusals.BROKEN)
            return
        reason = self._refusal or refusals.CLOSED
        if reason == refusals.CLOSED:
            PahoLink.protocol = mqtt.MQTTv311 if self._protocol == mqtt.MQTTv5 else mqtt.MQTTv5
        self._lose(reason)

    def _on_publish(self, client: "Any", userdata: "Any", number: int, *more: "Any") -> None:
        if self._over:
            return
        code = client.code_of_puback if _INTERFACES is None else _code(more[0])
        if code < REFUSED:
            self._user.on_published(number)
        else:
            self._user.on_refused(number, refusals.of_message(code, self._endpoint))

    def _on_message(self, client: "Any", userdata: "Any", message: "Any") -> None:
        if not self._over:
            payload = message.payload
            self._user.on_message(message.topic, bytes(payload) if len(payload) <= BODY_MAX else None)

    def _on_subscribe(self, client: "Any", userdata: "Any", number: int, codes: "Any", *_: "Any") -> None:
        if not self._over:
            self._user.on_subscribed(max([_code(each) for each in codes]) < REFUSED)

    def _on_socket_open(self, client: "Any", userdata: "Any", sock: "Any") -> None:
        self._loop.watch(sock, self._on_ready)

    def _on_socket_close(self, client: "Any", userdata: "Any", sock: "Any") -> None:
        self._loop.forget(sock)
        if sock.failure is not None and not self._accepted:
            self._refusal = tls.refusal(sock.failure, self._endpoint)

    def _on_wants_to_write(self, client: "Any", userdata: "Any", sock: "Any") -> None:
        self._loop.change(sock, READ | WRITE)

    def _on_has_written(self, client: "Any", userdata: "Any", sock: "Any") -> None:
        self._loop.change(sock, READ)
