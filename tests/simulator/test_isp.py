"""The ISP: who may connect to the broker, who may say what, and what the collector keeps."""

import socket
import sqlite3
import ssl
import uuid
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from queue import Queue

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from portvagt_sim.addresses import BROKER, BROKER_PORT
from portvagt_sim.certificates import Authority, Identity
from portvagt_sim.errors import SimulatorError
from portvagt_sim.isp.service import NAME, Service
from portvagt_sim.namespaces import entered
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

SECONDS = 10.0


@pytest.fixture(scope="module")
def router_identity(agentless_world: World) -> Identity:
    return agentless_world.isp.authority.issue(f"cpe-test-{uuid.uuid4().hex[:8]}")


@pytest.fixture
def client(agentless_world: World, router_identity: Identity) -> Iterator[mqtt.Client]:
    """A router's MQTT client, connected."""
    client = mqtt.Client(CallbackAPIVersion.VERSION2)
    client.tls_set(
        str(agentless_world.isp.authority.certificate),
        str(router_identity.certificate),
        str(router_identity.key),
    )
    connected: Queue[bool] = Queue()
    client.on_connect = lambda _client, _data, _flags, reason, _properties: connected.put(not reason.is_failure)
    with entered(agentless_world.isp.netns):
        client.connect(BROKER.v4, BROKER_PORT)
    client.loop_start()
    assert connected.get(timeout=SECONDS)
    yield client
    client.disconnect()
    client.loop_stop()


def handshake(world: World, identity: Identity | None, family: int = 4) -> bytes:
    """Connect to the broker with TLS 1.2 (1.3 tells of a refusal only later) and send an MQTT CONNECT."""
    context = ssl.create_default_context(cafile=str(world.isp.authority.certificate))
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    if identity:
        context.load_cert_chain(identity.certificate, identity.key)
    with entered(world.isp.netns):
        connection = socket.create_connection((BROKER.of(family), BROKER_PORT), timeout=SECONDS)
    with connection, context.wrap_socket(connection, server_hostname="mqtt.isp.example") as secured:
        secured.sendall(bytes.fromhex("100c00044d5154540402003c0000"))  # MQTT 3.1.1, 3.1: clean, 60 s, no id
        return secured.recv(4)


@pytest.mark.parametrize("family", [4, 6])
def test_broker_accepts_a_router(agentless_world: World, router_identity: Identity, family: int) -> None:
    assert handshake(agentless_world, router_identity, family) == bytes.fromhex("20020000")


def test_broker_refuses_a_client_without_certificate(agentless_world: World) -> None:
    with pytest.raises(ssl.SSLError, match=r"HANDSHAKE_FAILURE|handshake failure"):
        handshake(agentless_world, None)


def test_broker_refuses_another_authority(agentless_world: World, tmp_path: Path) -> None:
    stranger = Authority(tmp_path, "other").issue("cpe-0001")
    with pytest.raises((ssl.SSLError, ConnectionResetError), match=r"UNKNOWN_CA|unknown ca|reset"):
        handshake(agentless_world, stranger)


def test_collector_keeps_what_a_router_says(
    agentless_world: World, client: mqtt.Client, router_identity: Identity
) -> None:
    topic = f"v1/cpe/{router_identity.key.stem}/up/event"
    client.publish(topic, '{"said": 1}', qos=1)
    message = agentless_world.isp.wait_for(lambda message: message.topic == topic, SECONDS)
    assert message.json() == {"said": 1}
    assert message in agentless_world.isp.messages("event")
    assert message not in agentless_world.isp.messages("state")


def test_router_speaks_under_its_own_name_only(
    agentless_world: World, client: mqtt.Client, router_identity: Identity
) -> None:
    own = f"v1/cpe/{router_identity.key.stem}/up/state"
    client.publish("v1/cpe/cpe-0001/up/forged", "{}", qos=1).wait_for_publish(SECONDS)
    client.publish(own, "{}", qos=1)
    # one session, one order: what comes before has been decided when this one arrives
    agentless_world.isp.wait_for(lambda message: message.topic == own, SECONDS)
    assert agentless_world.isp.messages("forged") == []


def test_messages_outlive_a_crash_of_the_broker(
    agentless_world: World, client: mqtt.Client, router_identity: Identity
) -> None:
    agentless_world.isp.broker.restart()
    topic = f"v1/cpe/{router_identity.key.stem}/up/after"
    with entered(agentless_world.isp.netns):
        client.loop_stop()
        client.reconnect()
    client.loop_start()
    client.publish(topic, "{}", qos=1)
    assert agentless_world.isp.wait_for(lambda message: message.topic == topic, SECONDS).payload == b"{}"


def test_waiting_for_a_message_that_never_comes(agentless_world: World) -> None:
    with pytest.raises(SimulatorError, match="none that fits"):
        agentless_world.isp.wait_for(lambda message: message.topic == "v1/cpe/nobody/up/event", 0.1)


def test_the_real_collector_runs_beside_the_recorder(
    agentless_world: World, client: mqtt.Client, router_identity: Identity, tmp_path: Path
) -> None:
    isp = agentless_world.isp
    service = Service(isp.netns, tmp_path, isp.authority.certificate, isp.authority.issue(NAME))
    service.start()
    try:
        service.wait_ready()
        topic = f"v1/cpe/{router_identity.certificate.stem}/up/event"
        client.publish(topic, b"rubbish", qos=1)
        with closing(sqlite3.connect(service.database)) as store:
            query = "SELECT payload FROM quarantine WHERE topic = ?"
            wait_until(lambda: store.execute(query, (topic,)).fetchall() == [(b"rubbish",)], SECONDS, "it is stored")
        isp.wait_for(lambda message: message.topic == topic, SECONDS)
    finally:
        service.stop()
