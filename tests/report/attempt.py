"""One attempt to connect, and the brokers that no ISP should have."""

import socket
import ssl
import threading
import time

from portvagt.loop import Loop
from portvagt.report import link, paho_link

TOPIC = "v1/cpe/cpe-test/up/state"


class User:
    """Notes what the link tells."""

    def __init__(self):
        self.connected, self.published, self.lost = False, [], []

    def on_connected(self):
        self.connected = True

    def on_published(self, number):
        self.published.append(number)

    def on_lost(self, reason):
        self.lost.append(reason)


class Attempt:
    """One link on a loop of its own."""

    def __init__(self, identities, port, **wrong):
        right = {
            "broker": "localhost",
            "port": port,
            "ca": str(identities.ca),
            "certificate": str(identities.client[0]),
            "key": str(identities.client[1]),
            "client_id": "cpe-test",
            "will_topic": TOPIC,
            "will": b'{"online": false}',
        }
        right.update(wrong)
        self.loop, self.user = Loop(), User()
        self.link = paho_link.PahoLink(self.loop, link.Endpoint(**right), self.user)
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
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._serve = serve
        self.port = self._listener.getsockname()[1]
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        connection, _ = self._listener.accept()
        with connection:
            self._serve(connection)
            self._done.wait(30)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._done.set()
        self._thread.join(10)
        self._listener.close()


def answering(identities, *answers):
    """A TLS server that reads a packet and answers with the next of these bytes, in one TLS record."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*identities.server)

    def serve(connection):
        wrapped = context.wrap_socket(connection, server_side=True)
        for answer in answers:
            wrapped.recv(1000)
            wrapped.send(answer)
        serve.kept = wrapped  # closing it would end the connection

    return OddServer(serve)
