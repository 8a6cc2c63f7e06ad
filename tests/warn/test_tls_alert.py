"""TLS clients are told `access_denied` after a whole ClientHello, in whatever pieces it comes. Others get nothing."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.warn.client_hellos import client_hello, padded, records, said_to_client

from portvagt.warn.tls_alert import ACCESS_DENIED, HELLO_MAX, RECORD_MAX, HelloReader, NotTls, TlsAlert

HELLO = client_hello()
OLD_HELLO = client_hello(versions=(ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_2))
SSL2_HELLO = bytes.fromhex("802e0103010015000000100100800300800700c0") + bytes(28)
NO_TLS = [
    b"GET / HTTP/1.1\r\nHost: www.example.com:443\r\n\r\n",
    b"SSH-2.0-OpenSSH_9.2\r\n",
    b"\x00",
    SSL2_HELLO,
    ACCESS_DENIED,  # another record than a handshake's
    b"\x16\x02\x00" + HELLO[3:],
    b"\x16\x03\x01\x00\x00" + HELLO,  # an empty fragment
    b"\x16\x03\x01" + (RECORD_MAX + 1).to_bytes(2) + HELLO[5:],
    b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",  # a ServerHello
    padded(HELLO, HELLO_MAX + 1),
]


def verdict(chunks):
    """What an exchange says of these chunks: the answer, or None while it waits."""
    exchange, answers = TlsAlert(), []
    for chunk in chunks:
        if exchange.feed(chunk):
            exchange.answer(answers.append)
            return answers[0]
    return None


def test_the_answer_is_an_alert_that_openssl_knows():
    assert bytes.fromhex("15030300020231") == ACCESS_DENIED
    assert said_to_client(ACCESS_DENIED) == "TLSV1_ALERT_ACCESS_DENIED"


@pytest.mark.parametrize("hello", [HELLO, OLD_HELLO, client_hello("a" * 63 + ".example", ["x" * 200] * 8)])
def test_every_split_of_a_real_hello(hello):
    assert verdict([hello]) == ACCESS_DENIED
    for at in range(1, len(hello)):
        assert verdict([hello[:at]]) is None
        assert verdict([hello[:at], hello[at:]]) == ACCESS_DENIED
    assert verdict([bytes([byte]) for byte in hello]) == ACCESS_DENIED


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 100, 516])
def test_fragments_over_records(size):
    fragmented = records(HELLO, size)
    assert verdict([fragmented]) == ACCESS_DENIED
    assert verdict([bytes([byte]) for byte in fragmented]) == ACCESS_DENIED
    assert verdict([fragmented[:-1]]) is None


@pytest.mark.parametrize("size", [2000, RECORD_MAX, HELLO_MAX])
def test_large_hellos(size):
    hello = padded(HELLO, size)
    assert verdict([hello]) == ACCESS_DENIED
    assert verdict([hello[:-1]]) is None
    assert verdict([hello[start : start + 4096] for start in range(0, len(hello), 4096)]) == ACCESS_DENIED


def test_what_comes_behind_the_hello_is_not_looked_at():
    assert verdict([HELLO + b"\x17\x03\x03 early data"]) == ACCESS_DENIED


@pytest.mark.parametrize("data", NO_TLS)
def test_no_tls_gets_no_answer(data):
    assert verdict([data]) == b""
    assert verdict([bytes([byte]) for byte in data]) == b""


def test_silence_gets_no_answer():
    exchange = TlsAlert()
    assert not exchange.feed(HELLO[:100])
    assert exchange.late() == b""


@given(st.binary(max_size=40), st.integers(0, 600), st.lists(st.integers(1, 700), max_size=8))
def test_how_bytes_are_cut_makes_no_difference(noise, at, sizes):
    """With noise put over a real hello: whole, or in pieces, the same verdict; and never another error."""
    data = HELLO[:at] + noise + HELLO[at + len(noise) :]
    chunks = []
    for size in sizes:
        chunks.append(data[:size])
        data = data[size:]
    assert verdict([b"".join(chunks) + data]) == verdict([*chunks, data])


@given(st.binary())
def test_any_bytes(data):
    reader = HelloReader()
    try:
        complete = reader.feed(data)
    except NotTls:
        complete = False
    assert not complete or data[:2] == b"\x16\x03"


@given(st.lists(st.integers(1, 4000), min_size=1, max_size=6), st.integers(0, 3000))
def test_any_fragmentation(sizes, length):
    """A hello of any length in records of any sizes is complete with its last byte, not before."""
    message, data, at = b"\x01" + length.to_bytes(3) + bytes(length), b"", 0
    while at < len(message):
        part = message[at : at + sizes[len(data) % len(sizes)]]
        data += b"\x16\x03\x03" + len(part).to_bytes(2) + part
        at += len(part)
    assert verdict([data[:-1]]) is None
    assert verdict([data]) == ACCESS_DENIED
