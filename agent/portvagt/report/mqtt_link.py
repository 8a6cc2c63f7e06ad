"""The link that needs no package, on MicroPython and CPython: our MQTT client on a socket that never blocks.

Only looking up the broker's name can block for longer than the time limits: getaddrinfo has none of its own.
"""

import errno

from portvagt import runtime
from portvagt.loop import READ, WRITE
from portvagt.report import mqtt, mqtt_packets, refusals
from portvagt.report.dial import Dial
from portvagt.report.link import ACCEPTANCE_S, HANDSHAKE_S, INFLIGHT_MAX, KEEPALIVE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from portvagt.loop import Loop, Timer
    from portvagt.report.link import Endpoint, LinkUser

tls = runtime.tls()

_READS = 100  # a turn: what else the loop serves has its turn too

DIALLING, SHAKING, SPEAKING, OVER = "dialling", "shaking", "speaking", "over"


class MqttLink:
    """One connection: see link.Link."""

    def __init__(self, loop: "Loop", endpoint: "Endpoint", user: "LinkUser") -> None:
        self._loop = loop
        self._endpoint = endpoint
        self._user = user
        self._state = DIALLING
        self._dial = Dial(loop, self._on_tcp, self._fail)
        self._client = mqtt.Client(KEEPALIVE_S, 2 * INFLIGHT_MAX)  # room for states beside the events
        self._buffer = memoryview(bytearray(mqtt_packets.CHUNK))
        self._context: "Any" = None
        self._stream: "Any" = None
        self._limit: "Timer | None" = None  # of the whole attempt
        self._timer: "Timer | None" = None  # of the handshake, then of the keepalive

    def connect(self) -> None:
        """As link.Link. Blocks for the lookup of the name only."""
        endpoint = self._endpoint
        self._limit = self._loop.after(ACCEPTANCE_S, self._on_limit)
        self._client.connect(endpoint.client_id, endpoint.will_topic, endpoint.will)
        try:
            self._context = tls.client_context(endpoint)
            self._dial.look_up(endpoint.broker, endpoint.port)
        except refusals.Unusable as error:
            self._lose(str(error))
        except (OSError, ValueError) as error:
            self._lose(refusals.filled(refusals.NAME, endpoint, str(error)))
        else:
            self._dial.start()

    def publish(self, topic: str, payload: bytes, retain: bool) -> "int | None":
        """As link.Link."""
        if self._state == OVER:
            return None
        try:
            number = self._client.publish(topic, payload, retain)
        except mqtt.Full:
            self._lose(refusals.BROKEN)
            return None
        self._flush()
        return None if self._state == OVER else number

    def subscribe(self, filters: "Sequence[str]") -> None:
        """As link.Link."""
        if self._state == OVER:
            return
        try:
            self._client.subscribe(filters)
        except mqtt.Full:
            self._lose(refusals.BROKEN)
            return
        self._flush()

    def close(self) -> None:
        """As link.Link."""
        speaking, self._state = self._state == SPEAKING, OVER
        if speaking:
            self._client.disconnect()
            self._flush()
        self._drop()

    def _lose(self, reason: str) -> None:
        if self._state == OVER:
            return
        self._state = OVER
        self._drop()
        self._user.on_lost(reason)

    def _fail(self, error: Exception) -> None:
        self._lose(refusals.BROKEN if self._accepted() else tls.refusal(error, self._endpoint))

    def _accepted(self) -> bool:
        return self._client.state == mqtt.ACCEPTED

    def _drop(self) -> None:
        for timer in (self._limit, self._timer):
            if timer is not None:
                timer.cancel()
        self._dial.cancel()
        if self._stream is not None:
            self._loop.forget(self._stream.socket)
            self._stream.close()
            self._stream = None

    def _on_limit(self) -> None:
        if self._state == SPEAKING:
            self._lose(refusals.of_silence(self._endpoint))
        else:
            self._on_silence()

    def _on_silence(self) -> None:
        self._fail(OSError(errno.ETIMEDOUT, "no answer"))

    # TLS

    def _on_tcp(self, sock: "Any") -> None:
        self._timer = self._loop.after(HANDSHAKE_S, self._on_silence)
        try:
            self._stream = tls.Stream(sock, self._context, self._endpoint.broker)
        except (OSError, ValueError, MemoryError) as error:
            sock.close()
            self._fail(error)
            return
        self._state = SHAKING
        self._loop.watch(self._stream.socket, self._on_ready)
        self._shake()

    def _shake(self) -> None:
        """The first byte that is taken tells that TLS stands; the rest of CONNECT waits until we know how well.

        Our part of the handshake fits into the kernel's buffer, so that only the broker can be waited for.
        """
        if self._write(1) == 0:
            return
        old = self._stream.too_old()
        if old:
            self._lose(refusals.filled(refusals.OLD_TLS, self._endpoint, old))
            return
        self._state = SPEAKING
        if self._timer is not None:
            self._timer.cancel()
        self._speak()

    def _on_ready(self, events: int) -> None:
        if self._state == SHAKING:
            self._shake()
        else:
            self._speak()

    # MQTT

    def _speak(self) -> None:
        self._read()
        if self._state == SPEAKING:
            self._flush()

    def _read(self) -> None:
        """All that is there: what TLS has decrypted already wakes no poll."""
        for _ in range(_READS):
            events = self._receive()
            if events is None:
                return
            for event in events:
                self._tell(event)
        self._loop.after(0, self._speak)

    def _receive(self) -> "list[Any] | None":
        """Events of the next bytes; None when there are none."""
        if self._state != SPEAKING:
            return None
        try:
            count = self._stream.read(self._buffer[: self._client.wanted])
            if count:
                return self._client.feed(self._buffer[:count], runtime.monotonic())
        except (mqtt_packets.Malformed, mqtt.Full) as error:
            self._lose(refusals.filled(refusals.NO_MQTT, self._endpoint, str(error)))
        except (OSError, ValueError, MemoryError) as error:
            self._fail(error)
        else:
            if count == 0:
                self._lose(refusals.BROKEN if self._accepted() else refusals.CLOSED)
        return None

    def _tell(self, event: "Any") -> None:
        if self._state != SPEAKING:
            return
        if isinstance(event, mqtt_packets.Puback):
            self._user.on_published(event.packet_id)
        elif isinstance(event, mqtt_packets.Message):
            self._user.on_message(event.topic, event.payload)
        elif isinstance(event, mqtt_packets.Suback):
            self._user.on_subscribed(max(event.codes) < mqtt_packets.REFUSED)
        elif isinstance(event, mqtt_packets.Connack):
            self._on_answer(event.code)

    def _on_answer(self, code: int) -> None:
        if code:
            self._lose(refusals.of_code(code, self._endpoint))
            return
        if self._limit is not None:
            self._limit.cancel()
        self._care()
        self._user.on_connected()

    def _flush(self) -> None:
        """Send what the socket takes, a TLS record a packet."""
        while len(self._client.to_send()) and self._write(mqtt_packets.LENGTH_MAX):
            pass
        if self._stream is not None:
            self._loop.change(self._stream.socket, READ | WRITE if len(self._client.to_send()) else READ)

    def _write(self, most: int) -> int:
        """How many bytes were taken of those that are to be sent; 0 also when the link broke."""
        try:
            count: int = self._stream.write(self._client.to_send()[:most])
        except (OSError, ValueError, MemoryError) as error:
            self._fail(error)
            return 0
        if count:
            self._client.sent(count, runtime.monotonic())
        return count

    def _care(self) -> None:
        try:
            rest_s = self._client.tick(runtime.monotonic())
        except mqtt.Full:
            rest_s = 0
        if rest_s:
            self._timer = self._loop.after(rest_s, self._care)
            self._flush()
        else:
            self._lose(refusals.BROKEN)
