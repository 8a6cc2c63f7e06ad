"""The ISP's orders to a router whose power is cut: what was sent, what was acknowledged, and whether it holds."""

import json
import uuid
from typing import Any, NamedTuple

from portvagt.report.events import utc_text
from portvagt_sim.bench.power_plan import EXEMPT, POLICY, RELEASE
from portvagt_sim.router.router import CPE_ID, Router
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

LIFE_SECONDS = 86_400  # of a command and of an exemption
ANSWER_SECONDS = 60.0
STATES = {EXEMPT: "exempt", RELEASE: "released"}
CLOSED = "closed"  # the policy that is ordered; the world's is another
NONE, PART, ALL = "none", "part", "all"


class Order(NamedTuple):
    """One order: of power_plan.ORDERS, the MAC of the device that it is about, and the document that was sent."""

    name: str
    mac: str
    document: dict[str, Any]


def order(name: str, mac: str, pseudonym: str, now: float) -> Order:
    """A new one; `now` in Unix seconds."""
    head = {"schema": 1, "id": uuid.uuid4().hex}
    if name == POLICY:
        return Order(name, mac, {**head, "policy": CLOSED})
    lasting = {"seconds": LIFE_SECONDS} if name == EXEMPT else {}
    expires = utc_text(now + LIFE_SECONDS)
    return Order(name, mac, {**head, "expires": expires, "command": name, "device": pseudonym, **lasting})


def send(world: World, sent: Order) -> None:
    """Publish it; a policy is not retained here, for the broker must not help the router's memory."""
    leaf = "policy" if sent.name == POLICY else "cmd"
    world.isp.publish(f"v1/cpe/{CPE_ID}/down/{leaf}", json.dumps(sent.document).encode())


def answers(world: World, sent: Order) -> list[dict[str, Any]]:
    """The acknowledgements that the ISP has."""
    found = (message.json() for message in world.isp.messages("/up/ack"))
    return [each for each in found if each["command"] == sent.document["id"]]


def is_done(world: World, sent: Order) -> bool:
    """Whether the ISP heard that it is done."""
    return any(each["result"] == "done" for each in answers(world, sent))


def wait_answer(world: World, sent: Order, known: int = 0) -> dict[str, Any]:
    """The first acknowledgement but for `known` ones. Raises SimulatorError."""
    wait_until(lambda: len(answers(world, sent)) > known, ANSWER_SECONDS, "the order is acknowledged")
    return answers(world, sent)[known]


def take_back(world: World) -> None:
    """The policy is as configured again. Raises SimulatorError."""
    sent = Order(POLICY, "", {"schema": 1, "id": uuid.uuid4().hex})
    send(world, sent)
    wait_answer(world, sent)


def holds(router: Router, sent: Order) -> tuple[bool, str]:
    """Whether guard and kernel follow it, and what they say. Raises OSError, SimulatorError."""
    if sent.name == POLICY:
        policy = router.call("status")["policy"]
        return policy == CLOSED, policy
    state = router.call("explain", device=sent.mac)["state"]
    refused = sent.mac in router.nft("list", "set", "inet", "portvagt", "stopped_mac")
    return state == STATES[sent.name] and not refused, f"{state}, {'refused' if refused else 'open'}"


def on_flash(sent: Order, cases: list[dict[str, Any]], orders: list[dict[str, Any]]) -> str:
    """How much of it the guard's two files have: NONE, PART or ALL."""
    policies = [each["policy"] for each in orders if each.get("policy")]
    known = {each.get("id") for each in [*orders, *policies]}
    changed = sent.name == POLICY or _state(sent.mac, cases) == STATES[sent.name]
    if sent.document["id"] in known:
        return ALL if changed else PART
    return PART if changed and sent.name != POLICY else NONE


def _state(mac: str, cases: list[dict[str, Any]]) -> str | None:
    return next((each["state"] for each in cases if each.get("device") == mac), None)
