"""Our MQTT client against hand-made packets, and against any bytes at all."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report import mqtt, mqtt_packets
from portvagt.report.mqtt_packets import Connack, Malformed, Message, Puback, Suback

KEEPALIVE_S = 60
ACCEPTED = b"\x20\x02\x00\x00"
TOPICS = st.text(st.characters(exclude_characters="\0+#", exclude_categories=["Cs"]), min_size=1, max_size=40)


def client(unconfirmed_max=100):
    """An accepted one that has sent its CONNECT."""
    it = mqtt.Client(KEEPALIVE_S, unconfirmed_max)
    it.connect("cpe", "up/state", b"gone")
    taken(it)
    assert it.feed(ACCEPTED, 0) == [Connack(0)]
    return it


def taken(it, now=0.0):
    """All that it wants to send."""
    sent = b""
    while len(it.to_send()):
        sent += bytes(it.to_send())
        it.sent(len(it.to_send()), now)
    return sent


def length(size):
    """Remaining length, as the standard's pseudo code has it (2.2.3)."""
    encoded = []
    while True:
        size, byte = divmod(size, 128)
        encoded.append(byte + 128 * (size > 0))
        if size == 0:
            return bytes(encoded)


def string(value):
    return struct.pack(">H", len(value.encode())) + value.encode()


def message(topic, payload, qos=0, packet_id=1, flags=0):
    """A PUBLISH of the broker."""
    body = string(topic) + (struct.pack(">H", packet_id) if qos else b"") + payload
    return bytes([0x30 | qos << 1 | flags]) + length(len(body)) + body


def unpacked(packet):
    """(first byte, what is after the length) of one packet."""
    size, position, shift = 0, 1, 0
    while True:
        size |= (packet[position] & 127) << shift
        shift += 7
        position += 1
        if packet[position - 1] < 128:
            assert len(packet) == position + size
            return packet[0], packet[position:]


def test_connect_is_the_one_of_the_standard():
    it = mqtt.Client(KEEPALIVE_S, 1)
    it.connect("cpe", "up/state", b"gone")
    will = b"\x00\x08up/state" + b"\x00\x04gone"
    # level 4; will retained with QoS 1, clean session; 60 s (3.1.2)
    assert taken(it) == b"\x10\x1f" + b"\x00\x04MQTT\x04\x2e\x00\x3c" + b"\x00\x03cpe" + will


@given(TOPICS, st.binary(max_size=20000), st.booleans())
def test_what_is_published_can_be_read_again(topic, payload, retain):
    it = client()
    number = it.publish(topic, payload, retain)
    first, body = unpacked(taken(it))
    assert first == 0x32 | retain
    assert body == string(topic) + struct.pack(">H", number) + payload


def test_the_other_packets_are_those_of_the_standard():
    it = client()
    number = it.subscribe(("v1/cpe/x/down/#", "t"))
    filters = b"\x00\x0fv1/cpe/x/down/#\x01" + b"\x00\x01t\x01"
    assert taken(it) == b"\x82\x18" + struct.pack(">H", number) + filters
    it.disconnect()
    assert taken(it) == b"\xe0\x00"


@given(TOPICS, st.binary(max_size=300), st.sampled_from([0, 1]), st.integers(1, 65535), st.data())
def test_a_message_is_read_however_it_is_cut_and_confirmed_when_it_asks_for_it(topic, payload, qos, packet_id, data):
    it = client()
    stream = message(topic, payload, qos, packet_id) + b"\xd0\x00"
    cut = data.draw(st.lists(st.integers(0, len(stream)), max_size=5).map(sorted))
    events = []
    for start, end in zip([0, *cut], [*cut, len(stream)], strict=True):
        events += it.feed(stream[start:end], 0)
    assert events == [Message(topic, payload, packet_id if qos else None)]
    assert taken(it) == (b"\x40\x02" + struct.pack(">H", packet_id) if qos else b"")


@given(st.lists(st.sampled_from([b"\x40\x02\x00\x01", b"\xd0\x00", message("t", b"x" * 200)]), max_size=5))
def test_reading_what_is_wanted_never_reads_into_the_next_packet(packets):
    it = client()
    for packet in packets:
        position = 0
        while position < len(packet):
            assert 0 < it.wanted <= len(packet) - position
            step = it.wanted
            it.feed(packet[position : position + step], 0)
            position += step


@pytest.mark.parametrize("size", [0, 1, 127, 128, 16383, 16384, 2097151, 2097152])
def test_lengths_of_one_to_four_bytes(size):
    assert mqtt_packets.remaining_length(size) == length(size)
    it = client()
    events = it.feed(message("t", b"x" * size), 0)
    assert [event.topic for event in events] == ["t"]


def test_a_payload_that_is_too_long_is_skipped_unkept_but_confirmed():
    it = client()
    size = 3 * mqtt_packets.BODY_MAX
    packet = message("down", b"x" * size, 1, 7)
    assert it.feed(packet[:-1], 0) == []
    assert it.feed(packet[-1:] + b"\x40\x02\x00\x01", 0) == [Message("down", None, 7), Puback(1)]
    assert taken(it) == b"\x40\x02\x00\x07"


def test_the_longest_payload_that_is_kept():
    size = mqtt_packets.BODY_MAX - len(string("down"))
    assert client().feed(message("down", b"x" * size), 0)[0].payload == b"x" * size
    assert client().feed(message("down", b"x" * (size + 1)), 0)[0].payload is None


@pytest.mark.parametrize(
    "stream",
    {
        "type 0": b"\x00\x00",
        "type 15": b"\xf0\x00",
        "a packet that only clients send": b"\xc0\x00",
        "a second CONNACK": ACCEPTED,
        "flags of a PUBACK": b"\x41\x02\x00\x01",
        "a PUBACK that is too long": b"\x40\x03",
        "packet identifier 0": b"\x40\x02\x00\x00",
        "a length of five bytes": b"\x30\xff\xff\xff\xff\x01",
        "QoS 2": message("t", b"", 2),
        "QoS 3": b"\x36\x05\x00\x01t\x00\x01",
        "a repetition with QoS 0": message("t", b"", flags=8),
        "a topic longer than its packet": b"\x30\x04\x00\x09ab",
        "no place for the packet identifier": b"\x32\x04\x00\x01t\x00",
        "an empty topic": b"\x30\x03\x00\x00x",
        "a topic with a wildcard": message("a/#", b""),
        "a topic with a zero character": message("a\0", b""),
        "a topic that is no UTF-8": b"\x30\x04\x00\x02\xc3\x28",
        "a topic longer than what is kept": message("t" * 5000, b""),
    }.items(),
    ids=lambda pair: pair[0],
)
def test_what_no_broker_may_send_is_malformed(stream):
    with pytest.raises(Malformed):
        client().feed(stream[1], 0)


@pytest.mark.parametrize("stream", [b"\x40\x02\x00\x01", b"\xd0\x00", b"\x20\x02\x02\x00", message("t", b"")])
def test_before_connack_nothing_else_may_come(stream):
    it = mqtt.Client(KEEPALIVE_S, 1)
    it.connect("cpe", "t", b"")
    with pytest.raises(Malformed):
        it.feed(stream, 0)


def test_a_refusal_is_told_and_ends_it():
    it = mqtt.Client(KEEPALIVE_S, 1)
    it.connect("cpe", "t", b"")
    assert it.feed(b"\x20\x02\x00\x05", 0) == [Connack(5)]
    assert it.state == mqtt.OVER


FIRST_BYTES = st.sampled_from([0x20, 0x30, 0x32, 0x3A, 0x40, 0x90, 0xD0])
LIKELY = st.builds(lambda first, body: bytes([first]) + length(len(body)) + body, FIRST_BYTES, st.binary(max_size=40))


@given(st.lists(st.one_of(st.binary(max_size=60), LIKELY), max_size=8), st.booleans())
def test_any_bytes_are_read_or_malformed(parts, accepted):
    it = client() if accepted else mqtt.Client(KEEPALIVE_S, 1)
    if not accepted:
        it.connect("cpe", "t", b"")
    try:
        for part in parts:
            for event in it.feed(part, 0):
                assert isinstance(event, (Connack, Puback, Suback, Message))
            assert 1 <= it.wanted <= mqtt_packets.CHUNK
    except Malformed:
        pass


@pytest.mark.parametrize("value", ["x" * 65536, "a\0b", "æ" * 32768, "\ud800"])
def test_texts_that_mqtt_can_not_carry(value):
    with pytest.raises(ValueError):
        mqtt_packets.text(value)


@pytest.mark.parametrize("topic", ["", "a/+", "#"])
def test_topics_that_are_no_names(topic):
    with pytest.raises(ValueError):
        client().publish(topic, b"", False)


def test_more_than_mqtt_can_carry():
    with pytest.raises(ValueError):
        mqtt_packets.remaining_length(mqtt_packets.LENGTH_MAX + 1)


def test_identifiers_wrap_and_pass_over_those_under_way():
    it = client()
    assert it.publish("t", b"", False) == 1
    for number in range(2, 65536):
        assert it.publish("t", b"", False) == number
        assert it.feed(b"\x40\x02" + struct.pack(">H", number), 0) == [Puback(number)]
        taken(it)
    assert it.publish("t", b"", False) == 2  # 1 still waits
    it.feed(b"\x40\x02\x00\x01", 0)
    assert it.subscribe(["t"]) == 3


def test_a_subscription_is_confirmed():
    it = client(1)
    number = it.subscribe(["t", "u"])
    assert it.feed(b"\x90\x04" + struct.pack(">H", number) + b"\x01\x80", 0) == [Suback(number, b"\x01\x80")]
    it.publish("t", b"", False)


def test_what_nobody_confirms_is_bounded():
    it = client(3)
    for _ in range(3):
        it.publish("t", b"", False)
    with pytest.raises(mqtt.Full):
        it.publish("t", b"", False)


def test_what_nobody_takes_is_bounded():
    it = client()
    for _ in range(mqtt.UNSENT_MAX // 10010):
        it.publish("t", b"x" * 10000, False)
    with pytest.raises(mqtt.Full):
        it.publish("t", b"x" * 10000, False)
    assert len(taken(it)) <= mqtt.UNSENT_MAX


def test_a_packet_is_offered_again_until_all_of_it_is_taken():
    it = client()
    it.publish("t", b"first", False)
    it.publish("t", b"second", False)
    whole = bytes(it.to_send())
    it.sent(3, 0)
    assert bytes(it.to_send()) == whole[3:]
    it.sent(len(whole) - 3, 0)
    assert bytes(it.to_send()).endswith(b"second")


def test_a_quiet_connection_is_kept_alive():
    it = client()
    assert it.tick(KEEPALIVE_S / 2) == KEEPALIVE_S / 4
    assert taken(it) == b""
    assert it.tick(50) == KEEPALIVE_S / 2
    assert taken(it, 50) == b"\xc0\x00"
    assert it.feed(b"\xd0\x00", 51) == []
    assert it.tick(55) == 50 + 3 / 4 * KEEPALIVE_S - 55
    assert taken(it) == b""


def test_a_busy_connection_needs_no_ping():
    it = client()
    for now in range(0, 600, 5):
        number = it.publish("t", b"", False)
        assert taken(it, now)[0] == 0x32
        it.feed(b"\x40\x02" + struct.pack(">H", number), now)
        assert it.tick(now)
        assert taken(it, now) == b""


def test_a_broker_that_answers_nothing_is_asked_and_then_left():
    it = client()
    alive = [now for now in range(0, 300, 5) if it.publish("t", b"", False) and taken(it, now) and it.tick(now)]
    assert 60 <= alive[-1] <= 1.5 * KEEPALIVE_S
