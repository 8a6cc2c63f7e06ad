"""A publisher whose link only notes what it is asked to do, with an outbox on disk and a clock that the test moves."""

import json

from tests.report.noting_link import NotingLink

from portvagt.loop import Loop
from portvagt.report import link, publisher
from portvagt.report.outbox import Outbox

ENDPOINT = link.Endpoint("broker", 8883, "ca", "crt", "key", "cpe", "up/state", b"gone", 2700)
DOWN = ("down/cmd", "down/policy")


class NotedPublisher:
    """`told`: what the publisher told its user; `link`: the newest one."""

    def __init__(self, directory, clock, endpoint=ENDPOINT, **options):
        NotingLink.made = []
        self.clock, self.loop, self.outbox = clock, Loop(), Outbox(str(directory / "outbox"))
        self.told = []
        self.publisher = publisher.Publisher(
            self.loop,
            endpoint,
            NotingLink,
            self.outbox,
            lambda _: "up/event",
            lambda: self.told.append("online"),
            self.told.append,
            down_topics=DOWN,
            on_message=lambda *message: self.told.append(message),
            **options,
        )

    @property
    def link(self):
        return NotingLink.made[-1]

    def fill(self, count):
        """Put the events e-0, e-1, … into the outbox."""
        for number in range(count):
            self.outbox.add({"id": f"e-{number}"})

    def go_online(self, count=0):
        """Connect, with so many events in the outbox."""
        self.fill(count)
        self.publisher.connect()
        self.link.user.on_connected()

    def pass_time(self, seconds):
        self.clock.now += seconds
        self.loop.step(0)

    def pass_slowly(self, seconds, step=5):
        for _ in range(0, seconds, step):
            self.pass_time(step)

    def sent(self):
        """Of the newest link, the events in order."""
        return [json.loads(payload)["id"] for topic, payload, retain in self.link.published if topic == "up/event"]
