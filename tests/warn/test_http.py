from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portvagt.warn import http

GET = b"GET /a?b=c HTTP/1.1\r\nHost: 192.168.1.1:8025\r\nAccept-Language: da\r\n\r\n"
POST = b"POST /acknowledge HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\na=b"


def outcome(chunks):
    """What a reader makes of a stream: the request, the status of the refusal, or None while it waits."""
    reader = http.RequestReader()
    try:
        for chunk in chunks:
            request = reader.feed(chunk)
            if request:
                return (request.method, request.host, request.path, request.query, request.headers, request.body)
    except http.Refusal as refusal:
        return refusal.status
    return None


def head(line, *fields):
    return b"\r\n".join([line, *fields, b"", b""])


def test_a_request_is_read():
    method, host, path, query, headers, body = outcome([GET])
    assert (method, host, path, query, body) == ("GET", "192.168.1.1:8025", "/a", "b=c", b"")
    assert headers["accept-language"] == "da"


def test_a_body_is_read_to_its_length_and_no_further():
    assert outcome([POST + b"more"])[-1] == b"a=b"


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (head(b"GET /", b"Host: h"), 400),
        (head(b"GET / HTTP/1.1"), 400),
        (head(b"GET / HTTP/1.1", b"Host: a", b"Host: b"), 400),
        (head(b"GET / HTTP/1.1", b"Host : h"), 400),
        (head(b"GET / HTTP/1.1", b"Host: h", b" folded"), 400),
        (head(b"GET / HTTP/1.1", b"Host: h\x00"), 400),
        (head(b"GET / HTTP/1.1", b"Host: h\rX: y"), 400),
        (head(b"GET /\xc3\xa6 HTTP/1.1", b"Host: h"), 400),
        (head(b"GET h HTTP/1.1", b"Host: h"), 400),
        (head(b"GET / HTTP/1.\x01", b"Host: h"), 400),
        (head(b"\x16\x03\x01 a b", b"Host: h"), 400),
        (b"\r\n\r\n", 400),
        (head(b"PUT / HTTP/1.1", b"Host: h"), 405),
        (head(b"CONNECT h:443 HTTP/1.1", b"Host: h"), 405),
        (head(b"BREW / HTTP/1.1", b"Host: h"), 501),
        (head(b"GET / HTTP/2.0", b"Host: h"), 505),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Transfer-Encoding: chunked"), 411),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Transfer-Encoding: chunked", b"Content-Length: 1"), 400),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length: -1"), 400),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length:"), 400),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length: 1", b"Content-Length: 2"), 400),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length: 2049"), 413),
        (head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length: " + b"9" * 5000), 413),
        (head(b"GET / HTTP/1.1", b"Host: h", b"X: " + b"x" * 8192), 431),
        (b"G" * 8192, 431),
    ],
)
def test_what_is_no_request_for_us_is_refused(data, status):
    assert outcome([data]) == status
    assert outcome([data[:7], data[7:]]) == status


@pytest.mark.parametrize("size", [8192, 8193])
def test_a_head_may_have_8_kib(size):
    start = b"GET / HTTP/1.1\r\nHost: h\r\nX: "
    data = start + b"x" * (size - len(start) - 4) + b"\r\n\r\n"
    assert (outcome([data]) == 431) == (size > 8192)


@pytest.mark.parametrize("size", [2048, 2049])
def test_a_body_may_have_2_kib(size):
    data = head(b"POST / HTTP/1.1", b"Host: h", b"Content-Length: %d" % size) + b"x" * size
    assert (outcome([data]) == 413) == (size > 2048)


def test_the_authority_of_an_absolute_target_counts():
    _, host, path, query, *_ = outcome([head(b"GET http://Captive.Apple.com/x?y HTTP/1.1", b"Host: other")])
    assert (host, path, query) == ("captive.apple.com", "/x", "y")
    assert outcome([head(b"GET http://h HTTP/1.1", b"Host: h")])[2] == "/"


def test_http_1_0_needs_no_host_and_lines_may_end_in_lf():
    assert outcome([b"\r\nGET / HTTP/1.0\n\n"])[:3] == ("GET", "", "/")


def test_repeated_fields_are_one_list():
    request = outcome([head(b"GET / HTTP/1.1", b"Host: h", b"Accept-Language: da", b"accept-language: en;q=0.5")])
    assert request[4]["accept-language"] == "da, en;q=0.5"


FIELDS = st.lists(
    st.sampled_from(
        [b"Host: h", b"Content-Length: 3", b"Transfer-Encoding: x", b"A:b", b" x", b"Origin: null", b"\xff:"]
    )
)
LINES = st.sampled_from([b"GET / HTTP/1.1", b"POST /a HTTP/1.0", b"PUT / HTTP/1.1", b"GET  / HTTP/1.1", b"", b"\r"])
NEAR_REQUESTS = st.builds(
    lambda line, fields, end, rest: line + end + end.join(fields) + end + end + rest,
    LINES,
    FIELDS,
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
    st.binary(max_size=8),
)


@given(st.one_of(st.binary(), NEAR_REQUESTS), st.lists(st.integers(0, 200), max_size=6))
@example(GET, [1, 2, 3])
@example(POST, [59, 60, 61])
def test_any_bytes_in_any_pieces_give_the_same_result(data, cuts):
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    pieces = [data[start:end] for start, end in pairwise(places)]
    assert outcome(pieces) == outcome([data])


@given(st.binary(max_size=60))
def test_any_form_can_be_read(body):
    assert all(isinstance(value, str) for value in http.form(body).values())


def test_our_own_form_is_read():
    assert http.form(b"incident=3f9c&token=77aa") == {"incident": "3f9c", "token": "77aa"}


def test_a_response_has_the_length_of_its_bytes():
    data = http.Response(200, "æ", [("X-One", "1")]).encode()
    top, body = data.split(b"\r\n\r\n")
    lines = top.split(b"\r\n")
    assert lines[0] == b"HTTP/1.1 200 OK"
    assert {b"X-One: 1", b"Content-Length: 2", b"Connection: close", b"Cache-Control: no-store"} <= set(lines)
    assert body == "æ".encode()


def test_head_gets_the_same_header_without_the_body():
    response = http.Response(200, "text")
    assert response.encode(head_only=True) + b"text" == response.encode()


def test_a_coded_body_is_named_and_has_its_own_length():
    response = http.Response(200, "x" * 50)
    coded = response.encode(gzip=lambda _: b"short")
    assert b"\r\nContent-Encoding: gzip\r\nContent-Length: 5\r\n" in coded and coded.endswith(b"\r\n\r\nshort")
    assert response.encode(head_only=True, gzip=lambda _: b"short") + b"short" == coded
    assert response.encode(gzip=lambda body: body) == response.encode()


def test_each_answer_says_that_it_depends_on_the_codings():
    assert b"\r\nVary: Accept-Encoding\r\n" in http.Response(200, "x").encode()


def test_method_not_allowed_says_which_are():
    assert ("Allow", "GET, HEAD, POST") in http.refused(405).headers
