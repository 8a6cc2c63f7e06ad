"""Runs on MicroPython: one attempt of the link, as the JSON on stdin says; prints a JSON object a line.

{"connected": true} when the broker has accepted us, {"subscribed": granted} and {"topic": …, "bytes": n or null} for
each message where the plan has "subscribe", then {"published": n, "lost": [reason, …], "piled": …} at the end; piled:
whether the socket was ever full.
"""

import json
import socket
import sys

from portvagt import runtime
from portvagt.loop import Loop
from portvagt.report import link, mqtt_link

IN_FLIGHT = 20
PATIENCE_S = 30
SO_SNDBUF = 0x1001 if socket.SOL_SOCKET == 0xFFFF else 7  # arch/mips/include/uapi/asm/socket.h


class Run:
    """`plan`: endpoint, messages to publish, size of each, time limits, what to do then: "close" or "wait"."""

    def __init__(self, plan):
        endpoint = plan["endpoint"]
        endpoint["will"] = endpoint["will"].encode()
        mqtt_link.HANDSHAKE_S = plan.get("handshake_s", mqtt_link.HANDSHAKE_S)
        mqtt_link.ACCEPTANCE_S = plan.get("acceptance_s", mqtt_link.ACCEPTANCE_S)
        if "narrow" in plan:
            self.narrow(plan["narrow"])
        self.plan = plan
        self.piled = False
        self.published = 0
        self.sent = 0
        self.lost = []
        self.loop = Loop()
        self.link = mqtt_link.MqttLink(self.loop, link.Endpoint(**endpoint), self)

    def narrow(self, size):
        """A small buffer of the kernel, in bytes, so that the link has to wait for it."""
        original = mqtt_link.tls.Stream

        def stream(sock, *rest):
            sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUF, size)
            return original(sock, *rest)

        mqtt_link.tls.Stream = stream

    def on_connected(self):
        say({"connected": True})
        if "subscribe" in self.plan:
            self.link.subscribe(self.plan["subscribe"])
        self.pump()

    def on_published(self, number):
        self.published += 1
        self.pump()

    def on_message(self, topic, payload):
        say({"topic": topic, "bytes": None if payload is None else len(payload)})

    def on_subscribed(self, granted):
        say({"subscribed": granted})

    def on_lost(self, reason):
        self.lost.append(reason)

    def pump(self):
        size = self.plan.get("size", 2)
        while self.sent < self.plan.get("messages", 0) and self.sent - self.published < IN_FLIGHT:
            payload = json.dumps({"n": self.sent, "filling": "x" * size}).encode()
            if self.link.publish(self.plan["endpoint"]["will_topic"], payload, False) is None:
                return
            self.sent += 1
            self.piled = self.piled or len(self.link._client.to_send()) > 0

    def done(self):
        if self.lost:
            return True
        return self.plan["then"] != "wait" and 0 < self.plan.get("messages", 0) == self.published

    def run(self):
        self.link.connect()
        end = runtime.monotonic() + PATIENCE_S
        while not self.done() and runtime.monotonic() < end:
            self.loop.step(0.1)
        if self.plan["then"] == "close":
            self.link.close()
        say({"published": self.published, "lost": self.lost, "piled": self.piled})


def say(document):
    sys.stdout.write(json.dumps(document) + "\n")


Run(json.loads(sys.stdin.readline())).run()
