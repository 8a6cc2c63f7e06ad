"""A real mosquitto with mutual TLS on loopback, and a subscriber to all that routers publish."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time

import paho.mqtt.client as mqtt
from portpicker import pick_unused_port

CONFIGURATION = """
user root
listener {port} 127.0.0.1
allow_anonymous false
cafile {ca}
certfile {certificate}
keyfile {key}
require_certificate true
use_identity_as_username true
acl_file {access}
persistence true
persistence_location {directory}/
autosave_interval 1
autosave_on_changes true
"""
ACCESS = """
pattern write v1/cpe/%u/up/#
pattern read v1/cpe/%u/down/cmd
pattern read v1/cpe/%u/down/policy
pattern read v1/cpe/%u/down/receipt
user collector
topic read v1/cpe/+/up/#
topic write v1/cpe/+/down/#
"""
PATIENCE_S = 60  # bounds a test that would hang; nothing is measured by it


def wait_until(condition, what):
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"after {PATIENCE_S} s still not: {what}"
        time.sleep(0.02)


class Broker:
    def __init__(self, directory, ca, identity):
        self.port = pick_unused_port()
        self._log = directory / "mosquitto.log"
        self.access, self._configuration = directory / "access", directory / "mosquitto.conf"
        self.access.write_text(ACCESS)
        self.access.chmod(0o600)
        certificate, key = identity
        self._configuration.write_text(
            CONFIGURATION.format(
                port=self.port, ca=ca, certificate=certificate, key=key, access=self.access, directory=directory
            )
        )

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([program, "-c", self._configuration], stdout=log, stderr=log)
        wait_until(self._listens, "the broker listens")

    def log(self):
        return self._log.read_text()

    def stop(self):
        self._process.terminate()
        self._process.wait(10)

    def let(self, access):
        """Other access rules from now on."""
        self.access.write_text(access)
        self._process.send_signal(signal.SIGHUP)

    def _listens(self):
        assert self._process.poll() is None, self._log.read_text()
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Subscriber:
    """Of `_client`, which sets `_subscribed`; `with` connects it."""

    def __enter__(self):
        self._client.connect("localhost", self._port)
        self._client.loop_start()
        assert self._subscribed.wait(PATIENCE_S)
        return self

    def __exit__(self, *_):
        self._client.disconnect()
        self._client.loop_stop()


class Collector(Subscriber):
    """Keeps (topic's last level, document) of each message in `messages`."""

    def __init__(self, broker, identities):
        self.messages = []
        self._subscribed = threading.Event()
        self._port = broker.port
        # paho 2 asks for the interface of its callbacks, paho 1.6 has one; ours fit both
        interface = [mqtt.CallbackAPIVersion.VERSION2] if hasattr(mqtt, "CallbackAPIVersion") else []
        self._client = mqtt.Client(*interface, client_id="collector", clean_session=False)
        self._client.tls_set(str(identities.ca), *map(str, identities.collector))
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe("v1/cpe/+/up/#", qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message

    def _on_message(self, _client, _userdata, message):
        self.messages.append((message.topic.rsplit("/", 1)[1], json.loads(message.payload)))

    def send(self, topic, payload, retain=False):
        """Publish as the ISP does; the broker has it when this returns."""
        sent = self._client.publish(topic, payload, 1, retain)
        wait_until(sent.is_published, "the broker has it")

    def events(self):
        return [document for leaf, document in list(self.messages) if leaf == "event"]

    def states(self):
        return [document for leaf, document in list(self.messages) if leaf == "state"]

    def wait_for_events(self, identities):
        wait_until(lambda: {event["id"] for event in self.events()} >= set(identities), "the events arrive")

    def wait_for_state(self, fits):
        wait_until(lambda: any(fits(state) for state in self.states()), "such a state arrives")


class ReaderOf5(Subscriber):
    """A subscriber of MQTT 5; `properties` of the last message by its topic's last level."""

    def __init__(self, broker, identities):
        self.properties = {}
        self._subscribed = threading.Event()
        self._port = broker.port
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id="reader", protocol=mqtt.MQTTv5)
        self._client.tls_set(str(identities.ca), *map(str, identities.collector))
        self._client.on_connect = lambda client, *_: client.subscribe("v1/cpe/+/up/#", qos=1)
        self._client.on_subscribe = lambda *_: self._subscribed.set()
        self._client.on_message = self._on_message

    def _on_message(self, _client, _userdata, message):
        self.properties[message.topic.rsplit("/", 1)[1]] = message.properties
