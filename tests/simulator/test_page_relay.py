"""The page relay: from 127.0.0.1 here to a page there, as a device of the home."""

import http.client
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from portvagt_sim import page_relay
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.internet.sites import PLAIN_SITE, SITES
from portvagt_sim.world import World


@pytest.fixture
def servers() -> Iterator[AsyncioServers]:
    started = AsyncioServers()
    yield started
    started.stop()


def joined(servers: AsyncioServers, world: World, directory: Path, port: int) -> int:
    path = directory / "page.sock"
    page_relay.start_inside(servers, path, world.home.tv.netns, SITES[PLAIN_SITE].v4, port)
    return page_relay.start_outside(servers, path)


def status(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/", headers={"Host": PLAIN_SITE, "Connection": "close"})
    return connection.getresponse().status


def test_page_is_carried(agentless_world: World, servers: AsyncioServers, tmp_path: Path) -> None:
    port = joined(servers, agentless_world, tmp_path, 80)
    assert [status(port) for _ in range(3)] == [200, 200, 200]


def test_closed_page_closes_the_connection(agentless_world: World, servers: AsyncioServers, tmp_path: Path) -> None:
    port = joined(servers, agentless_world, tmp_path, 81)
    with pytest.raises(OSError):
        status(port)


def test_connections_are_bounded(
    agentless_world: World, servers: AsyncioServers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_relay, "MAX_CONNECTIONS", 2)
    port = joined(servers, agentless_world, tmp_path, 80)
    with ExitStack() as connections:
        for _ in range(2):
            idle = connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
            idle.sendall(b"G")
        third = connections.enter_context(socket.create_connection(("127.0.0.1", port), timeout=5))
        assert third.recv(1) == b""
