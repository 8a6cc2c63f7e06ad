"""`portvagt check` reads the ISP's certificate for the captive-portal API."""

import datetime
import time

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from portvagt import check, config
from portvagt.report import credentials
from portvagt.warn.certificate import Certificate

DAY = datetime.timedelta(days=1)
NOW = datetime.datetime.now(datetime.UTC)
HOST = "portal.example.net"
AUTHORITY = trustme.CA()


def der(*names, **options):
    return credentials.certificates(AUTHORITY.issue_cert(*names, **options).cert_chain_pems[0].bytes())[0]


def test_names_and_times_are_those_of_the_certificate():
    ends = datetime.datetime(2051, 3, 4, 5, 6, 7, tzinfo=datetime.UTC)  # from 2050 on written otherwise
    certificate = Certificate(der("Portal.example.net", "192.0.2.1", not_after=ends))
    assert certificate.names == [HOST]
    assert certificate.begins < time.time() and certificate.ends == ends.timestamp()


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        (HOST, True),
        ("*.example.net", True),
        ("example.net", False),
        ("*.net", False),
        ("*.portal.example.net", False),
        ("other.example.net", False),
    ],
)
def test_a_wildcard_stands_for_one_label(name, fits):
    assert Certificate(der(name)).is_for(HOST) is fits


def test_a_certificate_without_names_is_for_nobody():
    assert not Certificate(der(common_name=HOST)).is_for(HOST)


@given(st.binary(max_size=64), st.integers(0, 400))
def test_no_bytes_do_worse_than_a_value_error(noise, at):
    whole = der(HOST)
    for damaged in (noise, whole[:at], whole[:at] + noise + whole[at + len(noise) :]):
        try:
            names = Certificate(damaged).names
        except ValueError:
            names = []
        assert isinstance(names, list)


@pytest.mark.parametrize(
    ("names", "options", "said"),
    [
        ([HOST], {}, ""),
        (["other.example.net"], {}, "portal.crt: is for other.example.net, not for portal.example.net"),
        ([HOST], {"not_after": NOW - DAY}, "portal.crt: has expired; devices do without the API"),
        ([HOST], {"not_before": NOW + DAY, "not_after": NOW + 2 * DAY}, "portal.crt: is not valid yet"),
    ],
)
def test_check_says_what_is_wrong_with_it(tmp_path, names, options, said):
    assert said in probed(tmp_path, AUTHORITY.issue_cert(*names, **options))
    assert said or probed(tmp_path, AUTHORITY.issue_cert(*names, **options)) == ""


def test_check_says_that_certificate_and_key_are_no_pair(tmp_path):
    one, other = AUTHORITY.issue_cert(HOST), AUTHORITY.issue_cert(HOST)
    assert "are no PEM certificate and its key" in probed(tmp_path, one, key=other.private_key_pem.bytes())
    assert "portal.key: can't be read" in probed(tmp_path, one, key=None)


def test_check_says_that_there_is_no_api():
    assert dict(check.PROBES)["captive-portal API"](config.parse("", "f")) == "ok, off"


def probed(directory, issued, key=b""):
    certificate, key_path = directory / "portal.crt", directory / "portal.key"
    certificate.write_bytes(b"".join(pem.bytes() for pem in issued.cert_chain_pems))
    key_path.write_bytes((issued.private_key_pem.bytes() if key == b"" else key) or b"")
    if key is None:
        key_path.unlink()
    text = f"option api_host {HOST}\noption api_certificate {certificate}\noption api_key {key_path}"
    return dict(check.PROBES)["captive-portal API"](config.parse("config warn\n" + text, "f"))
