"""A real mosquitto with the ISP's own configuration and access rules on loopback, real collectors, routers of paho."""

import contextlib
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import threading

import paho.mqtt.client as mqtt
from portpicker import pick_unused_port
from tests.isp.samples import topic
from tests.report.broker import PATIENCE_S, wait_until

from portvagt_isp import store
from portvagt_sim.isp.broker import ACCESS, CONFIGURATION


class Broker:
    def __init__(self, directory, authority):
        self.directory, self.authority = directory, authority
        self.port = pick_unused_port()
        self._log = directory / "mosquitto.log"
        access, self._configuration = directory / "access", directory / "mosquitto.conf"
        access.write_text(ACCESS)
        access.chmod(0o600)
        server = authority.issue("localhost", "localhost")
        text = CONFIGURATION.format(
            port=f"{self.port} 127.0.0.1",
            authority=authority.certificate,
            certificate=server.certificate,
            key=server.key,
            access=access,
            directory=directory,
        )
        self._configuration.write_text(text)

    def start(self):
        program = shutil.which("mosquitto", path=os.environ["PATH"] + ":/usr/sbin")
        with self._log.open("ab") as log:
            self._process = subprocess.Popen([program, "-c", self._configuration], stdout=log, stderr=log)
        wait_until(self._listens, "the broker listens")

    def stop(self):
        self._process.terminate()
        self._process.wait(10)

    def _listens(self):
        assert self._process.poll() is None, self._log.read_text()
        with socket.socket() as sock:
            return sock.connect_ex(("127.0.0.1", self.port)) == 0

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class OldBroker:
    """Stands in for a broker without MQTT 5: refuses its CONNECT, and hands 3.1.1 on to the ISP's broker."""

    def __init__(self, isp):
        authority = isp.broker.authority
        self._server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=authority.certificate)
        self._server.load_cert_chain(*authority.issue("localhost", "localhost"))
        self._client = ssl.create_default_context(cafile=authority.certificate)
        self._client.load_cert_chain(*authority.issue("collector"))
        self._to = "localhost", isp.broker.port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                accepted, _ = self._listener.accept()
                connection = self._server.wrap_socket(accepted, server_side=True)
                first = connection.recv(4096)
                if first[first.index(b"MQTT") + 4] == 5:
                    connection.sendall(b"\x20\x02\x00\x01")  # CONNACK, unacceptable protocol version (3.1.1, 3.2.2.3)
                    connection.close()
                else:
                    self._hand_on(connection, first)

    def _hand_on(self, connection, first):
        onwards = self._client.wrap_socket(socket.create_connection(self._to), server_hostname="localhost")
        onwards.sendall(first)
        for ends in ((connection, onwards), (onwards, connection)):
            threading.Thread(target=_pipe, args=ends, daemon=True).start()

    def __enter__(self):
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._listener.close()


def _pipe(source, sink):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


class Isp:
    """Broker, one store, and the collectors and routers that a test starts; all end with it."""

    def __init__(self, directory, broker):
        self.directory, self.broker = directory, broker
        self.database = directory / "isp.db"
        self.connection = store.connect(self.database)
        self._running = []

    def configuration(self, name="collector", **changes):
        identity = self.broker.authority.issue(name)
        options = {
            "broker": "localhost",
            "port": self.broker.port,
            "ca": str(self.broker.authority.certificate),
            "certificate": str(identity.certificate),
            "key": str(identity.key),
            "database": str(self.database),
            "name": name,
        }
        path = self.directory / f"{name}.toml"
        path.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in (options | changes).items()))
        return path

    def collector(self, name="collector", says="listening", **changes):
        return self._entered(Collector(self.configuration(name, **changes), says))

    def router(self, name="cpe-1"):
        return self._entered(Router(name, self.broker))

    def rows(self, query, *values):
        return [tuple(row) for row in self.connection.execute(query, values)]

    def count(self, table="events"):
        return self.rows(f"SELECT count(*) FROM {table}")[0][0]

    def cli(self, *words):
        argv = [sys.executable, "-m", "portvagt_isp", words[0], "--config", self.configuration(), *words[1:]]
        return subprocess.run(argv, capture_output=True, text=True, timeout=PATIENCE_S)

    def _entered(self, part):
        part.start()
        self._running.append(part)
        return part

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for part in self._running:
            part.stop()
        self.connection.close()


class Collector:
    def __init__(self, configuration, says):
        self._says = says
        self._argv = [sys.executable, "-m", "portvagt_isp", "collect", "--config", configuration]
        self._log = configuration.with_suffix(".log")

    def start(self):
        before = self.log().count(self._says)
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(self._argv, stderr=log)
        wait_until(lambda: self.log().count(self._says) > before or self.process.poll() is not None, self._says)
        assert self.process.poll() is None, self.log()

    def log(self):
        return self._log.read_text() if self._log.exists() else ""

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE_S)


class Router:
    """A router's MQTT client; `heard` has (topic, payload) of what it was told."""

    def __init__(self, name, broker):
        self.name, self.heard, self.answers = name, [], True
        self._port = broker.port
        identity = broker.authority.issue(name)
        self._client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2, client_id=name)
        self._client.tls_set(str(broker.authority.certificate), str(identity.certificate), str(identity.key))
        self._client.reconnect_delay_set(1, 1)
        self._client.on_connect = lambda client, *_: client.subscribe(
            [(f"v1/cpe/{name}/down/{leaf}", 1) for leaf in ("cmd", "policy", "receipt")]
        )
        self._client.on_message = lambda _client, _data, message: self.heard.append((message.topic, message.payload))
        self._subscribed = threading.Event()
        self._client.on_subscribe = lambda *_: self._subscribed.set()

    def start(self):
        self._client.connect("localhost", self._port)
        self._client.loop_start()
        assert self._subscribed.wait(PATIENCE_S)

    def publish(self, kind, payload, retain=False):
        return self._client.publish(topic(kind, self.name), payload, qos=1, retain=retain)

    def stop(self):
        self._client.disconnect()
        self._client.loop_stop()
