"""Files that leave the desk: XARF v4 and CSV."""

import base64
import csv
import io
import json
import time

import pytest
import xarf
from tests.isp import desk_story

from portvagt_isp import store

ZOMBIE = {"incident": "1a" * 16, "device": "2b" * 16}
# what XARF recommends and routers never say, or would not be true
NOT_KNOWN = {
    "source_port",
    "destination_ip",
    "destination_port",
    "confidence",
    "bot_name",
    "user_agent",
    "behavior_pattern",
}
ADDRESS = f"/xarf/{ZOMBIE['incident']}"


@pytest.fixture
def ledger(shelf):
    book = desk_story.Ledger(shelf, time.time())
    facts = desk_story.evidence(desk_story.random.Random(3))
    book.event("cpe-1", "stopped", book.now - 7200, evidence=facts, **ZOMBIE)
    book.event("cpe-1", "released", book.now - 3600, evidence=facts, **ZOMBIE)
    yield book
    book.connection.close()


def test_a_case_is_a_report_that_the_projects_own_schemas_take(reader, ledger):
    answer = reader.get(ADDRESS)
    found = xarf.parse(answer.text)
    assert not found.errors and not found.warnings
    missing = {error.message.split("'")[1] for error in xarf.parse(answer.text, strict=True).errors}
    assert missing <= NOT_KNOWN
    report = answer.json()
    assert (report["category"], report["type"], report["source_identifier"]) == ("connection", "infected_host", "cpe-1")
    assert report["reporter"]["contact"] == "abuse@isp.example"
    assert answer["Content-Disposition"].startswith("attachment")


def test_the_subscribers_address_is_in_it_only_when_somebody_typed_it(reader, ledger):
    assert reader.get(ADDRESS, {"source": "2001:DB8::7"}).json()["source_identifier"] == "2001:db8::7"
    assert reader.get(ADDRESS, {"source": "home"}).status_code == 400


def test_the_pseudonym_stays_in_the_house(reader, ledger):
    text = reader.get(ADDRESS).text
    payload = base64.b64decode(json.loads(text)["evidence"][0]["payload"]).decode()
    assert json.loads(payload)["evidence"]["usual_per_day"] == 4
    assert ZOMBIE["device"] not in text + payload


def test_a_case_without_evidence_is_no_report(reader, ledger):
    ledger.event("cpe-1", "stopped", ledger.now, incident="3c" * 16, device="4d" * 16)
    answer = reader.get("/xarf/" + "3c" * 16)
    assert answer.status_code == 409
    assert "no evidence" in answer.text


def test_csv_has_what_the_filter_lets_through(reader, shelf):
    desk_story.fill(shelf, time.time())
    text = b"".join(reader.get("/events.csv", {"action": "released"}).streaming_content).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    expected = store.connect(shelf).execute("SELECT count(*) FROM events WHERE action = 'released'").fetchone()[0]
    assert len(rows) == expected > 20
    assert {row["action"] for row in rows} == {"released"}
    assert rows[0]["received"].endswith("Z")
    assert "document" not in rows[0]


def test_a_spreadsheet_calculates_nothing(reader, shelf):
    ledger = desk_story.Ledger(shelf, time.time())
    ledger.event("=1+1", "stopped", ledger.now, policy="@SUM(A1)", device='a"b,c\nd')
    text = b"".join(reader.get("/events.csv").streaming_content).decode()
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["cpe_id"], row["policy"], row["device"]) == ("'=1+1", "'@SUM(A1)", 'a"b,c\nd')


def test_an_export_is_in_the_log(reader, ledger):
    reader.get(ADDRESS)
    reader.get("/events.csv")
    assert reader.get("/log").text.count("<td>exported</td>") == 2
