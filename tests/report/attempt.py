"""One attempt to connect, and the brokers that no ISP should have."""

import importlib.metadata
import importlib.util
import socket
import ssl
import sys
import threading
import time
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

from portvagt.loop import Loop
from portvagt.report import link, mqtt_link, paho_link, tls_cpython

OLD_PAHO = Path(__file__).parents[2] / ".venv" / "paho-1.6"
TOPIC = "v1/cpe/cpe-test/up/state"


class Kind(NamedTuple):
    """A link, and the modules that know its time limits for TLS and for the broker's answer."""

    link: type
    handshake: ModuleType
    acceptance: ModuleType


def old_paho():
    """Our link as it is on paho-mqtt 1.6.1, which tests have beside the newer one."""
    newer = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "paho"}
    sys.path.insert(0, str(OLD_PAHO))
    try:
        spec = importlib.util.spec_from_file_location("portvagt.report.paho_link", paho_link.__file__)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        assert importlib.metadata.version("paho-mqtt") == "1.6.1"
    finally:
        sys.path.remove(str(OLD_PAHO))
        for name in [name for name in sys.modules if name.split(".")[0] == "paho"]:
            del sys.modules[name]
        sys.modules.update(newer)
    return Kind(module.PahoLink, tls_cpython, module)


PAHO = Kind(paho_link.PahoLink, tls_cpython, paho_link)
PAHO_OLD = old_paho()
OWN = Kind(mqtt_link.MqttLink, mqtt_link, mqtt_link)


class User:
    """Notes what the link tells."""

    def __init__(self):
        self.connected, self.published, self.lost = False, [], []
        self.heard, self.subscribed, self.refused = [], [], []

    def on_connected(self):
        self.connected = True

    def on_published(self, number):
        self.published.append(number)

    def on_refused(self, number, reason):
        self.refused.append((number, reason))

    def on_message(self, topic, payload):
        self.heard.append((topic, payload))

    def on_subscribed(self, granted):
        self.subscribed.append(granted)

    def on_lost(self, reason):
        self.lost.append(reason)


class Attempt:
    """One link on a loop of its own."""

    def __init__(self, kind, identities, port, **wrong):
        right = {
            "broker": "localhost",
            "port": port,
            "ca": str(identities.ca),
            "certificate": str(identities.client[0]),
            "key": str(identities.client[1]),
            "client_id": "cpe-test",
            "will_topic": TOPIC,
            "will": b'{"online": false}',
            "expiry_s": 2700,
        }
        right.update(wrong)
        self.loop, self.user = Loop(), User()
        self.link = kind.link(self.loop, link.Endpoint(**right), self.user)
        self.link.connect()

    def turn_until(self, condition):
        end = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < end, (self.user.connected, self.user.published, self.user.lost)
            self.loop.step(0.1)

    def refusal(self):
        self.turn_until(lambda: self.user.lost)
        assert not self.user.connected
        assert len(self.user.lost) == 1
        return self.user.lost[0]


class OddServer:
    """Takes one connection and does with it what the test says, on a thread."""

    def __init__(self, serve):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self._serve = serve
        self.port = self.listener.getsockname()[1]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        connection, _ = self.listener.accept()
        with connection:
            self._serve(connection)
            self._done.wait(30)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join(10)
        self.listener.close()


def answering(identities, *answers):
    """A TLS server that reads a packet and answers with the next of these bytes, in one TLS record."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = context.wrap_socket(connection, server_side=True)
        for answer in answers:
            read_packet(wrapped)
            wrapped.send(answer)
        serve.kept = wrapped  # closing it would end the connection

    return OddServer(serve)


def hang_up(connection):
    """Say nothing to a ClientHello."""
    connection.recv(10000)
    connection.shutdown(socket.SHUT_RDWR)


def read_packet(wrapped):
    """What one MQTT packet has behind its length, whatever the TLS records are that it comes in."""
    wrapped.recv(1)
    size, shift, byte = 0, 0, 128
    while byte & 128:
        byte = wrapped.recv(1)[0]
        size |= (byte & 127) << shift
        shift += 7
    body = b""
    while len(body) < size:
        body += wrapped.recv(size - len(body))
    return body


def reading_late(identities, seconds, count):
    """A broker that lets `count` publications pile up; `.payloads` has them."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = serve.kept = context.wrap_socket(connection, server_side=True)
        read_packet(wrapped)
        wrapped.send(b"\x20\x02\x00\x00")
        time.sleep(seconds)
        for _ in range(count):
            body = read_packet(wrapped)
            start = 2 + int.from_bytes(body[:2], "big")
            server.payloads.append(body[start + 2 :])
            wrapped.send(b"\x40\x02" + body[start : start + 2])

    server = OddServer(serve)
    server.payloads = []
    # so that little fits into the kernel's buffers; the accepted socket inherits it (socket(7))
    server.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    return server
