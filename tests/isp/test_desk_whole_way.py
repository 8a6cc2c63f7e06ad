"""Desk, collector, a real broker and a router's client: from the event to the answer of what was ordered about it."""

import json
import time

from tests.isp import desk_story
from tests.isp.parts import wait_until

CASE = {"incident": "1a" * 16, "device": "2b" * 16}
PAGE = f"/case/{CASE['incident']}"


def stopped(now):
    facts = desk_story.evidence(desk_story.random.Random(4))
    event = desk_story.document("cpe-1", "stopped", evidence=facts, **CASE)
    event |= {"id": "ab" * 16 + "-1", "time": desk_story.utc(now).replace("Z", ".000Z")}
    return json.dumps(event)


def test_a_release_goes_to_the_router_and_its_answer_to_the_desk(isp, actor):
    from django.conf import settings
    from django.test import override_settings

    isp.collector()
    router = isp.router()
    with override_settings(DESK=settings.DESK._replace(database=isp.database)):
        router.publish("event", stopped(time.time()))
        wait_until(lambda: actor.get(PAGE).status_code == 200, "the case is on the desk")
        actor.post(f"/order/release/{CASE['incident']}", {"id": "cd" * 16})
        wait_until(lambda: router.heard, "the router has the command")
        topic, payload = router.heard[0]
        assert topic == "v1/cpe/cpe-1/down/cmd"
        assert json.loads(payload)["device"] == CASE["device"]
        wait_until(lambda: "has not answered yet" in actor.get(PAGE).text, "the desk knows that it was sent")
        ack = {"schema": 1, "id": "ack-" + "ef" * 16, "command": "cd" * 16, "result": "done", "state": "released"}
        router.publish("ack", json.dumps(ack))
        wait_until(lambda: "the device is released now" in actor.get(PAGE).text, "the desk shows the answer")
    assert isp.count("quarantine") == 0


def test_a_policy_is_retained_at_the_broker(isp, actor):
    from django.conf import settings
    from django.test import override_settings

    isp.collector()
    router = isp.router()
    with override_settings(DESK=settings.DESK._replace(database=isp.database)):
        router.publish("event", stopped(time.time()))
        wait_until(lambda: actor.get(PAGE).status_code == 200, "the router is known")
        actor.post("/policy/cpe-1", {"policy": "closed", "relays": "192.0.2.25", "sure": "yes"})
        wait_until(lambda: router.heard, "the router has the policy")
    topic, payload = router.heard[0]
    assert topic == "v1/cpe/cpe-1/down/policy"
    assert (json.loads(payload)["policy"], json.loads(payload)["relay"]) == ("closed", ["192.0.2.25"])
