"""Both links against a real broker, and against each kind of wrong one; paho's with both releases of paho."""

import socket
import ssl
import time

import pytest
from tests.report.attempt import OWN, PAHO, PAHO_OLD, TOPIC, Attempt, OddServer, answering, hang_up, read_packet
from tests.report.broker import Broker, ReaderOf5

from portvagt import __version__
from portvagt.report import link, refusals, tls_cpython

LINKS = {"paho 2": PAHO, "paho 1.6.1": PAHO_OLD}
V311, V5 = 4, 5  # levels of the protocol


@pytest.fixture(params=["paho 2, MQTT 5", "paho 1.6.1, MQTT 5", "paho 2, 3.1.1", "paho 1.6.1, 3.1.1", "own, 3.1.1"])
def kind(request, monkeypatch):
    """Each link with each version of MQTT that it speaks first."""
    name, version = request.param.split(", ")
    if name == "own":
        return OWN
    monkeypatch.setattr(LINKS[name].link, "protocol", V5 if version == "MQTT 5" else V311)
    return LINKS[name]


@pytest.fixture(params=LINKS)
def new_kind(request, monkeypatch):
    """Those that speak MQTT 5."""
    monkeypatch.setattr(LINKS[request.param].link, "protocol", V5)
    return LINKS[request.param]


def speaks_5(kind):
    return getattr(kind.link, "protocol", V311) == V5


def connack(kind, code, *properties):
    """CONNACK of a broker that speaks what the link speaks."""
    body = [0, code, len(properties), *properties] if speaks_5(kind) else [0, code]
    return bytes([0x20, len(body), *body])


def test_messages_are_confirmed_and_arrive(kind, broker, collector, identities):
    attempt = Attempt(kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    numbers = [attempt.link.publish(TOPIC, b'{"n": %d}' % number, False) for number in range(30)]
    attempt.turn_until(lambda: len(attempt.user.published) == 30)
    assert sorted(attempt.user.published) == sorted(numbers)
    collector.wait_for_state(lambda state: state == {"n": 29})
    attempt.link.close()
    assert attempt.user.lost == []


def test_a_lost_link_says_so_once_and_takes_nothing_more(kind, broker, identities):
    attempt = Attempt(kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    broker.stop()
    attempt.turn_until(lambda: attempt.user.lost)
    broker.start()
    assert attempt.link.publish(TOPIC, b"{}", False) is None
    attempt.link.close()
    assert len(attempt.user.lost) == 1
    assert "another router uses this cpe_id" in attempt.user.lost[0]


DOWN = ("v1/cpe/cpe-test/down/cmd", "v1/cpe/cpe-test/down/policy")


def test_what_the_isp_sends_is_heard(kind, broker, collector, identities):
    collector.send("v1/cpe/cpe-test/down/policy", b'{"retained": true}', retain=True)
    attempt = Attempt(kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    attempt.link.subscribe(DOWN)
    attempt.turn_until(lambda: attempt.user.heard)
    collector.send("v1/cpe/cpe-other/down/cmd", b"{}")
    collector.send("v1/cpe/cpe-test/down/cmd", b"{}")
    collector.send("v1/cpe/cpe-test/down/cmd", b"x" * 100_000)
    attempt.turn_until(lambda: len(attempt.user.heard) == 3)
    assert attempt.user.subscribed == [True]
    assert attempt.user.heard == [
        ("v1/cpe/cpe-test/down/policy", b'{"retained": true}'),
        ("v1/cpe/cpe-test/down/cmd", b"{}"),
        ("v1/cpe/cpe-test/down/cmd", None),
    ]
    attempt.link.close()


def test_a_refused_subscription_is_told(kind, identities):
    suback = b"\x90\x05\x00\x01\x00\x01\x80" if speaks_5(kind) else b"\x90\x04\x00\x01\x01\x80"  # the second
    with answering(identities, connack(kind, 0), suback) as server:
        attempt = Attempt(kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        attempt.link.subscribe(DOWN)
        attempt.turn_until(lambda: attempt.user.subscribed)
        assert attempt.user.subscribed == [False]
        attempt.link.close()


def test_after_good_bye_there_is_no_will(kind, broker, collector, identities):
    attempt = Attempt(kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    attempt.link.close()
    again = Attempt(kind, identities, broker.port)
    again.turn_until(lambda: again.user.connected)
    again.link.publish(TOPIC, b'{"last": true}', False)
    again.turn_until(lambda: again.user.published)
    collector.wait_for_state(lambda state: state == {"last": True})
    again.link.close()
    assert collector.states() == [{"last": True}]


def test_a_broker_of_another_authority_is_refused(kind, broker, identities):
    refusal = Attempt(kind, identities, broker.port, ca=str(identities.other_ca)).refusal()
    assert "is not signed by the authority in" in refusal


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        ("misnamed", "is not for 'localhost'; set 'option broker'"),
        ("expired", "has expired; the ISP must renew it"),
        ("early", "is not valid yet; check this router's clock"),
    ],
)
def test_a_broker_with_a_wrong_certificate_is_refused(kind, tmp_path, identities, identity, sentence):
    with Broker(tmp_path, identities.ca, getattr(identities, identity)) as broker:
        assert sentence in Attempt(kind, identities, broker.port).refusal()


def test_an_address_that_the_certificate_does_not_name_is_refused(kind, broker, identities):
    assert "is not for '127.0.0.1'" in Attempt(kind, identities, broker.port, broker="127.0.0.1").refusal()


def test_a_broker_that_refuses_our_certificate_is_understood(kind, broker, identities):
    certificate, key = map(str, identities.foreign_client)
    refusal = Attempt(kind, identities, broker.port, certificate=certificate, key=key).refusal()
    # the alert may drown in the reset that follows it (TLS 1.3 tells the client after its handshake)
    assert "ask the ISP for a new one" in refusal or "often it is our certificate" in refusal


def test_nobody_there_is_understood(kind, identities):
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        assert "nobody listens on localhost" in Attempt(kind, identities, bound.getsockname()[1]).refusal()


def test_a_name_that_does_not_exist_is_understood(kind, identities, monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    assert (
        "'mqtt.isp.example' can't be resolved" in Attempt(kind, identities, 8883, broker="mqtt.isp.example").refusal()
    )


@pytest.mark.parametrize("name", ["x" * 70, "a..b"])
def test_a_name_that_can_not_exist_is_understood(kind, identities, name):
    assert "can't be resolved" in Attempt(kind, identities, 8883, broker=name).refusal()


@pytest.mark.parametrize("option", ["ca", "certificate", "key"])
def test_a_missing_file_is_named(kind, identities, tmp_path, option):
    path = str(tmp_path / "none.pem")
    refusal = Attempt(kind, identities, 8883, **{option: path}).refusal()
    assert refusal == f"{path}: can't be read (No such file or directory); see 'option {option}'"


@pytest.mark.parametrize("option", ["ca", "certificate", "key"])
def test_a_file_that_is_no_pem_is_named(kind, identities, tmp_path, option):
    (tmp_path / "bad.pem").write_text("not a certificate")
    assert "bad.pem" in Attempt(kind, identities, 8883, **{option: str(tmp_path / "bad.pem")}).refusal()


def test_the_key_of_another_certificate_is_refused(kind, identities):
    refusal = Attempt(kind, identities, 8883, key=str(identities.server[1])).refusal()
    assert "no PEM certificate and its key" in refusal


def test_a_server_that_says_nothing_is_left(kind, identities, monkeypatch):
    monkeypatch.setattr(kind.handshake, "HANDSHAKE_S", 0.3)
    with OddServer(lambda _: None) as server:
        before = time.monotonic()
        assert "does not answer" in Attempt(kind, identities, server.port).refusal()
        assert time.monotonic() - before < 3  # paho would wait for 5 s, or 60


def test_a_server_that_hangs_up_is_understood(kind, identities):
    with OddServer(hang_up) as server:
        assert "closed the connection before it accepted us" in Attempt(kind, identities, server.port).refusal()


def test_a_server_without_tls_is_understood(kind, identities):
    with OddServer(lambda connection: connection.send(b"220 mail.example ESMTP\r\n")) as server:
        assert "does not speak TLS as we do" in Attempt(kind, identities, server.port).refusal()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ((2, 133), "refuses the client id 'cpe-test'"),
        ((3, 136), "not available now"),
        ((5, 135), "must allow 'cpe-test'"),
    ],
)
def test_each_answer_of_a_broker_is_understood(kind, identities, code, sentence):
    code = code[speaks_5(kind)]
    with answering(identities, connack(kind, code)) as server:
        assert sentence in Attempt(kind, identities, server.port).refusal()


@pytest.mark.parametrize("rubbish", [b"\xff" * 50, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00\x01"])
def test_rubbish_ends_the_link_and_nothing_else(kind, identities, monkeypatch, rubbish):
    monkeypatch.setattr(kind.acceptance, "ACCEPTANCE_S", 1)
    with answering(identities, rubbish) as server:
        assert Attempt(kind, identities, server.port).refusal()


def test_packets_in_one_tls_record_are_all_read(kind, identities):
    pong_and_puback = b"\xd0\x00" + b"\x40\x02\x00\x01"
    with answering(identities, connack(kind, 0), pong_and_puback) as server:
        attempt = Attempt(kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        number = attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: attempt.user.published)
        assert attempt.user.published == [number]
        attempt.link.close()


def test_a_broker_that_does_not_answer_connect_is_left(kind, identities, monkeypatch):
    monkeypatch.setattr(kind.acceptance, "ACCEPTANCE_S", 0.3)
    with answering(identities, b"\x20") as server:
        assert "gave no MQTT answer" in Attempt(kind, identities, server.port).refusal()


@pytest.mark.parametrize("answer", [b"\x20\x02\x00\x01", b"\x20\x03\x00\x84\x00"], ids=["3.1.1", "5"])
def test_a_broker_without_mqtt_5_is_asked_for_3_1_1_next_time(new_kind, identities, answer):
    with answering(identities, answer) as server:
        assert "MQTT 3.1.1 is next" in Attempt(new_kind, identities, server.port).refusal()
    with answering(identities, b"\x20\x02\x00\x00") as server:
        attempt = Attempt(new_kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        attempt.link.close()


def hanging_up(identities):
    """A broker that reads CONNECT and closes: `.levels` has the version of MQTT in it."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        with context.wrap_socket(connection, server_side=True) as wrapped:
            server.levels.append(read_packet(wrapped)[6])

    server = OddServer(serve)
    server.levels = []
    return server


def test_a_broker_that_hangs_up_is_asked_in_the_other_version_next_time(new_kind, identities):
    levels = []
    for _ in range(3):
        with hanging_up(identities) as server:
            assert Attempt(new_kind, identities, server.port).refusal() == refusals.CLOSED
            levels += server.levels
    assert levels == [V5, V311, V5]
    with answering(identities, b"\x20\x02\x00\x00") as server:
        attempt = Attempt(new_kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        attempt.link.close()


def test_what_the_access_rules_deny_is_told(new_kind, broker, identities):
    attempt = Attempt(new_kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    denied = attempt.link.publish("v1/cpe/cpe-other/up/event", b"{}", False)
    attempt.turn_until(lambda: attempt.user.refused)
    taken = attempt.link.publish(TOPIC, b"{}", False)
    attempt.turn_until(lambda: attempt.user.published)
    attempt.link.close()
    reason = "its access rules; the ISP must let 'cpe-test' write below v1/cpe/cpe-test/up/"
    assert attempt.user.refused == [(denied, reason)]
    assert attempt.user.published == [taken]


@pytest.mark.parametrize(("code", "reason"), [(0x97, "a quota is used up"), (0x80, "code 128; the broker's log")])
def test_other_reasons_of_a_broker_are_told(new_kind, identities, code, reason):
    with answering(identities, connack(new_kind, 0), bytes([0x40, 3, 0, 1, code])) as server:
        attempt = Attempt(new_kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        number = attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: attempt.user.refused)
        assert attempt.user.refused[0][0] == number
        assert reason in attempt.user.refused[0][1]
        attempt.link.close()


def test_messages_say_who_sends_them_and_a_state_expires(new_kind, broker, identities):
    attempt = Attempt(new_kind, identities, broker.port)
    attempt.turn_until(lambda: attempt.user.connected)
    attempt.link.publish(TOPIC, b'{"retained": true}', True)
    attempt.turn_until(lambda: attempt.user.published)
    with ReaderOf5(broker, identities) as reader:
        attempt.link.publish("v1/cpe/cpe-test/up/event", b"{}", False)
        attempt.turn_until(lambda: len(reader.properties) == 2)
    attempt.link.close()
    state, event = (reader.properties[leaf] for leaf in ("state", "event"))
    assert state.UserProperty == event.UserProperty == [("version", __version__), ("runtime", "cpython")]
    assert 2600 < state.MessageExpiryInterval <= 2700
    assert not hasattr(event, "MessageExpiryInterval")


def test_no_more_is_under_way_than_the_broker_bears(new_kind, identities):
    heard = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = serve.kept = context.wrap_socket(connection, server_side=True)
        read_packet(wrapped)
        wrapped.send(connack(new_kind, 0, 0x21, 0, 2))  # Receive Maximum 2
        heard.extend([read_packet(wrapped), read_packet(wrapped)])
        wrapped.settimeout(0.5)
        with pytest.raises(TimeoutError):
            wrapped.recv(1)
        wrapped.settimeout(None)
        for _ in range(3):
            body = heard.pop(0)
            start = 2 + int.from_bytes(body[:2], "big")
            wrapped.send(b"\x40\x02" + body[start : start + 2])
            heard.append(read_packet(wrapped))
        heard.append("all")

    with OddServer(serve) as server:
        attempt = Attempt(new_kind, identities, server.port)
        attempt.turn_until(lambda: attempt.user.connected)
        for _ in range(5):
            attempt.link.publish(TOPIC, b"{}", False)
        attempt.turn_until(lambda: len(attempt.user.published) == 3 and heard[-1:] == ["all"])
        attempt.link.close()


def test_the_broker_s_keepalive_counts(new_kind, identities):
    pinged = []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = serve.kept = context.wrap_socket(connection, server_side=True)
        read_packet(wrapped)
        wrapped.send(connack(new_kind, 0, 0x13, 0, 1))  # Server Keep Alive 1 s
        pinged.append(wrapped.recv(1))

    with OddServer(serve) as server:
        attempt = Attempt(new_kind, identities, server.port)
        attempt.turn_until(lambda: pinged)
        attempt.link.close()
    assert pinged == [b"\xc0"]


def test_only_tls_1_2_and_newer_with_both_certificates(identities):
    certificate, key = map(str, identities.client)
    context = tls_cpython.client_context(link.Endpoint("b", 1, str(identities.ca), certificate, key, "c", "t", b"", 1))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1
