"""With receipts an event is delivered when the collector says so, not when the broker has it."""

import json

import pytest
from tests.report.noted_publisher import NotedPublisher

from portvagt.report import backoff, link


@pytest.fixture
def it(tmp_path, clock):
    return NotedPublisher(tmp_path, clock, receipts=True)


def receipt(*identities):
    return "v1/cpe/cpe/down/receipt", json.dumps({"schema": 1, "ids": identities}).encode()


def test_with_receipts_an_event_is_delivered_when_the_collector_says_so(it):
    it.go_online(2)
    it.link.user.on_published(1)
    it.link.user.on_published(2)
    assert it.outbox.waiting() == ["e-0", "e-1"]
    it.link.user.on_message(*receipt("e-1", "unknown"))
    assert it.outbox.waiting() == ["e-0"]
    assert "e-1" in it.told
    it.pass_slowly(200)
    assert it.sent() == ["e-0", "e-1"]


def test_a_receipt_may_come_before_the_broker_s_confirmation(it):
    it.go_online(1)
    it.link.user.on_message(*receipt("e-0"))
    it.link.user.on_published(1)
    it.fill(1)
    assert it.outbox.waiting() == []
    it.pass_slowly(600)
    assert it.publisher.status == "connected to broker:8883"


def test_a_missing_receipt_is_said_and_the_event_sent_again_hourly(it, capsys):
    it.go_online(50)
    for number in range(1, link.INFLIGHT_MAX + 1):
        it.link.user.on_published(number)
    it.pass_slowly(250)
    assert it.publisher.status == "connected to broker:8883"
    it.pass_slowly(100)
    assert "the ISP does not say that it has our events" in it.publisher.status
    assert len(it.sent()) == link.INFLIGHT_MAX
    it.pass_slowly(3600)
    assert len(it.sent()) == 2 * link.INFLIGHT_MAX
    assert len(it.outbox.waiting()) == 50
    assert capsys.readouterr().err.count("the ISP does not say") == 1
    it.link.user.on_message(*receipt("e-0"))
    assert it.publisher.status == "connected to broker:8883"


def test_a_new_connection_sends_what_has_no_receipt(it):
    it.go_online(1)
    it.link.user.on_published(1)
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    assert it.sent() == ["e-0"]


@pytest.mark.parametrize(
    "payload", [None, b"", b"[]", b'{"schema": 2, "ids": []}', b'{"schema": 1, "ids": 7}', b"\xff"]
)
def test_what_is_no_receipt_is_said(it, capsys, payload):
    it.go_online(1)
    it.link.user.on_message("v1/cpe/cpe/down/receipt", payload)
    assert "no receipt" in capsys.readouterr().err
    assert it.outbox.waiting() == ["e-0"]
