"""What only our own link has to care for: keys and chains, old TLS, brokers that don't do their part."""

import socket
import ssl
import time

import pytest
from tests.report.attempt import OWN, TOPIC, Attempt, OddServer, answering, read_packet, reading_late

from portvagt.report import mqtt_link
from portvagt.report.link import INFLIGHT_MAX

CONNACK = b"\x20\x02\x00\x00"


def connected(identities, port, **wrong):
    attempt = Attempt(OWN, identities, port, **wrong)
    attempt.turn_until(lambda: attempt.user.connected or attempt.user.lost)
    assert attempt.user.lost == []
    return attempt


@pytest.mark.parametrize("name", ["ec pkcs8", "ec traditional", "rsa pkcs8", "rsa traditional"])
def test_each_kind_of_key_is_read(broker, identities, name):
    certificate, key = map(str, identities.clients[name])
    connected(identities, broker.port, certificate=certificate, key=key).link.close()


def test_a_chain_of_ours_is_shown(broker, identities):
    certificate, key = map(str, identities.intermediate)
    connected(identities, broker.port, certificate=certificate, key=key).link.close()


def test_old_tls_is_refused_before_anything_is_said(identities, monkeypatch):
    """What the link does when the TLS library allows it: one byte that says nothing has gone out."""
    monkeypatch.setattr(mqtt_link.tls.Stream, "too_old", lambda _: "TLSv1.1")
    heard = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            try:
                heard.extend(iter(lambda: wrapped.recv(1000), b""))
            except OSError:
                pass

    with OddServer(serve) as server:
        assert "speaks TLSv1.1 only" in Attempt(OWN, identities, server.port).refusal()
    assert heard == [b"\x10"]


def test_the_loop_goes_on_while_a_server_says_nothing(identities, monkeypatch):
    monkeypatch.setattr(mqtt_link, "HANDSHAKE_S", 3)
    turns = []
    with OddServer(lambda _: None) as server:
        before = time.monotonic()
        attempt = Attempt(OWN, identities, server.port)
        assert time.monotonic() - before < 2
        attempt.loop.after(0.1, lambda: turns.append(len(attempt.user.lost)))
        assert "does not answer" in attempt.refusal()
    assert turns == [0]


def test_a_server_that_stops_in_the_middle_of_the_handshake_is_left(identities, monkeypatch):
    monkeypatch.setattr(mqtt_link, "HANDSHAKE_S", 0.3)
    with OddServer(lambda connection: connection.send(b"\x16\x03\x03\x00\x40\x02")) as server:
        assert "does not answer" in Attempt(OWN, identities, server.port).refusal()


def test_a_slow_server_is_waited_for(identities):
    """CONNACK and PUBACK come a byte a TLS record, with pauses."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = serve.kept = context.wrap_socket(connection, server_side=True)
        for answer in (CONNACK, b"\x40\x02\x00\x01"):
            read_packet(wrapped)
            for byte in answer:
                time.sleep(0.02)
                wrapped.send(bytes([byte]))

    with OddServer(serve) as server:
        attempt = connected(identities, server.port)
        number = attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: attempt.user.published)
        assert attempt.user.published == [number]
        attempt.link.close()


def test_what_piles_up_before_a_slow_broker_arrives_whole(identities, monkeypatch):
    class Narrow(mqtt_link.tls.Stream):
        def __init__(self, sock, *rest):
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
            super().__init__(sock, *rest)

    monkeypatch.setattr(mqtt_link.tls, "Stream", Narrow)
    payloads = [bytes([number]) * 6000 for number in range(INFLIGHT_MAX)]
    with reading_late(identities, 0.3, len(payloads)) as server:
        attempt = connected(identities, server.port)
        for payload in payloads:
            attempt.link.publish(TOPIC, payload, False)
        assert len(attempt.link._client.to_send()) > 0  # it did pile up
        attempt.turn_until(lambda: len(attempt.user.published) == len(payloads))
        attempt.link.close()
    assert server.payloads == payloads


def test_a_broker_that_confirms_nothing_is_left(identities):
    with answering(identities, CONNACK) as server:
        attempt = connected(identities, server.port)
        numbers = [attempt.link.publish(TOPIC, b"{}", False) for _ in range(2 * INFLIGHT_MAX)]
        assert None not in numbers
        assert attempt.link.publish(TOPIC, b"{}", False) is None
        assert len(attempt.user.lost) == 1


def test_a_broker_that_reads_nothing_takes_no_memory_without_end(identities):
    with answering(identities, CONNACK) as server:
        attempt = connected(identities, server.port)
        payload, number, count = b"x" * 500_000, 0, 0
        while number is not None:
            number = attempt.link.publish(TOPIC, payload[: mqtt_link.mqtt.UNSENT_MAX - 100], False)
            count += 1
        assert count <= 2 * INFLIGHT_MAX
        assert len(attempt.user.lost) == 1


def test_a_broker_that_falls_silent_is_left(identities, monkeypatch):
    monkeypatch.setattr(mqtt_link, "KEEPALIVE_S", 0.4)
    monkeypatch.setattr(mqtt_link.mqtt_packets, "connect", lambda *_: b"\x10\x00")
    with answering(identities, CONNACK) as server:
        attempt = connected(identities, server.port)
        attempt.turn_until(lambda: attempt.user.lost)
        assert "the connection broke" in attempt.user.lost[0]


def test_a_flood_leaves_the_loop_its_turns(identities):
    """More packets than are read in a turn: a timer that is due comes between them, and all are read."""
    flood = b"".join(b"\x40\x02" + bytes([number >> 8, number & 255]) for number in range(1, 3000))
    with answering(identities, CONNACK, flood) as server:
        attempt = connected(identities, server.port)
        seen = []
        attempt.loop.after(0.01, lambda: seen.append(len(attempt.user.published)))
        attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: len(attempt.user.published) == 2999)
        assert attempt.user.published == list(range(1, 3000))
        assert seen[0] < 2999
        attempt.link.close()


def test_after_close_nothing_is_told(identities):
    with answering(identities, CONNACK, b"\x40\x02\x00\x01" * 3) as server:
        attempt = connected(identities, server.port)
        attempt.user.on_published = lambda number: (attempt.user.published.append(number), attempt.link.close())
        attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: attempt.user.published)
        attempt.loop.step(0.1)
        assert (attempt.user.published, attempt.user.lost) == ([1], [])
