"""What happens in more than one story."""

import re
import sys
import time
from contextlib import contextmanager

from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.block_watch import BlockWatch
from portvagt_sim.program import Program
from portvagt_sim.story import IN_FLIGHT_SECONDS
from portvagt_sim.waiting import wait_until

EVENT_SECONDS = 15.0
STOP_SECONDS = 10.0


def outbreak(world, device, family, count=60, **options):
    """The device runs as a zombie to its end; what the kernel, the zombie and the mail servers counted."""
    before = world.internet.connections(family)
    began = time.monotonic()
    with BlockWatch(world.router) as watch:
        zombie = device.start_zombie(family=family, count=count, rate=world.router.zombie_rate, **options)
        stopped = watch.wait_for(device.mac, began, STOP_SECONDS)
        tally = zombie.result()
    late = [mail for mail in world.internet.mails() if mail.at > stopped.at + IN_FLIGHT_SECONDS]
    return {
        "stopped_at": stopped.at,
        "attempted": tally["attempted"],
        "left_the_home": world.internet.connections(family) - before,
        "mails_after_block": len(late),
    }


def event(world, kind, after=0.0):
    """The first event of that kind that the ISP got after a time."""
    name = f"portvagt.device.{kind}"
    return world.isp.wait_for(
        lambda message: message.at >= after and message.topic.endswith("/up/event") and message.json()["type"] == name,
        EVENT_SECONDS,
    )


def events(world, kind):
    """All events of that kind so far, without the broker's repetitions."""
    documents = [message.json() for message in world.isp.messages("/up/event")]
    return [document for document in documents if document["type"] == f"portvagt.device.{kind}"]


def state(world, device):
    """What the guard says of a device."""
    known = {each["device"]: each["state"] for each in world.router.call("status")["devices"]}
    return known.get(device.mac, "clear")


def escapes(world, device, family=4, count=10):
    """How many of a device's mail connections reach the internet now."""
    before = world.internet.connections(family)
    device.run_zombie(family=family, count=count)
    return world.internet.connections(family) - before


def wait_online(world):
    """Until the reporter has a connection to the broker."""
    wait_until(lambda: world.isp.messages("/up/state"), EVENT_SECONDS, "the router is online")


# talks to a mail server until the router cuts the connection
HOLDER = """
import socket, sys, time
talk = socket.create_connection((sys.argv[1], 25), timeout=5)
print("open", flush=True)
try:
    while talk.recv(4096):
        time.sleep(0.05)
        talk.sendall(b"NOOP\\r\\n")
except ConnectionError:
    print("reset", flush=True)
"""


@contextmanager
def holding(device, address, directory):
    """A mail connection of a device that stays open, as a Program; its log says "open", at the end "reset"."""
    talk = Program("holder", device.netns, [sys.executable, "-c", HOLDER, address], directory / "holder.log")
    try:
        wait_until(lambda: "open" in talk.log(), 5, "the connection is open")
        yield talk
    finally:
        talk.stop()


def flows(world, device, address):
    """The router's conntrack entries of a device to an address; not every OpenWrt has conntrack(8)."""
    lines = world.router.run("cat", "/proc/net/nf_conntrack").splitlines()
    return [line for line in lines if f" src={device.address(4)} dst={address} " in line]


def reconfigure(world, old, new):
    """Change the text of the agent's configuration; who runs has read the old one."""
    router = world.router
    text = router.read(router.configuration)
    assert old in text
    router.write(router.configuration, text.replace(old, new))


def page_url(world):
    """Where the page is."""
    return f"http://{LAN_ROUTER.v4}:{world.router.portal_port}/"


def page(world, device, language="da", family=4, path=""):
    """A page as a device sees it."""
    host = LAN_ROUTER.v4 if family == 4 else f"[{LAN_ROUTER.v6}]"
    return device.fetch(f"http://{host}:{world.router.portal_port}/{path}", {"Accept-Language": language})


def button(world, device, path=""):
    """Press what a page offers."""
    shown = page(world, device, path=path).body
    fields = re.findall(r'name="(\w+)" value="(\w+)"', shown)
    body = "&".join(f"{name}={value}" for name, value in fields)
    url = page_url(world) + re.search(r'action="/([\w-]+)"', shown)[1]
    return device.fetch(url, {"Content-Type": "application/x-www-form-urlencoded"}, "POST", body)
