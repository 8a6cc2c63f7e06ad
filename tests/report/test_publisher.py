"""The publisher with a link that only notes what it is asked to do."""

import json

import pytest
from tests.report.noting_link import NotingLink

from portvagt import runtime
from portvagt.loop import Loop
from portvagt.report import backoff, link, publisher
from portvagt.report.outbox import Outbox

ENDPOINT = link.Endpoint("broker", 8883, "ca", "crt", "key", "cpe", "up/state", b"gone", 2700)

DOWN = ("down/cmd", "down/policy")


class Setup:
    def __init__(self, path, clock, endpoint=ENDPOINT, **options):
        NotingLink.made = []
        self.clock, self.loop, self.outbox = clock, Loop(), Outbox(path)
        self.told = []
        self.publisher = publisher.Publisher(
            self.loop,
            endpoint,
            NotingLink,
            self.outbox,
            lambda _: "up/event",
            lambda: self.told.append("online"),
            self.told.append,
            down_topics=DOWN,
            on_message=lambda *message: self.told.append(message),
            **options,
        )

    @property
    def link(self):
        return NotingLink.made[-1]

    def pass_time(self, seconds):
        self.clock.now += seconds
        self.loop.step(0)

    def pass_slowly(self, seconds, step=5):
        for _ in range(0, seconds, step):
            self.pass_time(step)

    def sent(self):
        return [json.loads(payload)["id"] for topic, payload, retain in self.link.published if topic == "up/event"]


@pytest.fixture
def it(tmp_path, clock):
    return Setup(str(tmp_path / "outbox"), clock)


def fill(it, count):
    for number in range(count):
        it.outbox.add({"id": f"e-{number}"})


def test_events_go_out_in_order_and_are_done_when_confirmed(it):
    fill(it, 3)
    it.publisher.connect()
    assert it.sent() == []
    it.link.user.on_connected()
    assert it.sent() == ["e-0", "e-1", "e-2"]
    it.link.user.on_published(2)
    assert it.outbox.waiting() == ["e-0", "e-2"]
    assert it.told == ["online", "e-1"]


def test_each_connection_subscribes_and_messages_are_handed_on(it):
    for _ in range(2):
        it.publisher.connect()
        it.link.user.on_connected()
        assert it.link.subscribed == [DOWN]
    it.link.user.on_message("down/cmd", b"{}")
    assert it.told == ["online", "online", ("down/cmd", b"{}")]


def test_a_refused_subscription_is_said_once(it, capsys):
    it.publisher.connect()
    for granted in (False, False, True, False):
        it.link.user.on_subscribed(granted)
    assert capsys.readouterr().err.count("the ISP must let this router subscribe to down/cmd, down/policy") == 2


def test_few_are_under_way_at_the_same_time(it):
    fill(it, 50)
    it.publisher.connect()
    it.link.user.on_connected()
    assert len(it.sent()) == link.INFLIGHT_MAX
    it.link.user.on_published(1)
    assert it.sent()[link.INFLIGHT_MAX :] == [f"e-{link.INFLIGHT_MAX}"]


def test_what_was_not_confirmed_is_sent_again_by_the_next_link(it):
    fill(it, 2)
    it.publisher.connect()
    it.link.user.on_connected()
    it.link.user.on_published(1)
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    assert len(NotingLink.made) == 2
    it.link.user.on_connected()
    assert it.sent() == ["e-1"]


def test_a_confirmation_of_an_unknown_number_is_ignored(it):
    fill(it, 1)
    it.publisher.connect()
    it.link.user.on_connected()
    it.link.user.on_published(77)
    assert it.outbox.waiting() == ["e-0"]


def test_pauses_grow_and_begin_anew_after_a_connection_that_stood(it, monkeypatch):
    monkeypatch.setattr(publisher, "chance", lambda: 1.0)
    pauses = []
    monkeypatch.setattr(it.loop, "after", lambda seconds, _: pauses.append(seconds))
    it.publisher.connect()
    it.link.user.on_lost("cut")
    it.link.user.on_lost("cut")
    it.link.user.on_connected()
    it.link.user.on_lost("taken over at once")
    it.link.user.on_connected()
    it.clock.now += publisher.STABLE_S
    it.link.user.on_lost("cut")
    assert [pause for pause in pauses if pause != publisher.LOOK_S] == [3.0, 9.0, 27.0, 3.0]


def test_the_same_problem_is_said_once(it, capsys):
    it.publisher.connect()
    for _ in range(3):
        it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1
    it.link.user.on_connected()
    it.link.user.on_lost("no such broker")
    assert capsys.readouterr().err.count("no such broker") == 1


def test_there_is_no_tls_before_the_clock_is_set(it, monkeypatch, capsys):
    times = [None, None, 1790000000.0]
    monkeypatch.setattr(runtime, "wall_clock", lambda: times.pop(0))
    it.publisher.connect()
    it.pass_time(publisher.CLOCK_S)
    assert NotingLink.made == []
    assert capsys.readouterr().err.count("waits for NTP") == 1
    it.pass_time(publisher.CLOCK_S)
    assert len(NotingLink.made) == 1


def test_good_bye_is_said_when_the_last_state_is_confirmed(it, monkeypatch):
    it.publisher.connect()
    it.link.user.on_connected()
    monkeypatch.setattr(it.loop, "step", lambda _: it.link.user.on_published(1))
    it.publisher.stop(b"bye")
    assert it.link.published == [("up/state", b"bye", True)]
    assert it.link.closed


def test_without_a_confirmation_the_will_speaks(it, monkeypatch):
    it.publisher.connect()
    it.link.user.on_connected()
    monkeypatch.setattr(it.loop, "step", lambda seconds: setattr(it.clock, "now", it.clock.now + seconds))
    before = it.clock.now
    it.publisher.stop(b"bye")
    assert not it.link.closed
    assert it.clock.now - before < 2 * publisher.FAREWELL_S


def test_stopping_without_a_connection_takes_no_time(it):
    it.publisher.connect()
    it.publisher.stop(b"bye")
    assert it.link.published == []


def test_luck_differs():
    draws = [publisher.chance() for _ in range(100)]
    assert len(set(draws)) > 90
    assert all(0 <= draw <= 1 for draw in draws)


def online(it, count=0):
    fill(it, count)
    it.publisher.connect()
    it.link.user.on_connected()


def refuse_all(it, seen=0):
    """The broker refuses each event that comes; how many came by now."""
    while seen < len(it.link.published):
        seen += 1
        it.link.user.on_refused(seen, "no right")
    return seen


def test_what_the_broker_refuses_is_kept_and_tried_again_ever_less_often(it, capsys):
    online(it, 50)
    seen = refuse_all(it)
    assert seen == link.INFLIGHT_MAX
    tries = []
    for _hour in range(4):
        before = seen
        for _ in range(60):
            it.pass_slowly(60)
            seen = refuse_all(it, seen)
        tries.append((seen - before) // link.INFLIGHT_MAX)
    assert tries[0] > 3
    assert tries[-2:] == [1, 1]
    assert len(it.outbox.waiting()) == 50
    assert capsys.readouterr().err.count("the broker refuses our events: no right") == 1
    assert it.publisher.status == "connected to broker:8883; the broker refuses our events (no right)"


def test_an_event_that_alone_is_refused_holds_up_no_other(it):
    online(it, 3)
    it.link.user.on_refused(1, "code 153")
    for number in (2, 3):
        it.link.user.on_published(number)
    assert it.outbox.waiting() == ["e-0"]
    for number in range(3, 30):
        it.outbox.add({"id": f"e-{number}"})
        it.publisher.pump()
        it.link.user.on_published(len(it.link.published))
    assert it.outbox.waiting() == ["e-0"]
    it.pass_slowly(publisher.REFUSED_FIRST_S)
    it.link.user.on_published(len(it.link.published))
    assert it.outbox.waiting() == []
    assert it.publisher.status == "connected to broker:8883"


def test_a_new_connection_tries_what_was_refused(it):
    online(it, 1)
    it.link.user.on_refused(1, "no right")
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    assert it.sent() == ["e-0"]


@pytest.fixture
def with_receipts(tmp_path, clock):
    return Setup(str(tmp_path / "outbox"), clock, receipts=True)


def receipt(*identities):
    return "v1/cpe/cpe/down/receipt", json.dumps({"schema": 1, "ids": identities}).encode()


def test_with_receipts_an_event_is_delivered_when_the_collector_says_so(with_receipts):
    it = with_receipts
    online(it, 2)
    it.link.user.on_published(1)
    it.link.user.on_published(2)
    assert it.outbox.waiting() == ["e-0", "e-1"]
    it.link.user.on_message(*receipt("e-1", "unknown"))
    assert it.outbox.waiting() == ["e-0"]
    assert "e-1" in it.told
    it.pass_slowly(200)
    assert it.sent() == ["e-0", "e-1"]


def test_a_receipt_may_come_before_the_broker_s_confirmation(with_receipts):
    it = with_receipts
    online(it, 1)
    it.link.user.on_message(*receipt("e-0"))
    it.link.user.on_published(1)
    fill(it, 1)
    assert it.outbox.waiting() == []
    it.pass_slowly(600)
    assert it.publisher.status == "connected to broker:8883"


def test_a_missing_receipt_is_said_and_the_event_sent_again_hourly(with_receipts, capsys):
    it = with_receipts
    online(it, 50)
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


def test_a_new_connection_sends_what_has_no_receipt(with_receipts):
    it = with_receipts
    online(it, 1)
    it.link.user.on_published(1)
    it.link.user.on_lost("cut")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    assert it.sent() == ["e-0"]


@pytest.mark.parametrize(
    "payload", [None, b"", b"[]", b'{"schema": 2, "ids": []}', b'{"schema": 1, "ids": 7}', b"\xff"]
)
def test_what_is_no_receipt_is_said(with_receipts, capsys, payload):
    online(with_receipts, 1)
    with_receipts.link.user.on_message("v1/cpe/cpe/down/receipt", payload)
    assert "no receipt" in capsys.readouterr().err
    assert with_receipts.outbox.waiting() == ["e-0"]


def test_the_status_says_since_when(tmp_path, clock):
    told = []
    it = Setup(str(tmp_path / "outbox"), clock, on_status=lambda: told.append((it.publisher.status, clock.now)))
    it.publisher.connect()
    it.link.user.on_lost("nobody listens")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_lost("nobody listens")
    it.pass_time(backoff.LONGEST_S)
    it.link.user.on_connected()
    start = 1000.0
    assert told == [
        ("no connection: nobody listens", start),
        ("connected to broker:8883", start + 2 * backoff.LONGEST_S),
    ]
    assert it.publisher.status_since == start + 2 * backoff.LONGEST_S


@pytest.fixture
def with_files(tmp_path, clock, identities):
    """A link whose files are real ones."""
    names = ("ca.crt", "cpe.crt", "cpe.key")
    for name, source in zip(names, (identities.ca, *identities.client), strict=True):
        (tmp_path / name).write_bytes(source.read_bytes())
    files = dict(zip(("ca", "certificate", "key"), [str(tmp_path / name) for name in names], strict=True))
    return Setup(str(tmp_path / "outbox"), clock, ENDPOINT._replace(**files))


def replace(tmp_path, identity):
    for name, source in zip(("cpe.crt", "cpe.key"), identity, strict=True):
        (tmp_path / (name + ".new")).write_bytes(source.read_bytes())
        (tmp_path / (name + ".new")).rename(tmp_path / name)


def test_a_new_certificate_makes_one_new_connection(with_files, tmp_path, identities):
    it = with_files
    online(it)
    it.pass_slowly(300)
    assert len(NotingLink.made) == 1
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 10)
    assert [each.closed for each in NotingLink.made] == [True, False]
    it.link.user.on_connected()
    it.pass_slowly(600)
    assert len(NotingLink.made) == 2


def test_routers_do_not_connect_anew_together(with_files, tmp_path, identities, monkeypatch):
    it = with_files
    monkeypatch.setattr(publisher, "chance", lambda: 0.5)
    online(it)
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S // 2 - 10)
    assert len(NotingLink.made) == 1
    it.pass_slowly(20)
    assert len(NotingLink.made) == 2


def test_what_is_under_way_is_waited_for(with_files, tmp_path, identities, monkeypatch):
    it = with_files
    monkeypatch.setattr(publisher, "chance", lambda: 0.0)
    online(it, 1)
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S, 1)
    it.pass_slowly(4, 1)
    fill(it, 2)
    it.publisher.pump()
    assert it.sent() == ["e-0"]
    assert not it.link.closed
    it.link.user.on_published(1)
    it.pass_slowly(2, 1)
    it.link.user.on_connected()
    assert it.sent() == ["e-1"]


def test_a_broker_that_does_not_answer_is_not_waited_for_without_end(with_files, tmp_path, identities):
    it = with_files
    online(it, 1)
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 2 * publisher.DRAIN_S)
    it.link.user.on_connected()
    assert len(NotingLink.made) == 2
    assert it.sent() == ["e-0"]


def test_files_that_can_not_be_used_end_no_connection(with_files, tmp_path, identities, capsys):
    it = with_files
    online(it)
    (tmp_path / "cpe.crt").write_text("half of a")
    it.pass_slowly(600)
    assert len(NotingLink.made) == 1
    assert "the new certificate can't be used, the old connection goes on" in it.publisher.status
    assert capsys.readouterr().err.count("the new certificate can't be used") == 1
    replace(tmp_path, identities.clients["ec pkcs8"])
    it.pass_slowly(publisher.LOOK_S + publisher.RENEW_S + 10)
    it.link.user.on_connected()
    assert len(NotingLink.made) == 2
    assert it.publisher.status == "connected to broker:8883"


def test_500_events_of_ten_minutes_without_a_broker_arrive_once_in_order_and_in_small_portions(it):
    it.publisher.connect()
    under_way_most, end, number = 0, it.clock.now + 600, 0
    while it.clock.now < end:
        if not it.link.closed:
            it.link.user.on_lost("nobody listens")
            it.link.closed = True
        if number < 500:
            it.outbox.add({"id": f"e-{number}"})
            it.publisher.pump()
            number += 1
        it.pass_time(1)
    attempts = len(NotingLink.made)
    assert 4 <= attempts <= 100
    it.pass_slowly(int(backoff.LONGEST_S))
    assert len(NotingLink.made) == attempts + 1
    it.link.user.on_connected()
    confirmed = 0
    while confirmed < len(it.link.published):
        under_way_most = max(under_way_most, len(it.link.published) - confirmed)
        confirmed += 1
        it.link.user.on_published(confirmed)
    assert it.sent() == [f"e-{number}" for number in range(500)]
    assert under_way_most <= link.INFLIGHT_MAX
    assert it.outbox.waiting() == []
