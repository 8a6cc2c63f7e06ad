"""`portvagt-isp trace` with a real broker and collector; the routers are MQTT clients that answer what a test says."""

import json
from pathlib import Path

import pytest
from tests.isp.parts import wait_until
from tests.isp.samples import DEVICE, INCIDENT, LAST_WILL, ack, encoded, event, state

ARF = Path(__file__).with_name("reports") / "arf.eml"
FOUND = {"devices": 1, "device": DEVICE, "connections": 1, "confidence": "high", "complete": True}


def online(isp, *names, address="198.51.100.2"):
    """Routers that say they have the address."""
    routers = [isp.router(name) for name in names]
    for router in routers:
        router.publish("state", encoded(state(addresses=[address])), retain=True).wait_for_publish(60)
    wait_until(lambda: isp.count("states") == len(names), "their states are stored")
    return routers


def answers(router, then=(), **changes):
    """Have a router answer each command; `then`: events that follow."""

    def on_message(_client, _data, message):
        document = json.loads(message.payload)
        router.heard.append(document)
        router.publish("ack", encoded(ack(document["id"], int(document["id"][4:], 16), **changes)))
        for each in then:
            router.publish("event", encoded(each))

    router._client.on_message = on_message


def asked(router):
    """What a router was asked, without what is new in each command."""
    return [{name: each[name] for name in each.keys() - {"id", "expires", "schema"}} for each in router.heard]


def test_a_report_is_answered_by_the_device_alone(isp):
    isp.collector()
    [router] = online(isp, "cpe-1")
    answers(router, trace=FOUND, state="clear")
    done = isp.cli("trace", ARF)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines() == [
        "ARF report of abuse-reports@example.net: a mail from 198.51.100.2 port 40001",
        "to 198.18.1.25 at 2026-03-01T12:00:00.000Z, 300 s more or less.",
        f"cpe-1: device {DEVICE}, 1 connection matches",
        "cpe-1: certain: the source port fits too, and the router knows all connections of that time",
        "cpe-1: its mail is not stopped (clear), no case",
    ]
    question = {"command": "trace", "destination": "198.18.1.25", "at": "2026-03-01T12:00:00.000Z"}
    assert asked(router) == [question | {"within_s": 300, "source_port": 40001}]


def test_a_match_opens_a_case(isp):
    isp.collector()
    [router] = online(isp, "cpe-1")
    before = event(1, time="2026-02-01T12:00:00.500Z")
    released = event(2, type="portvagt.device.released")
    released["data"] = event()["data"] | {"action": "released", "incident": "1d" * 16}
    for each in (before, released):
        each["data"]["incident"] = "1d" * 16
        router.publish("event", encoded(each)).wait_for_publish(60)
    wait_until(lambda: isp.count() == 2, "an earlier case is stored")
    answers(router, [event(3)], trace=FOUND, state="stopped")
    done = isp.cli("trace", "--stop", "--json", ARF)
    assert done.returncode == 0, done
    told = json.loads(done.stdout)
    assert told["report"] == {
        "format": "ARF",
        "source": "198.51.100.2",
        "port": 40001,
        "at": "2026-03-01T12:00:00.000Z",
        "destination": "198.18.1.25",
        "reporter": "abuse-reports@example.net",
        "domain": "example.net",
    }
    [answer] = told["answers"]
    assert answer == {"router": "cpe-1", "command": router.heard[0]["id"], "case": INCIDENT, "result": "done"} | {
        "state": "stopped",
        **FOUND,
    }
    assert router.heard[0]["stop"] is True


@pytest.mark.parametrize(
    "trace, says",
    [
        ({"devices": 0, "confidence": "none", "complete": True}, "no device matches"),
        ({"devices": 2, "confidence": "low", "complete": True}, "2 devices match: which of them it was"),
        ({"devices": 0, "confidence": "none", "complete": False}, "does not know all connections of that time"),
        (FOUND | {"confidence": "low", "complete": False}, "uncertain"),
        (FOUND | {"confidence": "medium", "connections": 3}, "3 connections match"),
    ],
)
def test_how_sure_it_is(isp, trace, says):
    isp.collector()
    [router] = online(isp, "cpe-1")
    answers(router, trace=trace, **({"state": "suspected"} if "device" in trace else {}))
    done = isp.cli("trace", ARF)
    assert done.returncode == 0 and says in done.stdout, done


def test_what_the_report_lacks_the_options_say(isp, tmp_path):
    isp.collector()
    [router] = online(isp, "cpe-1")
    answers(router, trace=FOUND, state="clear")
    file = tmp_path / "report.eml"
    lines = [
        line for line in ARF.read_text().splitlines() if not line.startswith(("Arrival-Date", "Received", "\tby mx1"))
    ]
    file.write_text("\n".join(lines))
    lacking = isp.cli("trace", file)
    assert lacking.returncode == 1 and "Traceback" not in lacking.stderr
    assert "does not say when it was, with a time zone (--at)" in lacking.stderr
    assert "nor the address of the mail server of example.net that took the mail (--destination)" in lacking.stderr
    done = isp.cli("trace", file, "--at", "2026-03-01T13:00:00+01:00", "--destination", "198.18.7.25", "--within", "60")
    assert done.returncode == 0, done
    question = {"command": "trace", "destination": "198.18.7.25", "at": "2026-03-01T12:00:00.000Z"}
    assert asked(router) == [question | {"within_s": 60, "source_port": 40001}]


def test_routers_that_share_an_address_are_all_asked_by_the_port(isp, tmp_path):
    isp.collector()
    first, second, other = *online(isp, "cpe-1", "cpe-2"), isp.router("cpe-3")
    answers(first, trace={"devices": 0, "confidence": "none", "complete": True})
    answers(second, trace=FOUND, state="clear")
    done = isp.cli("trace", ARF)
    assert done.returncode == 0 and "cpe-1: no device matches" in done.stdout, done
    assert f"cpe-2: device {DEVICE}" in done.stdout
    assert len(first.heard) == len(second.heard) == 1 and other.heard == []
    file = tmp_path / "report.eml"
    file.write_text(ARF.read_text().replace("Source-Port: 40001\n", ""))
    refused = isp.cli("trace", file)
    assert refused.returncode == 1 and "2 routers have that address: the source port is needed" in refused.stderr
    assert isp.cli("trace", file, "--router", "cpe-2").returncode == 0
    assert (len(first.heard), len(second.heard)) == (1, 2)


def test_an_address_that_no_router_has(isp):
    refused = isp.cli("trace", ARF)
    assert refused.returncode == 1 and "no router says that it has 198.51.100.2" in refused.stderr
    assert isp.count("commands") == 0


@pytest.mark.parametrize(
    "words, says", [(["--at", "noon"], "--at noon"), (["--port", "0"], "--port 0"), (["--router", "#"], "no cpe_id")]
)
def test_an_option_that_is_not_understood(isp, words, says):
    refused = isp.cli("trace", ARF, *words)
    assert refused.returncode == 1 and says in refused.stderr and "Traceback" not in refused.stderr, refused
    assert isp.count("commands") == 0


def test_a_router_that_refuses_or_is_away(isp):
    isp.collector()
    [router] = online(isp, "cpe-1")
    answers(router, result="refused", reason="not_possible", text="that time is in the future")
    refused = isp.cli("trace", ARF)
    assert refused.returncode == 1 and "cpe-1: refused (not_possible): that time is in the future" in refused.stdout
    router.publish("state", encoded(LAST_WILL), retain=True).wait_for_publish(60)
    router.stop()
    wait_until(lambda: isp.rows("SELECT online FROM states") == [(0,)], "it is offline")
    waiting = isp.cli("trace", ARF, "--wait", "0", "--router", "cpe-1")
    assert waiting.returncode == 2 and "waits until the router is online" in waiting.stdout, waiting
