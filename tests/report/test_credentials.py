"""PEM files taken apart as MicroPython needs them; OpenSSL says what is right."""

import ssl

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report import credentials


def test_each_certificate_of_a_chain(identities):
    pem = identities.intermediate[0].read_bytes()
    parts = [part + "-----END CERTIFICATE-----" for part in pem.decode().split("-----END CERTIFICATE-----")[:-1]]
    assert credentials.certificates(pem) == [ssl.PEM_cert_to_DER_cert(part.strip()) for part in parts]
    assert len(parts) == 2


def test_what_stands_around_the_blocks_is_passed_over(identities):
    pem = identities.client[0].read_bytes()
    described = b"Subject: CN=\xe6\n" + pem.replace(b"\n", b"\r\n")
    assert credentials.certificates(described) == credentials.certificates(pem)


def test_a_key_behind_its_curve_and_its_certificate(identities):
    certificate, key = (path.read_bytes() for path in identities.client)
    parameters = b"-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n"
    assert credentials.private_key(parameters + certificate + key) == credentials.private_key(key)
    assert credentials.private_key(key)[0] == 0x30  # a SEQUENCE


ENCRYPTED = b"""-----BEGIN RSA PRIVATE KEY-----
Proc-Type: 4,ENCRYPTED
DEK-Info: AES-256-CBC,00

AAAA
-----END RSA PRIVATE KEY-----
"""


@pytest.mark.parametrize(
    "pem",
    [
        b"",
        b"nothing",
        ENCRYPTED,
        b"-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nA\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN PRIVATE KEY-----\nAAAA\n",
    ],
)
def test_no_key(pem):
    with pytest.raises(ValueError):
        credentials.private_key(pem)


LINES = st.sampled_from(
    [
        b"-----BEGIN CERTIFICATE-----",
        b"-----END CERTIFICATE-----",
        b"-----BEGIN -----",
        b"-----END -----",
        b"MIIB",
        b"===",
    ]
)


@given(st.lists(st.one_of(LINES, st.binary(max_size=20)), max_size=12))
def test_any_file_is_taken_apart_or_refused(lines):
    try:
        assert all(credentials.certificates(b"\n".join(lines)))
    except ValueError:
        pass
