"""Abuse reports of each format, as strangers write them."""

import base64
import json
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt_isp.abuse import mail, received, report
from portvagt_isp.abuse.read import read
from portvagt_isp.errors import IspError

SAMPLES = Path(__file__).with_name("reports")
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
ARF, X_ARF, XARF = ((SAMPLES / name).read_bytes() for name in ("arf.eml", "xarf.eml", "xarf.json"))


def changed(data, *pairs):
    for old, new in pairs:
        assert old in data, old
        data = data.replace(old, new)
    return data


@pytest.mark.parametrize("ends", [b"\n", b"\r\n"])
@pytest.mark.parametrize("data, name", [(ARF, "ARF"), (X_ARF, "X-ARF"), (XARF, "XARF")])
def test_each_format_says_the_same(data, name, ends):
    found = read(data.replace(b"\n", ends))
    assert found[:5] == (name, "198.51.100.2", 40001, NOON, "198.18.1.25")
    assert found.reporter.endswith("reports@example.net")


# ARF


def test_arf_names_whose_mail_server_it_was():
    assert read(ARF).domain == "example.net"


@pytest.mark.parametrize(
    "old, new, field, value",
    [
        (b"Source-Port: 40001\n", b"", "port", None),
        (b"Source-Port: 40001", b"Source-Port: 70000", "port", None),
        (b"Source-Port: 40001", b"Source-Port: 40001 (RFC 6692)", "port", 40001),
        (b"Source-IP: 198.51.100.2", b"Source-IP: [198.51.100.2] (pc.example)", "source", "198.51.100.2"),
        (b"Source-IP: 198.51.100.2", b"Source-IP:\n\t::ffff:198.51.100.2", "source", "198.51.100.2"),
        (b"Arrival-Date: Sun, 01 Mar 2026 12:00:00 +0000\n", b"", "at", NOON),  # by the Received header
        (
            b"Arrival-Date: Sun, 01 Mar 2026 12:00:00 +0000",
            b"Arrival-Date: Sun, 1 Mar\n 2026 13:00:00 +0100",
            "at",
            NOON,
        ),
        (b"Arrival-Date: Sun, 01 Mar 2026 12:00:00 +0000", b"Received-Date: Sun, 1 Mar 2026 07:00:00 EST", "at", NOON),
        (b"Content-Type: message/rfc822", b"Content-Type: text/rfc822-headers", "destination", "198.18.1.25"),
        (b" ([198.18.1.25])", b" (Postfix)", "destination", None),
        (b"mx1.example.net ([198.18.1.25])", b"198.18.1.25", "destination", "198.18.1.25"),
        (b"([198.18.1.25])", b"([10.0.0.25])", "destination", None),  # behind address translation
        (b"(unknown [198.51.100.2])", b"(unknown [198.51.100.3])", "destination", None),
        (b"Original-Rcpt-To: <victim@example.net>\n", b"", "domain", None),
    ],
)
def test_arf_with_a_difference(old, new, field, value):
    assert getattr(read(changed(ARF, (old, new))), field) == value


def test_arf_over_ipv6():
    found = read(
        changed(
            ARF,
            (b"Source-IP: 198.51.100.2", b"Source-IP: 2001:DB8:f000:1::0010"),
            (b"(unknown [198.51.100.2])", b"(unknown [IPv6:2001:db8:f000:1::10])"),
            (b"([198.18.1.25])", b"([IPv6:2001:db8:1::25])"),
        )
    )
    assert (found.source, found.destination) == ("2001:db8:f000:1::10", "2001:db8:1::25")


def test_arf_forwarded_inside_another_mail():
    outer = b'From: desk@isp.example\nContent-Type: multipart/mixed; boundary="outer"\n\n--outer\n'
    outer += b"Content-Type: message/rfc822\n\n" + ARF + b"\n--outer--\n"
    assert read(outer)[1:5] == read(ARF)[1:5]


def test_of_several_received_headers_the_one_that_our_address_handed_the_mail_to():
    inside = (
        b"Received: from mx1.example.net ([198.18.1.25]) by store ([198.18.9.9]); Sun, 01 Mar 2026 13:30:00 +0000\n"
    )
    forged = b"Received: from x ([198.51.100.2]) by bank.example ([203.0.113.1]); Sun, 01 Feb 2026 12:00:00 +0000\n"
    data = changed(
        ARF, (b"Received: from pc", inside + b"Received: from pc"), (b"From: winner@", forged + b"From: winner@")
    )
    data = changed(data, (b"Arrival-Date: Sun, 01 Mar 2026 12:00:00 +0000\n", b""))
    assert (read(data).destination, read(data).at) == ("198.18.1.25", NOON)


# X-ARF


@pytest.mark.parametrize(
    "old, new, field, value",
    [
        (b"X-XARF: PLAIN", b"X-ARF: yes", "source", "198.51.100.2"),
        (b"Source-Port: 40001\n", b"Port: 25\n", "port", None),  # the service's
        (b"Date: Sun, 01 Mar 2026 12:00:00 +0000\nSource", b"Date: 2026-03-01T13:00:00+01:00\nSource", "at", NOON),
        (b"Date: Sun, 01 Mar 2026 12:00:00 +0000\nSource", b"Date: 2026-03-01 14:00:00 +02:00\nSource", "at", NOON),
        (b"Source-Port: 40001\n", b"Destination: 198.18.7.25\n", "destination", "198.18.7.25"),
        (b"Source: 198.51.100.2", b"Source: '2001:db8::2'", "source", "2001:db8::2"),
    ],
)
def test_x_arf_with_a_difference(old, new, field, value):
    assert getattr(read(changed(X_ARF, (old, new))), field) == value


def test_x_arf_in_json():
    start, end = X_ARF.index(b"---\nReported"), X_ARF.index(b"\n--part\nContent-Type: message")
    fields = {"Source": "198.51.100.2", "Source-Port": 40001, "Date": "2026-03-01T12:00:00Z", "Tags": ["a"]}
    found = read(X_ARF[:start] + json.dumps(fields).encode() + b"\n" + X_ARF[end:])
    assert found[1:5] == ("198.51.100.2", 40001, NOON, "198.18.1.25")


# XARF 4


def test_xarf_on_spam_with_the_mail_as_evidence():
    spam = b"Received: from pc ([198.51.100.2]) by mx ([198.18.1.25]); Sun, 01 Mar 2026 12:00:00 +0000\n\nspam"
    document = json.loads(XARF) | {"category": "messaging", "type": "spam", "protocol": "smtp"}
    for name in ("bot_type", "first_seen", "destination_ip", "destination_port"):
        del document[name]
    document |= {"smtp_from": "winner@spam.example", "smtp_to": "victim@example.net"}
    document["evidence"] = [{"content_type": "message/rfc822", "payload": base64.b64encode(spam).decode()}]
    found = read(json.dumps(document).encode())
    assert (found.destination, found.domain) == ("198.18.1.25", "example.net")
    document["evidence"][0]["payload"] = "no base64!"
    assert read(json.dumps(document).encode()).destination is None


def test_xarf_as_an_attachment_of_a_mail():
    mail_ = b'Content-Type: multipart/mixed; boundary="part"\n\n--part\n\nSee below.\n--part\n'
    mail_ += b"Content-Type: application/json\nContent-Transfer-Encoding: base64\n\n" + base64.encodebytes(XARF)
    assert read(mail_ + b"--part--\n") == read(XARF)


def test_xarf_3():
    document = {
        "Version": "3",
        "ReporterInfo": {"ReporterOrg": "Example", "ReporterContactEmail": "reports@example.net"},
        "Report": {
            "ReportType": "Spam",
            "Date": "2026-03-01T12:00:00Z",
            "Source": {"IP": "198.51.100.2"},
            "AdditionalInfo": {"Protocol": "smtp", "SmtpFrom": "a@spam.example"},
        },
    }
    assert read(json.dumps(document).encode())[1:4] == ("198.51.100.2", None, NOON)


# errors


@pytest.mark.parametrize(
    "data, says",
    [
        (b"", "neither an ARF"),
        (b"Subject: your customer sends spam\n\nreally", "neither an ARF"),
        (changed(ARF, (b"Source-IP: 198.51.100.2\n", b"")), "Source-IP"),
        (changed(ARF, (b"Source-IP: 198.51.100.2", b"Source-IP: 198.51.100.2 198.51.100.3")), "Source-IP"),
        (changed(X_ARF, (b"PLAIN", b"BULK")), "several reports"),
        (changed(X_ARF, (b"Source: 198.51.100.2", b"Source: spam.example")), "no address (Source)"),
        (changed(X_ARF, (b"---\nReported", b"}\nReported")), "neither YAML nor JSON"),
        (b"X-XARF: PLAIN\n\nSource: 198.51.100.2\n", "no second part"),
        (b"{", "no JSON"),
        (b"[]", "no XARF report but a list"),
        (b"{}", "no XARF report"),
        (b'{"Version": "3", "ReporterInfo": 1, "Report": [2]}', "no XARF report"),
        (changed(XARF, (b'"198.51.100.2"', b'"spam.example"')), "no address but 'spam.example'"),
        (b" " * (mail.SIZE_MAX + 1), "larger than"),
    ],
)
def test_what_is_wrong_is_said(data, says):
    with pytest.raises(IspError) as caught:
        read(data)
    assert says in str(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "Sun, 01 Mar 2026 12:00:00",
        "2026-03-01T12:00:00",
        "Sun, 01 Mar 2026 12:00:00 CEST",
        "0001-01-01T00:00:00+23:00",
        "31 Feb 2026 12:00 +0000",
    ],
)
def test_a_time_that_is_none_or_has_no_zone_that_is_known(text):
    assert report.moment(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 01 Mar 2026 12:00:00 -0000",
        "1 Mar 26 12:00 GMT",
        "2026-03-01T12:00:00Z",
        "Sun, 01 Mar 2026 13:00:00 +0100 (CET)",
    ],
)
def test_times_of_mail_and_of_the_internet(text):
    assert report.moment(text) == NOON


# hostile ones

HOSTILE = {
    "boundaries": b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(10_000)),
    "boundaries in capitals": b"".join(
        b"CONTENT-TYPE: MULTIPART/MIXED; BounDary=%d\n\n--%d\n" % (n, n) for n in range(10_000)
    ),
    "messages in messages": b"Content-Type: message/rfc822\n\n" * 30_000,
    "comments": b"Content-Type: " + b"(" * 500_000,
    "a thousand mails": ARF.replace(b"--part--", b"--part\nContent-Type: message/rfc822\n\nReceived: x\n" * 15_000),
    "received headers": changed(
        ARF, (b"Received: from pc", b"Received: from a by b; c\n" * 35_000 + b"Received: from pc")
    ),
    "a long header": changed(ARF, (b"(unknown [", b"(" + b"[1.1.1.1] by " * 70_000 + b"unknown [")),
    "lists in YAML": changed(X_ARF, (b"Source-Type", b"x: " + b"[" * 60_000 + b"\nSource-Type")),
    "names in YAML": changed(X_ARF, (b"Source-Type", b"x: [" + b"*a, " * 15_000 + b"]\nSource-Type")),
    "lists in JSON": b'{"a": ' + b"[" * 1_000_000,
    "a list in XARF": changed(
        XARF, (b'"xarf_version"', b'"tags": [' + b'"a:b",' * 100_000 + b'"c:d"], "xarf_version"')
    ),
}


def outcome(data):
    try:
        return read(data)
    except IspError as error:
        return error


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_report_takes_little_time_and_raises_nothing_else(name):
    began = time.process_time()
    found = outcome(HOSTILE[name])
    assert time.process_time() - began < 30  # bounds what would hang: the slowest, 1 MB of XARF, takes 5 s
    assert isinstance(found, IspError) or found.source == "198.51.100.2"


@given(st.binary(max_size=300), st.sampled_from([ARF, X_ARF, XARF]), st.integers(0, 1500), st.integers(0, 200))
def test_whatever_the_bytes_are_it_is_a_report_or_an_error(noise, data, start, length):
    found = outcome(data[:start] + noise + data[start + length :])
    if isinstance(found, IspError):
        assert str(found).isprintable() and len(str(found)) < 500
    else:
        assert report.address(found.source) == found.source
        assert found.port is None or 0 < found.port < 65536
        assert found.reporter.isprintable()


@given(st.lists(st.text(alphabet="0123456789abcdef.:[]() by;with\n", max_size=200), max_size=5))
def test_whatever_the_received_headers_are(headers):
    found = received.hop(headers, "198.51.100.2")
    assert found.destination is None or report.address(found.destination) == found.destination
