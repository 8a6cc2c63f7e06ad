"""Our link on MicroPython with mbedtls: what counts most of test_links.py, and its own ways with keys and chains."""

import json
import os
import signal
import ssl
import subprocess
import time
from pathlib import Path

import pytest
from tests.report.attempt import TOPIC, OddServer, answering, hang_up, reading_late
from tests.report.broker import Broker, wait_until

from portvagt_sim import runtimes

SCRIPT = Path(__file__).with_name("link_script.py")
HEAP_KB = 512
NARROW = 4096


class Attempt:
    """link_script.py as a process; the same arguments as attempt.Attempt, and those of the script's plan."""

    def __init__(self, identities, port, wrong=None, then="close", **plan):
        endpoint = {
            "broker": "localhost",
            "port": port,
            "ca": str(identities.ca),
            "certificate": str(identities.client[0]),
            "key": str(identities.client[1]),
            "client_id": "cpe-test",
            "will_topic": TOPIC,
            "will": '{"online": false}',
            "expiry_s": 2700,
            **(wrong or {}),
        }
        chosen = runtimes.runtime("micropython")
        command = [*chosen.argv, *(word.format(HEAP_KB) for word in chosen.heap_option), str(SCRIPT)]
        self.process = subprocess.Popen(
            command,
            env={**os.environ, **chosen.environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        # not as an argument: MicroPython takes none of more than 255 bytes
        self.process.stdin.write(json.dumps({"endpoint": endpoint, "then": then, **plan}) + "\n")
        self.process.stdin.close()

    def line(self):
        return json.loads(self.process.stdout.readline())

    def connected(self):
        assert self.line() == {"connected": True}
        return self

    def end(self):
        result = self.line()
        self.piled = result.pop("piled")
        assert self.process.wait(10) == 0
        return result

    def refusal(self):
        """Refused, so not connected: the first line is already the last."""
        result = self.end()
        assert result["published"] == 0
        assert len(result["lost"]) == 1
        return result["lost"][0]


def test_500_messages_arrive_in_their_order(broker, collector, identities, record_property):
    attempt = Attempt(identities, broker.port, messages=500, size=600).connected()
    begin = time.monotonic()
    assert attempt.end() == {"published": 500, "lost": []}
    record_property("seconds", time.monotonic() - begin)
    wait_until(lambda: len(collector.states()) >= 500, "all arrive")
    assert [state["n"] for state in collector.states()] == list(range(500))


def test_what_the_isp_sends_is_heard(broker, collector, identities):
    collector.send("v1/cpe/cpe-test/down/policy", b'{"retained": true}', retain=True)
    attempt = Attempt(identities, broker.port, then="wait", subscribe="v1/cpe/cpe-test/down/#").connected()
    assert sorted([attempt.line(), attempt.line()], key=len) == [
        {"subscribed": True},
        {"topic": "v1/cpe/cpe-test/down/policy", "bytes": 18},
    ]
    collector.send("v1/cpe/cpe-test/down/cmd", b"x" * 2000)
    assert attempt.line() == {"topic": "v1/cpe/cpe-test/down/cmd", "bytes": 2000}
    collector.send("v1/cpe/cpe-test/down/cmd", b"x" * 100_000)
    assert attempt.line() == {"topic": "v1/cpe/cpe-test/down/cmd", "bytes": None}
    attempt.process.kill()
    attempt.process.wait(10)


def test_the_will_speaks_for_a_router_that_vanished_and_only_then(broker, collector, identities):
    Attempt(identities, broker.port, messages=1).connected().end()
    vanishing = Attempt(identities, broker.port, then="wait").connected()
    vanishing.process.send_signal(signal.SIGKILL)
    vanishing.process.wait(10)
    collector.wait_for_state(lambda state: state == {"online": False})
    assert len(collector.states()) == 2


def test_a_lost_link_says_so_once(broker, identities):
    attempt = Attempt(identities, broker.port, then="wait").connected()
    broker.stop()
    assert "another router uses this cpe_id" in attempt.refusal()
    broker.start()


def test_a_broker_of_another_authority_is_refused(broker, identities):
    refusal = Attempt(identities, broker.port, {"ca": str(identities.other_ca)}).refusal()
    assert "is not signed by the authority in" in refusal


@pytest.mark.parametrize(
    ("identity", "sentence"),
    [
        ("misnamed", "is not for 'localhost'; set 'option broker'"),
        ("expired", "has expired; the ISP must renew it"),
        ("early", "is not valid yet; check this router's clock"),
    ],
)
def test_a_broker_with_a_wrong_certificate_is_refused(tmp_path, identities, identity, sentence):
    with Broker(tmp_path, identities.ca, getattr(identities, identity)) as broker:
        assert sentence in Attempt(identities, broker.port).refusal()


def test_an_address_that_the_certificate_does_not_name_is_refused(broker, identities):
    assert "is not for '127.0.0.1'" in Attempt(identities, broker.port, {"broker": "127.0.0.1"}).refusal()


def test_a_broker_that_refuses_our_certificate_is_understood(broker, identities):
    certificate, key = map(str, identities.foreign_client)
    refusal = Attempt(identities, broker.port, {"certificate": certificate, "key": key}).refusal()
    # mbedtls tells that there was an alert, not which; it may drown in the reset that follows it
    assert "often it refuses" in refusal or "often it is our certificate" in refusal


def test_the_key_of_another_certificate_is_refused(broker, identities):
    refusal = Attempt(identities, broker.port, {"key": str(identities.server[1])}).refusal()
    assert "often it refuses" in refusal or "often it is our certificate" in refusal


@pytest.fixture(scope="module")
def reads_pem(identities):
    """Whether this build's mbedtls does; without, it can use no key of PKCS #8 and no chain, and must say so."""
    probe = f"import tls; tls.SSLContext(0).load_verify_locations(open('{identities.ca}', 'rb').read())"
    chosen = runtimes.runtime("micropython")
    done = subprocess.run([*chosen.argv, "-c", probe], capture_output=True, check=False)
    assert done.returncode == 0 or b"ValueError: invalid cert" in done.stderr
    return done.returncode == 0


@pytest.mark.parametrize("name", ["ec pkcs8", "ec traditional", "rsa pkcs8", "rsa traditional"])
def test_each_kind_of_key_is_read(broker, identities, name, reads_pem):
    certificate, key = map(str, identities.clients[name])
    attempt = Attempt(identities, broker.port, {"certificate": certificate, "key": key}, messages=1)
    if reads_pem or "pkcs8" not in name:
        assert attempt.connected().end() == {"published": 1, "lost": []}
    else:
        assert "(invalid key)" in attempt.refusal()


def test_a_chain_of_ours_is_shown(broker, identities, reads_pem):
    certificate, key = map(str, identities.intermediate)
    attempt = Attempt(identities, broker.port, {"certificate": certificate, "key": key}, messages=1)
    if reads_pem:
        assert attempt.connected().end() == {"published": 1, "lost": []}
    else:
        assert "(invalid " in attempt.refusal()


def test_several_authorities_in_a_file(broker, identities, tmp_path):
    both = tmp_path / "both.crt"
    both.write_bytes(identities.other_ca.read_bytes() + identities.ca.read_bytes())
    Attempt(identities, broker.port, {"ca": str(both)}, messages=1).connected().end()


@pytest.mark.parametrize("option", ["ca", "certificate", "key"])
def test_a_file_that_is_missing_or_no_pem_is_named(identities, tmp_path, option):
    path = tmp_path / "bad.pem"
    missing = Attempt(identities, 8883, {option: str(path)}).refusal()
    assert missing == f"{path}: can't be read ([Errno 2] ENOENT); see 'option {option}'"
    path.write_text("not a certificate")
    assert "bad.pem" in Attempt(identities, 8883, {option: str(path)}).refusal()


def test_nobody_there_and_no_such_name_are_understood(identities):
    assert "nobody listens on localhost" in Attempt(identities, 1).refusal()
    assert "can't be resolved" in Attempt(identities, 8883, {"broker": "a..b"}).refusal()


def test_a_server_that_says_nothing_is_left(identities):
    with OddServer(lambda _: None) as server:
        assert "does not answer" in Attempt(identities, server.port, handshake_s=0.3).refusal()


def test_a_server_that_hangs_up_is_understood(identities):
    with OddServer(hang_up) as server:
        assert "closed the connection before it accepted us" in Attempt(identities, server.port).refusal()


def test_a_server_without_tls_is_understood(identities):
    with OddServer(lambda connection: connection.send(b"220 mail.example ESMTP\r\n")) as server:
        assert "does not speak TLS as we do" in Attempt(identities, server.port).refusal()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_old_tls_is_refused_before_anything_is_said(identities):
    heard = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.load_cert_chain(*identities.server)

    def serve(connection):
        try:
            wrapped = context.wrap_socket(connection, server_side=True)
            heard.extend(iter(lambda: wrapped.recv(1000), b""))
        except OSError:
            pass

    with OddServer(serve) as server:
        refusal = Attempt(identities, server.port).refusal()
    # some builds refuse it in the handshake, others leave it to us: then the first byte has been said
    assert "does not speak TLS as we do" in refusal or "speaks TLSv1.1 only" in refusal or "broke off TLS" in refusal
    assert b"".join(heard) in (b"", b"\x10")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(2, "refuses the client id 'cpe-test'"), (3, "not available now"), (5, "must allow 'cpe-test'")],
)
def test_each_answer_of_a_broker_is_understood(identities, code, sentence):
    with answering(identities, bytes([0x20, 2, 0, code])) as server:
        assert sentence in Attempt(identities, server.port).refusal()


@pytest.mark.parametrize("rubbish", [b"\xff" * 50, b"HTTP/1.1 400 Bad Request\r\n\r\n", b"\x20\x02\x00\x01"])
def test_rubbish_ends_the_link_and_nothing_else(identities, rubbish):
    with answering(identities, rubbish) as server:
        assert Attempt(identities, server.port, acceptance_s=1).refusal()


def test_packets_in_one_tls_record_are_all_read(identities):
    pong_and_puback = b"\xd0\x00" + b"\x40\x02\x00\x01"
    with answering(identities, b"\x20\x02\x00\x00", pong_and_puback) as server:
        assert Attempt(identities, server.port, messages=1).connected().end() == {"published": 1, "lost": []}


def test_what_piles_up_before_a_slow_broker_arrives_whole(identities):
    with reading_late(identities, 0.5, 60) as server:
        attempt = Attempt(identities, server.port, messages=60, size=6000, narrow=NARROW).connected()
        assert attempt.end() == {"published": 60, "lost": []}
        assert attempt.piled
    assert [json.loads(payload) for payload in server.payloads] == [
        {"n": number, "filling": "x" * 6000} for number in range(60)
    ]


def test_a_broker_that_does_not_answer_connect_is_left(identities):
    with answering(identities, b"\x20") as server:
        assert "gave no MQTT answer" in Attempt(identities, server.port, acceptance_s=0.3).refusal()
