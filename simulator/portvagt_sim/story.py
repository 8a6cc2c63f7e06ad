"""The story that the demo tells: a home, two zombies, and what becomes of their spam. Also a measurement."""

import re
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.block_watch import BlockWatch
from portvagt_sim.home.device import Device
from portvagt_sim.internet.sites import PLAIN_SITE
from portvagt_sim.world import World

COUNT = 150
INNOCENT_MAILS = 3
BLOCK_SECONDS = 10.0
EVENT_SECONDS = 15.0
# A mail that had passed the router before the block may still be in the server's hands: for this long at most.
IN_FLIGHT_SECONDS = 0.1
MOST_BEFORE_BLOCK = 8


class Moment(NamedTuple):
    """Something happened in the story: its kind, a sentence for people, and its facts."""

    kind: str
    text: str
    facts: dict[str, Any]


Tell = Callable[[Moment], None]


class Story:
    """Plays in a World whose agent is up; `tell` hears every moment as it comes."""

    def __init__(self, world: World, tell: Tell) -> None:
        self._world = world
        self._tell = tell
        self._innocent_sent = 0
        self._innocent_delivered = 0

    def play(self, runtime: str, router: str) -> dict[str, Any]:
        """From quiet to clean; the object that `demo --once --json` prints."""
        world = self._world
        home = world.home
        self._say("home", f"The home is up: {', '.join(device.name for device in home)}.")
        self._innocents()
        with BlockWatch(world.router) as watch:
            families = {"v4": self._outbreak(watch, home.laptop, 4)}
            page = self._page(home.laptop)
            gates = [self._gate(home.laptop)]
            leaked = self._other_family(home.laptop)
            families["v6"] = self._outbreak(watch, home.pc, 6)
            gates.append(self._gate(home.pc))
        self._innocents()
        result = {"runtime": runtime, "router": router, "family": families, **_worst(families), **page}
        result["other_family_connections_after_block"] = leaked
        result["innocent_mail_delivered"] = self._innocent_delivered
        result["web_led_to_page"] = all(gates)
        result["web_works_for_all"] = self._web()
        result["ok"] = self._is_good(result)
        self._say("end", "The story ends well." if result["ok"] else "Something went wrong.", ok=result["ok"])
        return result

    def _say(self, kind: str, text: str, **facts: Any) -> None:
        self._tell(Moment(kind, text, facts))

    def _innocents(self) -> None:
        """The phone and the NAS send mail as people do: to the ISP's relay, port 587, with a password."""
        for device in (self._world.home.phone, self._world.home.nas):
            done = device.send_mail(INNOCENT_MAILS)
            self._innocent_sent += INNOCENT_MAILS
            self._innocent_delivered += done["sent"]
            self._say("mail", f"{device.name} sent {done['sent']} of {INNOCENT_MAILS} mails through the relay.")

    def _outbreak(self, watch: BlockWatch, device: Device, family: int) -> dict[str, Any]:
        """The device becomes a zombie over one family until it gives up; what left the home before and after."""
        world = self._world
        rate = world.router.zombie_rate
        before = world.internet.connections(family)
        began = time.monotonic()
        self._say("zombie", f"{device.name} turns into a spam zombie: IPv{family}, {rate:g} connections a second.")
        zombie = device.start_zombie(family, rate, COUNT)
        stopped = watch.wait_for(device.mac, began, BLOCK_SECONDS)
        self._say("block", f"The router stopped {device.name}'s mail.", device=device.mac)
        event = world.isp.wait_for(lambda message: message.at >= stopped.at and _is_stop(message), EVENT_SECONDS)
        self._say("event", "The ISP knows.", message=event.json())
        tally = zombie.result()
        self._say("verdict", "", explanation=world.router.call("explain", device=device.mac))
        late = [
            mail
            for mail in world.internet.mails()
            if (":" in mail.server) == (family == 6) and mail.at > stopped.at + IN_FLIGHT_SECONDS
        ]
        left = world.internet.connections(family) - before
        self._say(
            "count",
            f"Of {device.name}'s {tally['attempted']} connections {left} left the home. "
            f"Spam mails that servers took: {tally['delivered']}, after the block: {len(late)}.",
        )
        return {
            "connections_attempted": tally["attempted"],
            "connections_before_block": left,
            "mails_delivered_before_block": tally["delivered"] - len(late),
            "mails_delivered_after_block": len(late),
            "ms_first_connection_to_block": round((stopped.at - tally["first_at"]) * 1000, 1),
            "ms_block_to_event_at_isp": round((event.at - stopped.at) * 1000, 1),
        }

    def _page(self, device: Device) -> dict[str, Any]:
        """The page as the family sees it, in the language of the house."""
        url = self._page_url()
        answer = device.fetch(url, {"Accept-Language": "da, en;q=0.5"})
        language = answer.headers.get("content-language", "")
        self._say("page", f"The family's page is at {url}", status=answer.status, url=url)
        return {"page_status": answer.status, "page_language": language}

    def _page_url(self) -> str:
        return f"http://{LAN_ROUTER.v4}:{self._world.router.portal_port}/"

    def _gate(self, device: Device) -> bool:
        """Whether a stopped device's web leads to the page, where somebody now presses the button."""
        led = device.fetch(f"http://{PLAIN_SITE}/", {"Accept": "text/html"})
        fields = re.findall(r'name="(\w+)" value="(\w+)"', device.fetch(self._page_url()).body)
        body = "&".join(f"{name}={value}" for name, value in fields)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        pressed = device.fetch(self._page_url() + "acknowledge", form, "POST", body)
        self._say("gate", f"{device.name}'s web led to the page; somebody has read it, and the web is open again.")
        leads_to_us = led.headers.get("location", "").endswith(f":{self._world.router.portal_port}/")
        return leads_to_us and pressed.status == 303

    def _other_family(self, device: Device) -> int:
        """A stopped device is stopped over IPv6 too: how many of its connections get out."""
        before = self._world.internet.connections(6)
        device.run_zombie(6, count=20)
        return self._world.internet.connections(6) - before

    def _web(self) -> bool:
        answers = [device.fetch(f"http://{PLAIN_SITE}/").status for device in self._world.home]
        return all(status == 200 for status in answers)

    def _is_good(self, result: dict[str, Any]) -> bool:
        return (
            result["connections_before_block"] <= MOST_BEFORE_BLOCK
            and result["mails_delivered_after_block"] == 0
            and result["other_family_connections_after_block"] == 0
            and result["page_status"] == 200
            and result["page_language"] == "da"
            and result["innocent_mail_delivered"] == self._innocent_sent
            and result["web_led_to_page"]
            and result["web_works_for_all"]
        )


def _is_stop(message: Any) -> bool:
    return bool(message.topic.endswith("/up/event") and message.json()["type"] == "portvagt.device.stopped")


def _worst(families: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """The figures that the story is judged by: the worse of the two families."""
    keys = (
        "connections_before_block",
        "mails_delivered_after_block",
        "ms_first_connection_to_block",
        "ms_block_to_event_at_isp",
    )
    return {key: max(family[key] for family in families.values()) for key in keys}
