"""What people do at the desk: commands, policies, answers to requests, traces; and who may."""

import json
import time
import uuid
from pathlib import Path

import jsonschema
import pytest
from tests.isp import desk_site, desk_story

from portvagt_isp import store

CONTRACT = Path(__file__).parents[2] / "docs" / "contract"
ZOMBIE = {"incident": "1a" * 16, "device": "2b" * 16}
CPE = "cpe-1"


@pytest.fixture
def ledger(shelf):
    """A router that is online, with one stopped device whose subscriber says that it is a mail server."""
    book = desk_story.Ledger(shelf, time.time())
    facts = desk_story.evidence(desk_story.random.Random(3))
    book.event(CPE, "stopped", book.now - 7200, evidence=facts, **ZOMBIE)
    book.event(CPE, "mail_server_claimed", book.now - 3600, evidence=facts, **ZOMBIE)
    book.state(CPE, book.now, **desk_story.online(desk_story.random.Random(3), 1))
    yield book
    book.connection.close()


def new_id():
    return uuid.uuid4().hex


def rows(ledger, table="commands"):
    return [dict(row) for row in ledger.connection.execute(f"SELECT * FROM {table} ORDER BY created")]


def is_of_contract(kind, text):
    schema = json.loads((CONTRACT / f"{kind}.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(text))
    return True


def order(client, name="release", **fields):
    return client.post(f"/order/{name}/{ZOMBIE['incident']}", {"id": new_id(), **fields})


@pytest.mark.parametrize("name", ["stop", "release", "garden"])
def test_a_command_waits_in_the_store_for_the_collector(actor, ledger, name):
    assert order(actor, name).headers["Location"] == f"/case/{ZOMBIE['incident']}"
    (row,) = rows(ledger)
    assert (row["cpe_id"], row["command"], row["created_by"], row["sent"]) == (CPE, name, "actor", None)
    assert is_of_contract("command", row["document"])
    document = json.loads(row["document"])
    assert (document["id"], document["device"]) == (row["id"], ZOMBIE["device"])
    assert time.time() < row["expires"] <= time.time() + 7 * 86400


def test_an_exemption_has_days(actor, ledger):
    order(actor, "exempt", days="90")
    (row,) = rows(ledger)
    assert is_of_contract("command", row["document"])
    assert json.loads(row["document"])["seconds"] == 90 * 86400


@pytest.mark.parametrize("days", ["", "0", "367", "-1", "1.5", "٣", "9" * 30, "<svg>"])
def test_days_that_are_none_send_nothing(actor, ledger, days):
    answer = order(actor, "exempt", days=days)
    assert answer.status_code == 400
    assert "from 1 to 366" in answer.text
    assert not rows(ledger)


def test_pressing_twice_sends_once(actor, ledger):
    for _ in range(2):
        actor.post(f"/order/release/{ZOMBIE['incident']}", {"id": "ab" * 16})
    assert len(rows(ledger)) == 1
    assert actor.get("/log").text.count("<td>actor</td>") == 1


@pytest.mark.parametrize("identity", ["", "x", "AB" * 16, "../" * 10])
def test_an_id_that_no_form_had_sends_nothing(actor, ledger, identity):
    assert actor.post(f"/order/release/{ZOMBIE['incident']}", {"id": identity}).status_code == 400
    assert not rows(ledger)


def test_the_first_answer_counts(actor, ledger):
    order(actor)
    identity = rows(ledger)[0]["id"]
    page = f"/case/{ZOMBIE['incident']}"
    assert "Waiting for the collector" in actor.get(page).text
    ledger.connection.execute("UPDATE commands SET sent = 5")
    assert "has not answered yet" in actor.get(page).text
    ledger.ack(CPE, identity, ledger.now, result="refused", reason="too_early", text="an attempt 2 minutes ago")
    ledger.ack(CPE, identity, ledger.now + 1, result="refused", reason="replayed", text="refused before")
    text = actor.get(page).text
    assert "it tried to send within the hour" in text
    assert "carried out before" not in text
    assert "has not answered yet" not in text


def test_what_the_collector_will_never_send_is_said(actor, ledger):
    order(actor)
    ledger.connection.execute("UPDATE commands SET sent = ?", (store.NEVER,))
    assert "Not sent" in actor.get(f"/case/{ZOMBIE['incident']}").text


def test_that_a_router_is_offline_is_said_before_sending(actor, ledger):
    page = f"/order/release/{ZOMBIE['incident']}"
    assert "offline" not in actor.get(page).text
    ledger.connection.execute("UPDATE states SET online = 0")
    assert "This router is offline" in actor.get(page).text


def test_the_router_itself_can_only_be_exempted(actor, ledger):
    ledger.event(CPE, "observed", ledger.now, subject="router", incident="4d" * 16, device="5e" * 16)
    text = actor.get("/case/" + "4d" * 16).text
    assert "the router itself" in text
    assert "/order/exempt/" in text
    assert "/order/stop/" not in text


POSTS = (
    f"/order/release/{ZOMBIE['incident']}",
    f"/refuse/{ZOMBIE['incident']}",
    f"/ask/{CPE}",
    f"/policy/{CPE}",
    "/trace",
    "/stop/" + "cc" * 16,
)
TRACE = {"destination": "192.0.2.1", "at": "2026-07-01 10:00:05", "within": "60", "routers": CPE}
FIELDS = {
    "note": "no",
    "policy": "closed",
    "sure": "yes",
    "destination": "192.0.2.1",
    "at": "2026-01-01 10:00",
    "within": "5",
    "routers": CPE,
}


def written(ledger):
    from portvagt_isp.desk.models import Deed, Refusal

    return rows(ledger) + rows(ledger, "policies") + list(Deed.objects.all()) + list(Refusal.objects.all())


@pytest.mark.parametrize("address", POSTS)
def test_who_may_read_only_changes_nothing(reader, ledger, address):
    found_by_trace(ledger, ZOMBIE["device"])
    before = written(ledger)
    assert reader.post(address, {"id": new_id(), **FIELDS}).status_code == 403
    assert written(ledger) == before


@pytest.mark.parametrize("address", POSTS)
def test_who_may_act_changes_something(actor, ledger, address):
    found_by_trace(ledger, ZOMBIE["device"])
    before = written(ledger)
    assert actor.post(address, {"id": new_id(), **FIELDS}).status_code == 302
    assert written(ledger) != before


def test_there_is_no_other_address_that_takes_a_post(reader, ledger):
    from portvagt_isp.desk.urls import urlpatterns

    ours = {path.split("/")[1] for path in POSTS} | {"login", "logout"}
    for pattern in urlpatterns:
        name = str(pattern.pattern).partition("<")[0].rstrip("/").split("/")[0]
        if name not in ours:
            reader.post(f"/{name}" + ("/x" if "<" in str(pattern.pattern) else ""), FIELDS)
    assert not [row for row in written(ledger) if getattr(row, "what", "") != "exported"]


def test_a_reader_sees_no_button(reader, ledger):
    for address in (f"/case/{ZOMBIE['incident']}", f"/router/{CPE}", "/requests", "/trace"):
        text = reader.get(address).text
        assert "/order/" not in text
        assert text.count("<form") == text.count('action="/logout"') + text.count('method="get"'), address


@pytest.mark.parametrize("address", POSTS)
def test_a_form_of_another_site_is_refused(ledger, address):
    from django.contrib.auth.models import User
    from django.test import Client

    client = Client(enforce_csrf_checks=True, SERVER_NAME=desk_site.HOST)
    client.force_login(User.objects.get(username="actor"), "django.contrib.auth.backends.ModelBackend")
    assert client.post(address, {"id": new_id(), **FIELDS}).status_code == 403
    assert not written(ledger)


def test_a_policy_is_asked_about_and_then_set(actor, ledger):
    asked = {"policy": "closed", "relays": "192.0.2.25, 2001:DB8::25\n192.0.2.25"}
    page = actor.post(f"/policy/{CPE}", asked)
    assert "192.0.2.25, 2001:db8::25" in page.text
    assert not rows(ledger, "policies")
    actor.post(f"/policy/{CPE}", {**asked, "sure": "yes"})
    (row,) = rows(ledger, "policies")
    assert is_of_contract("policy", row["document"])
    assert json.loads(row["document"])["relay"] == ["192.0.2.25", "2001:db8::25"]
    ledger.ack(CPE, json.loads(row["document"])["id"], ledger.now, result="done")
    assert "The router has taken it" in actor.get(f"/router/{CPE}").text


def test_a_policy_is_taken_back_by_an_empty_document(actor, ledger):
    for name in ("observe", ""):
        actor.post(f"/policy/{CPE}", {"policy": name, "relays": "", "sure": "yes"})
    (row,) = rows(ledger, "policies")
    assert (row["document"], row["sent"]) == ("", None)


@pytest.mark.parametrize("fields", [{"policy": "open"}, {"policy": "stop", "relays": "mail.example"}, {}])
def test_a_policy_that_is_none_is_not_set(actor, ledger, fields):
    actor.post(f"/policy/{CPE}", {"sure": "yes", **fields})
    assert not [row for row in rows(ledger, "policies") if row["document"]]


def test_a_request_is_found_by_its_number_and_granted(actor, ledger):
    number = f"{int(ZOMBIE['incident'][:8], 16) % 10**8:08d}"
    told = f"{number[:4]} {number[4:]}"
    assert told in actor.get("/requests", {"number": told}).text
    assert "No open request has this number" in actor.get("/requests", {"number": "1"}).text
    assert f"/case/{ZOMBIE['incident']}" in actor.get("/cases", {"number": told}).text
    order(actor, "exempt", days="30")
    assert "No request waits" in actor.get("/requests").text


def test_a_grant_that_the_router_refused_is_no_answer(actor, ledger):
    order(actor, "exempt", days="30")
    ledger.ack(CPE, rows(ledger)[0]["id"], ledger.now, result="refused", reason="unknown_device", text="unknown")
    assert f"/case/{ZOMBIE['incident']}" in actor.get("/requests").text


def test_a_request_is_refused_with_a_reason(actor, ledger):
    address = f"/refuse/{ZOMBIE['incident']}"
    assert actor.post(address, {"note": " "}).status_code == 400
    actor.post(address, {"note": "It is a camera <b>"})
    text = actor.get("/requests").text
    assert "No request waits" in text
    assert "It is a camera &lt;b&gt;" in text
    assert "It is a camera" in actor.get("/log").text
    assert not rows(ledger)


def test_a_trace_is_asked_in_local_time_and_its_answer_shown(actor, ledger):
    actor.post("/trace", {"id": new_id(), **TRACE, "port": "40123", "stop": "yes"})
    (row,) = rows(ledger)
    assert is_of_contract("command", row["document"])
    document = json.loads(row["document"])
    assert (document["at"], document["source_port"], document["stop"]) == ("2026-07-01T08:00:05Z", 40123, True)
    found = {"devices": 1, "device": ZOMBIE["device"], "connections": 3, "confidence": "high", "complete": True}
    ledger.ack(CPE, row["id"], ledger.now, result="done", trace=found)
    text = actor.get("/trace").text
    assert "Confidence high" in text
    assert ZOMBIE["device"][:8] in text


def found_by_trace(ledger, device):
    ledger.command(
        "cc" * 16, CPE, "trace", "actor", ledger.now, destination="192.0.2.1", at="2026-07-01T08:00:05Z", within_s=5
    )
    found = {"devices": 1, "device": device, "connections": 3, "confidence": "high", "complete": True}
    ledger.ack(CPE, "cc" * 16, ledger.now, result="done", trace=found)


def test_a_traced_device_with_a_case_leads_to_it(actor, ledger):
    found_by_trace(ledger, ZOMBIE["device"])
    text = actor.get("/trace").text
    assert f"/case/{ZOMBIE['incident']}" in text
    assert "stop it" not in text


def test_a_traced_device_without_a_case_can_be_stopped(actor, ledger):
    found_by_trace(ledger, "7f" * 16)
    address = "/stop/" + "cc" * 16
    assert address in actor.get("/trace").text
    assert "saw nothing wrong" in actor.get(address).text
    assert actor.post(address, {"id": new_id()}).status_code == 302
    (row,) = [row for row in rows(ledger) if row["command"] == "stop"]
    assert is_of_contract("command", row["document"])
    assert json.loads(row["document"])["device"] == "7f" * 16


def test_only_a_trace_that_found_one_leads_to_a_stop(actor, ledger):
    order(actor)
    assert actor.get(f"/stop/{rows(ledger)[0]['id']}").status_code == 404


def test_a_trace_that_is_pressed_twice_is_sent_once(actor, ledger):
    ledger.state("cpe-2", ledger.now, online=True)
    identity = new_id()
    for _ in range(2):
        actor.post("/trace", {"id": identity, **TRACE, "routers": f"{CPE} cpe-2"})
    assert len(rows(ledger)) == 2


def test_a_trace_goes_to_each_router_that_was_named(actor, ledger):
    ledger.state("cpe-2", ledger.now, online=True)
    actor.post("/trace", {"id": new_id(), **TRACE, "routers": f"{CPE}, cpe-2", "at": "2026-07-01T10:00:05Z"})
    assert [(row["cpe_id"], json.loads(row["document"])["at"]) for row in rows(ledger)] == [
        (CPE, "2026-07-01T10:00:05Z"),
        ("cpe-2", "2026-07-01T10:00:05Z"),
    ]


@pytest.mark.parametrize(
    "field, value",
    [
        ("destination", "mail.example"),
        ("at", "yesterday"),
        ("at", "2999-01-01 00:00"),
        ("at", "9999-12-31T23:59:59-14:00"),
        ("within", "0"),
        ("port", "70000"),
        ("routers", ""),
        ("routers", "cpe-unheard"),
        ("id", "x"),
    ],
)
def test_a_trace_that_is_none_says_why_and_keeps_what_was_typed(actor, ledger, field, value):
    answer = actor.post("/trace", {"id": new_id(), **TRACE, field: value})
    assert answer.status_code == 400
    assert not rows(ledger)
    assert 'role="status"' in answer.text
    if field != "destination":
        assert 'value="192.0.2.1"' in answer.text


def test_a_state_is_asked_for(actor, ledger):
    actor.post(f"/ask/{CPE}", {"id": new_id()})
    assert is_of_contract("command", rows(ledger)[0]["document"])
    assert rows(ledger)[0]["command"] == "report"
