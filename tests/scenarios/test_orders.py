"""The ISP orders, through the broker: each command is carried out once and acknowledged, a policy holds."""

import json
import signal
import time
import uuid

import pytest
from tests.scenarios import steps

from portvagt.report.events import utc_text
from portvagt_sim.addresses import mx
from portvagt_sim.router.router import CPE_ID
from portvagt_sim.waiting import wait_until

SECONDS = 15.0
WITHIN_SECONDS = 5


@pytest.fixture
def settings():
    return {"judge": {"release_quiet_minutes": 0, "outbound_hours": 24}}


def publish(world, leaf, document, retain=False):
    payload = json.dumps(document).encode() if document is not None else b""
    world.isp.publish(f"v1/cpe/{CPE_ID}/down/{leaf}", payload, retain)


def acknowledged(world, identity):
    """The first acknowledgement of a command."""
    return world.isp.wait_for(
        lambda message: message.topic.endswith("/up/ack") and message.json()["command"] == identity, SECONDS
    ).json()


def command(world, name, expires_in=3600, **params):
    identity = uuid.uuid4().hex
    expires = utc_text(time.time() + expires_in)
    document = {"schema": 1, "id": identity, "expires": expires, "command": name, **params}
    publish(world, "cmd", document)
    return document, acknowledged(world, identity)


def test_a_stopped_device_is_confined_exempted_and_released_by_the_isp(world):
    laptop = world.home.laptop
    steps.wait_online(world)
    steps.outbreak(world, laptop, 4)
    device = steps.event(world, "stopped").json()["data"]["device"]
    assert command(world, "garden", device=device)[1]["state"] == "garden"
    assert command(world, "exempt", device=device, seconds=600)[1]["state"] == "exempt"
    assert steps.escapes(world, laptop, 4, count=15) == 15
    document, ack = command(world, "release", device=device)
    assert (ack["result"], ack["state"]) == ("done", "clear")
    publish(world, "cmd", document)
    wait_until(
        lambda: [m for m in world.isp.messages("/up/ack") if m.json().get("reason") == "replayed"],
        SECONDS,
        "it is refused",
    )
    assert steps.events(world, "exempted") and steps.events(world, "exemption_ended")


def test_an_abuse_report_is_traced_to_the_device_and_stops_it(world):
    laptop = world.home.laptop
    steps.wait_online(world)
    time.sleep(WITHIN_SECONDS + 3)  # before that nobody watched, so that another device might fit
    laptop.run_zombie(family=4, count=1)
    question = {"destination": mx(1).v4, "at": utc_text(time.time()), "within_s": WITHIN_SECONDS}
    _, ack = command(world, "trace", stop=True, **question)
    assert (ack["trace"]["devices"], ack["trace"]["connections"], ack["state"]) == (1, 1, "stopped")
    assert steps.state(world, laptop) == "stopped" and steps.escapes(world, laptop, 4) == 0
    assert steps.event(world, "stopped").json()["data"]["device"] == ack["trace"]["device"]


def test_what_is_wrong_is_refused_with_the_reason(world):
    steps.wait_online(world)
    assert command(world, "release", expires_in=-1, device="0" * 32)[1]["reason"] == "expired"
    assert command(world, "stop", device="0" * 32)[1]["reason"] == "unknown_device"
    assert command(world, "reboot")[1]["reason"] == "unknown_command"
    world.isp.publish(f"v1/cpe/{CPE_ID}/down/cmd", b"x" * 5000)
    assert acknowledged(world, None)["reason"] == "too_large"
    assert world.router.call("status")["devices"] == []


def test_a_report_comes_at_once(world):
    steps.wait_online(world)
    before = len(world.isp.messages("/up/state"))
    assert command(world, "report")[1]["result"] == "done"
    wait_until(lambda: len(world.isp.messages("/up/state")) > before, SECONDS, "the state has come")


def test_a_policy_waits_at_the_broker_and_survives_a_restart(world):
    laptop = world.home.laptop
    steps.wait_online(world)
    publish(world, "policy", {"schema": 1, "id": "closed-1", "policy": "closed"}, retain=True)
    ack = acknowledged(world, "closed-1")
    assert ack["result"] == "done", ack
    assert steps.escapes(world, laptop, 4, count=5) == 0
    world.router.stop_agent()
    world.router.start_agent()
    world.router.wait_ready()
    assert world.router.call("status")["policy"] == "closed"
    assert steps.escapes(world, laptop, 6, count=5) == 0
    publish(world, "policy", {"schema": 1, "id": "as-configured"}, retain=True)
    assert acknowledged(world, "as-configured")["result"] == "done"
    assert steps.escapes(world, laptop, 4, count=3) == 3
    assert len([m for m in world.isp.messages("/up/ack") if m.json()["command"] == "closed-1"]) == 1


def test_an_acknowledgement_waits_while_the_broker_is_away(world):
    steps.wait_online(world)
    world.router.kill("guard", signal.SIGSTOP)
    publish(world, "cmd", {"schema": 1, "id": "last", "expires": utc_text(time.time() + 600), "command": "report"})
    time.sleep(1)  # the command has reached the reporter, whose question waits for the guard
    world.isp.broker.stop()
    world.router.kill("guard", signal.SIGCONT)
    time.sleep(1)
    world.isp.broker.start()
    world.isp.broker.wait_ready()
    ack = acknowledged(world, "last")
    assert ack["result"] == "done", ack
