"""Both links against a real broker, and against each kind of wrong one; paho's with both of its callback interfaces."""

import socket
import ssl
import time

import pytest
from tests.report.attempt import OWN, PAHO, TOPIC, Attempt, OddServer, answering, hang_up
from tests.report.broker import Broker

from portvagt.report import link, paho_link, tls_cpython

pytestmark = pytest.mark.filterwarnings("ignore:Callback API version 1")


@pytest.fixture(params=["paho 2", "paho 1.6", "own"])
def kind(request, monkeypatch):
    """paho 2 also speaks 1.6's callbacks, when nobody asks for its own."""
    if request.param == "paho 1.6":
        monkeypatch.setattr(paho_link, "_INTERFACES", None)
    return OWN if request.param == "own" else PAHO


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


DOWN = "v1/cpe/cpe-test/down/#"


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
    with answering(identities, b"\x20\x02\x00\x00", b"\x90\x03\x00\x01\x80") as server:
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
    [(2, "refuses the client id 'cpe-test'"), (3, "not available now"), (5, "must allow 'cpe-test'")],
)
def test_each_answer_of_a_broker_is_understood(kind, identities, code, sentence):
    with answering(identities, bytes([0x20, 2, 0, code])) as server:
        assert sentence in Attempt(kind, identities, server.port).refusal()


@pytest.mark.parametrize("rubbish", [b"\xff" * 50, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00\x01"])
def test_rubbish_ends_the_link_and_nothing_else(kind, identities, monkeypatch, rubbish):
    monkeypatch.setattr(kind.acceptance, "ACCEPTANCE_S", 1)
    with answering(identities, rubbish) as server:
        assert Attempt(kind, identities, server.port).refusal()


def test_packets_in_one_tls_record_are_all_read(kind, identities):
    pong_and_puback = b"\xd0\x00" + b"\x40\x02\x00\x01"
    with answering(identities, b"\x20\x02\x00\x00", pong_and_puback) as server:
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


def test_only_tls_1_2_and_newer_with_both_certificates(identities):
    certificate, key = map(str, identities.client)
    context = tls_cpython.client_context(link.Endpoint("b", 1, str(identities.ca), certificate, key, "c", "t", b""))
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1
