"""Every page: shown to whom, with what in it, and what a hostile store can't do to it."""

import time

import pytest
from tests.isp import desk_story

from portvagt_isp import store

HOSTILE = "<svg onload=alert(1)>'\"{{ 7|add:7 }}"
LISTS = ("/", "/cases", "/routers", "/requests", "/trace", "/events", "/quarantine", "/log")


def addresses(path):
    """Every page that a store has, with a case, a router and a number of it."""
    connection = store.connect(path)
    row = connection.execute(
        "SELECT incident, cpe_id FROM events WHERE action = 'mail_server_claimed' ORDER BY rowid DESC"
    ).fetchone()
    connection.close()
    incident, cpe_id = row
    return [
        *LISTS,
        f"/case/{incident}",
        f"/router/{cpe_id}",
        f"/refuse/{incident}",
        *(f"/order/{name}/{incident}" for name in ("stop", "release", "garden", "exempt")),
        "/cases?number=12345678",
        "/requests?number=12345678",
        "/events?router=x&action=stopped&since=2026-01-01&until=2026-13-77",
        "/routers?name=cpe&start=99999",
    ]


def test_an_empty_store_has_all_lists(reader):
    for address in LISTS:
        assert reader.get(address).status_code == 200, address


def test_a_store_that_is_not_there_yet_is_an_empty_one(reader, shelf):
    for end in ("", "-wal", "-shm"):
        shelf.with_name(shelf.name + end).unlink(missing_ok=True)
    assert reader.get("/").status_code == 200


def test_a_month_is_shown_on_every_page(actor, shelf):
    desk_story.fill(shelf, time.time())
    for address in addresses(shelf):
        answer = actor.get(address)
        assert answer.status_code == 200, address
        assert "default-src 'none'" in answer["Content-Security-Policy"]
        assert answer["Cache-Control"] == "no-store"


def test_nobody_sees_anything_without_a_login(shelf):
    from django.test import Client
    from tests.isp.desk_site import HOST

    desk_story.fill(shelf, time.time())
    stranger = Client(SERVER_NAME=HOST)
    for address in [*addresses(shelf), "/events.csv", "/xarf/" + "3f" * 16, "/nothing"]:
        answer = stranger.get(address)
        assert (answer.status_code, answer.get("Location", "").partition("?")[0]) in ((302, "/login"), (404, ""))
    assert stranger.get("/").status_code == 302


def test_another_host_name_is_refused(reader):
    assert reader.get("/", SERVER_NAME="evil.example").status_code == 400


def hostile(path):
    """A store in which every text is hostile; the collector would refuse most of it."""
    ledger = desk_story.Ledger(path, time.time())
    facts = desk_story.evidence(desk_story.random.Random(1))
    for action in ("stopped", "mail_server_claimed"):
        ledger.event(HOSTILE, action, ledger.now - 9, incident=HOSTILE, device=HOSTILE, policy=HOSTILE, evidence=facts)
    text = dict.fromkeys(("policy", "blind", "version", "runtime"), HOSTILE)
    health = {"load": [HOSTILE], "memory": {}, "processes": {HOSTILE: {"rss_kb": HOSTILE}}}
    ledger.state(HOSTILE, ledger.now, online=True, watching=False, stopped=1, health=health, **text)
    ledger.command("aa" * 16, HOSTILE, "stop", HOSTILE, ledger.now, device=HOSTILE)
    ledger.ack(HOSTILE, "aa" * 16, ledger.now, result="refused", reason=HOSTILE, text=HOSTILE)
    ledger.command("bb" * 16, HOSTILE, "trace", HOSTILE, ledger.now, destination=HOSTILE, at=HOSTILE, within_s=1)
    found = {"devices": 1, "device": HOSTILE, "connections": HOSTILE, "confidence": HOSTILE, "complete": False}
    ledger.ack(HOSTILE, "bb" * 16, ledger.now, result="done", trace=found)
    ledger.refused(ledger.now, HOSTILE, HOSTILE, HOSTILE.encode() + b"\xff")
    ledger.connection.close()


def test_hostile_texts_are_shown_as_texts(actor, shelf):
    hostile(shelf)
    pages = {address: actor.get(address) for address in addresses(shelf)}
    for address, answer in pages.items():
        assert answer.status_code == 200, address
        assert "<svg onload" not in answer.text, address
        assert "{{ 7|add:7 }}" in answer.text or "&lt;svg" in answer.text or address in ("/log",) or "?" in address
    assert "&lt;svg onload=alert(1)&gt;" in pages["/quarantine"].text


@pytest.mark.parametrize("text", ["", "[]", "{", '{"data": 5}', '{"data": {"evidence": {"networks": "x"}}}'])
def test_a_document_that_says_nothing_breaks_nothing(actor, shelf, text):
    desk_story.fill(shelf, time.time())
    connection = store.connect(shelf)
    connection.execute("UPDATE events SET document = ?, time = 1e300", (text,))
    connection.execute("UPDATE states SET document = ?", (text,))
    connection.close()
    for address in addresses(shelf):
        assert actor.get(address).status_code == 200, address


def test_unknown_names_are_not_found(actor):
    for address in ("/case/none", "/router/none", "/order/stop/none", "/xarf/none", "/refuse/none", "/nothing"):
        assert actor.get(address).status_code == 404, address


def multiplied(path, times):
    """As many months side by side, of other routers, and each a little longer ago."""
    connection = store.connect(path)
    columns = [row["name"] for row in connection.execute("PRAGMA table_info(events)")]
    differing = {
        "id": "id || '-' || i",
        "cpe_id": "'cpe-x' || (i % 50)",
        "received": "received - i * 7000",
        "incident": "printf('%08x', i * 7919) || substr(incident, 9)",
    }
    chosen = ", ".join(differing.get(name, name) for name in columns)
    connection.execute(
        "INSERT INTO events WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) "
        f"SELECT {chosen} FROM events, n",
        (times,),
    )
    connection.close()


def test_a_hundred_thousand_events_take_less_than_a_second(actor, shelf):
    desk_story.fill(shelf, time.time())
    multiplied(shelf, 400)
    assert store.connect(shelf).execute("SELECT count(*) FROM events").fetchone()[0] > 100_000
    slow = {}
    for address in addresses(shelf):
        began = time.monotonic()
        assert actor.get(address).status_code == 200
        slow[address] = round(time.monotonic() - began, 3)
    assert max(slow.values()) < 1.0, slow
