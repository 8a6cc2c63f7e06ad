import hashlib
import hmac
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.report import pseudonym

# RFC 4231, section 4: (key, data, HMAC-SHA-256; test case 5 is truncated to 128 bits)
RFC_4231 = [
    (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    (bytes(range(1, 26)), b"\xcd" * 50, "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"),
    (b"\x0c" * 20, b"Test With Truncation", "a3b6167473100ee06e0c796c2955552b"),
    (
        b"\xaa" * 131,
        b"Test Using Larger Than Block-Size Key - Hash Key First",
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
    ),
    (
        b"\xaa" * 131,
        b"This is a test using a larger than block-size key and a larger than block-size data. "
        b"The key needs to be hashed before being used by the HMAC algorithm.",
        "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2",
    ),
]


@pytest.mark.parametrize(("key", "data", "digest"), RFC_4231)
def test_vectors_of_rfc_4231(key, data, digest):
    assert pseudonym.hmac_sha256(key, data).hex().startswith(digest)


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_agrees_with_the_standard_library(key, data):
    assert pseudonym.hmac_sha256(key, data) == hmac.new(key, data, hashlib.sha256).digest()


def test_a_pseudonym_is_the_start_of_the_hmac_of_the_mac():
    key, mac = bytes(32), "02:00:5e:00:00:01"
    assert pseudonym.pseudonym(key, mac) == hmac.new(key, mac.encode(), hashlib.sha256).hexdigest()[:32]


def test_the_key_is_made_once_and_for_its_owner_only(tmp_path):
    path = tmp_path / "key"
    key = pseudonym.load_key(str(path))
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert pseudonym.load_key(str(path)) == key
    assert os.listdir(tmp_path) == ["key"]


def test_two_routers_have_two_keys(tmp_path):
    assert pseudonym.load_key(str(tmp_path / "a")) != pseudonym.load_key(str(tmp_path / "b"))


@pytest.mark.parametrize("content", [b"", b"short", bytes(33)])
def test_a_damaged_key_is_replaced_and_that_is_said(tmp_path, capsys, content):
    path = tmp_path / "key"
    path.write_bytes(content)
    key = pseudonym.load_key(str(path))
    assert path.read_bytes() == key != content
    assert "pseudonym key is replaced" in capsys.readouterr().err


def test_a_key_that_can_not_be_kept_is_said_and_never_fatal(tmp_path, capsys):
    assert len(pseudonym.load_key(str(tmp_path / "none" / "key"))) == pseudonym.KEY_BYTES
    assert "can't be saved" in capsys.readouterr().err


DEVICES = [b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2", bytes([192, 168, 1, 7])]
DAY_S = 86400


def test_a_pseudonym_changes_with_its_period_and_the_last_one_is_still_understood():
    names = pseudonym.Pseudonyms(b"k" * 32, 30)
    now = 20_000 * DAY_S + 5.0
    for device in DEVICES:
        name = names.of(device, now)
        assert name == names.of(device, now + 9 * DAY_S) != names.of(device, now + 30 * DAY_S)
        assert names.device_of(name, DEVICES, now) == device == names.device_of(name, DEVICES, now + 30 * DAY_S)
        assert names.device_of(name, DEVICES, now + 60 * DAY_S) is None
        assert names.device_of(names.of(device, None), DEVICES, now) == device


def test_without_periods_it_never_changes():
    names = pseudonym.Pseudonyms(b"k" * 32, 0)
    assert (
        names.of(DEVICES[0], None) == names.of(DEVICES[0], 1e9) == pseudonym.pseudonym(b"k" * 32, "02:00:00:00:00:01")
    )
    assert names.device_of("0" * 32, DEVICES, 1e9) is None
