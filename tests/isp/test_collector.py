import json
import resource
import signal
import time

import pytest
from tests.isp.parts import OldBroker, wait_until
from tests.isp.samples import LAST_WILL, ack, encoded, event, state

from portvagt_isp import orders, store
from portvagt_sim.certificates import Authority

EVENTS = 2000


def published(router, numbers):
    return [router.publish("event", encoded(event(number, router.name))) for number in numbers]


def test_each_of_2000_events_is_stored_once_through_a_kill_and_a_broker_restart(isp):
    collector, router = isp.collector(), isp.router()
    published(router, range(1, EVENTS // 2))
    wait_until(lambda: isp.count() > 100, "some are stored")
    collector.kill()
    under_way = published(router, range(EVENTS // 2, EVENTS + 1))
    collector.start()
    wait_until(lambda: isp.count() > EVENTS // 2 + 100, "some more are stored")
    isp.broker.stop()
    isp.broker.start()
    for publication in under_way:
        publication.wait_for_publish(60)
    wait_until(lambda: isp.count() == EVENTS, "all are stored")
    assert isp.rows("SELECT count(*), count(DISTINCT id) FROM events") == [(EVENTS, EVENTS)]
    assert isp.count("quarantine") == 0


def test_what_was_stored_is_confirmed_to_the_broker(isp):
    collector, router = isp.collector(), isp.router()
    published(router, range(1, 101))
    wait_until(lambda: isp.count() == 100, "all are stored")
    assert collector.stop() == 0
    collector.start()
    published(router, [101])
    wait_until(lambda: isp.count() == 101, "the next one is stored")
    assert isp.rows("SELECT value FROM meta WHERE key = 'duplicates'") == []


def test_two_share_the_load_and_lose_nothing_when_one_is_killed(isp):
    first, second = isp.collector(group="test"), isp.collector("collector-2", group="test")
    router = isp.router()
    under_way = published(router, range(1, 1001))
    wait_until(lambda: isp.count() > 100, "some are stored")
    first.kill()
    under_way += published(router, range(1001, 1201))
    for publication in under_way:
        publication.wait_for_publish(60)
    first.start()
    wait_until(lambda: isp.count() == 1200, "all are stored")
    first.stop()
    second.stop()
    for collector in (first, second):
        done = int(collector.log().rpartition("stopped: ")[2].split()[0])
        assert done > 100, collector.log()


def test_a_full_disk_delays_and_loses_nothing(isp):
    collector, router = isp.collector(), isp.router()
    # a file that may not grow looks to SQLite as a disk that is full
    resource.prlimit(collector.process.pid, resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
    published(router, range(1, 1001))
    wait_until(lambda: "is the disk full?" in collector.log(), "it says why it does not go on")
    assert isp.count() < 1000
    resource.prlimit(collector.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
    wait_until(lambda: isp.count() == 1000, "all are stored")


def test_what_is_refused_is_kept_with_the_reason(isp):
    isp.collector()
    router = isp.router()
    router.publish("event", b"rubbish")
    router.publish("event", encoded(event(router="cpe-2")))
    wait_until(lambda: isp.count("quarantine") == 2, "both are there")
    kinds = [reason.partition(":")[0] for (reason,) in isp.rows("SELECT reason FROM quarantine ORDER BY number")]
    assert kinds == ["not_json", "another_router"]
    assert isp.count() == 0


@pytest.mark.parametrize("group", ["", "test"])
def test_states_from_before_its_start_and_a_last_will(isp, group):
    router = isp.router()
    router.publish("state", encoded(state()), retain=True).wait_for_publish(60)
    isp.collector(group=group)
    wait_until(lambda: isp.rows("SELECT online FROM states") == [(1,)], "the retained state is there")
    router.publish("state", encoded(LAST_WILL), retain=True)
    wait_until(lambda: isp.rows("SELECT online, policy FROM states") == [(0, "stop")], "it is offline")


def add_command(isp, router="cpe-1", expires_in=60.0, document=None):
    identity, now = orders.new_id(), time.time()
    text = orders.command(identity, "report", now + expires_in, {}) if document is None else document
    isp.connection.execute(
        "INSERT INTO commands VALUES (?, ?, ?, 'test', ?, 'report', ?, NULL)",
        (identity, router, now, now + expires_in, text),
    )
    return identity


def sent(isp, identity):
    return isp.rows("SELECT sent FROM commands WHERE id = ?", identity)[0][0]


def test_a_command_goes_to_its_router_and_is_marked(isp):
    isp.collector()
    router, other = isp.router(), isp.router("cpe-2")
    identity = add_command(isp)
    wait_until(lambda: sent(isp, identity), "it is sent")
    wait_until(lambda: router.heard, "the router has it")
    assert [(topic, json.loads(payload)["id"]) for topic, payload in router.heard] == [
        ("v1/cpe/cpe-1/down/cmd", identity)
    ]
    assert other.heard == []


def test_a_command_waits_for_a_router_that_is_away(isp):
    isp.collector()
    identity = add_command(isp)
    time.sleep(1)
    assert sent(isp, identity) is None
    router = isp.router()
    wait_until(lambda: sent(isp, identity), "it is sent")
    wait_until(lambda: len(router.heard) == 1, "the router has it")


def test_an_expired_command_is_never_sent(isp):
    router = isp.router()
    expired = add_command(isp, expires_in=-1.0)
    isp.collector()
    wait_until(lambda: sent(isp, expired) == store.NEVER, "it is marked")
    good = add_command(isp)
    wait_until(lambda: router.heard, "the router hears something")
    assert [json.loads(payload)["id"] for _, payload in router.heard] == [good]


@pytest.mark.parametrize(
    "router, document, reason",
    [
        ("cpe-1", '{"command": "explode"}', "undeliverable: schema: "),
        ("cpe-1", "", "undeliverable: not_json: "),
        ("cpe-1", orders.command("another-id", "report", 2e9, {}), "undeliverable: contradiction: "),
        ("+", None, "undeliverable: topic: "),
    ],
)
def test_what_cannot_be_delivered_is_not_sent_but_kept_with_the_reason(isp, router, document, reason):
    isp.collector()
    identity = add_command(isp, router, document=document)
    wait_until(lambda: sent(isp, identity) == store.NEVER, "it is marked")
    [(topic, why)] = isp.rows("SELECT topic, reason FROM quarantine")
    assert topic == f"v1/cpe/{router}/down/cmd" and why.startswith(reason)


def test_a_policy_is_retained_until_it_is_taken_back(isp):
    isp.collector()
    put = "INSERT OR REPLACE INTO policies VALUES ('cpe-1', ?, 'test', ?, NULL)"
    document = orders.policy("policy-1", {"policy": "closed"})
    isp.connection.execute(put, (time.time(), document))
    wait_until(lambda: isp.rows("SELECT sent FROM policies")[0][0], "it is sent")
    late = isp.router()
    wait_until(lambda: late.heard == [("v1/cpe/cpe-1/down/policy", document.encode())], "a late router has it")
    isp.connection.execute(put, (time.time(), ""))
    wait_until(lambda: late.heard[1:] == [("v1/cpe/cpe-1/down/policy", b"")], "it is taken back")
    late.stop()
    later = isp.router()
    add_command(isp)
    wait_until(lambda: later.heard, "a later router hears something")
    assert [topic for topic, _ in later.heard] == ["v1/cpe/cpe-1/down/cmd"]


def test_two_collectors_send_a_command_once(isp):
    isp.collector(group="test")
    isp.collector("collector-2", group="test")
    router = isp.router()
    identities = {add_command(isp) for _ in range(50)}
    wait_until(lambda: all(sent(isp, identity) for identity in identities), "all are sent")
    wait_until(lambda: len(router.heard) >= 50, "the router has them")
    assert {json.loads(payload)["id"] for _, payload in router.heard} == identities and len(router.heard) == 50


def test_old_rows_are_deleted(isp):
    old, now = time.time() - 31 * 86400, time.time()
    for cpe_id, received in (("cpe-1", old), ("cpe-2", now)):
        isp.connection.execute(
            "INSERT INTO acks VALUES (?, ?, NULL, ?, 'done', NULL, NULL, '{}')", (cpe_id, cpe_id, received)
        )
    isp.collector(retention_days=30)
    wait_until(lambda: isp.rows("SELECT cpe_id FROM acks") == [("cpe-2",)], "the old one is gone")


def test_send_prints_the_answer(isp):
    isp.collector()
    router = isp.router()
    router._client.on_message = lambda _client, _data, message: router.publish(
        "ack", encoded(ack(json.loads(message.payload)["id"]))
    )
    answered = isp.cli("send", "cpe-1", "trace", "203.0.113.7", "--at", "2026-03-01T12:00:00Z", "--stop")
    assert answered.returncode == 0, answered
    assert json.loads(answered.stdout)["result"] == "done"


def test_send_says_where_an_order_is_that_nobody_answered(isp):
    isp.connection.execute("INSERT INTO states VALUES ('cpe-1', 1, 0, NULL, NULL, NULL, NULL, NULL, '{}')")
    waiting = isp.cli("send", "--wait", "0", "cpe-1", "report")
    assert waiting.returncode == 2 and "waits until the router is online" in waiting.stdout


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_good_order(isp, number):
    collector = isp.collector()
    collector.process.send_signal(number)
    assert collector.process.wait(20) == 0
    assert "Traceback" not in collector.log() and "stopped: 0 stored" in collector.log()


def test_a_broker_that_is_not_whom_we_trust(isp, tmp_path):
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "other").certificate
    collector = isp.collector(says="is not whom we trust", ca=str(stranger))
    assert "options ca and broker" in collector.log()


def test_without_mqtt_5_it_goes_on_with_3_1_1(isp):
    with OldBroker(isp) as old:
        collector, router = isp.collector(group="test", port=old.port), isp.router()
        published(router, range(1, 301))
        wait_until(lambda: isp.count() == 300, "all are stored")
        assert "no MQTT 5" in collector.log()
        identity = add_command(isp)
        wait_until(lambda: sent(isp, identity), "a command is sent")
        assert collector.stop() == 0
