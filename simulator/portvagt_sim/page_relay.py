"""The way for a person's own browser to a page inside the sandbox, as the device that the page is for.

    browser ──127.0.0.1──▶ outside half ──Unix socket──▶ inside half ──device's namespace──▶ router's page

The two halves live in different network namespaces and share nothing but the directory of the Unix socket.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

from portvagt_sim.asyncio_servers import AsyncioServers, Serve
from portvagt_sim.namespaces import entered

MAX_CONNECTIONS = 64
CHUNK = 65536
IDLE_SECONDS = 60.0

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Connect = Callable[[], Awaitable[Ends]]


def start_outside(servers: AsyncioServers, unix_socket: Path, port: int = 0) -> int:
    """Carry connections to 127.0.0.1:`port` to the Unix socket; return the port (0: a free one is chosen)."""
    return servers.listen_local(port, _carrier(lambda: asyncio.open_unix_connection(unix_socket)))


def start_inside(servers: AsyncioServers, unix_socket: Path, netns: str, address: str, port: int) -> None:
    """Carry connections to the Unix socket to `address`:`port`, from `netns` (such as home.laptop.netns)."""
    servers.listen_unix(unix_socket, _carrier(lambda: _connect(netns, address, port)))


async def _connect(netns: str, address: str, port: int) -> Ends:
    with entered(netns):
        connection = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
    connection.setblocking(False)
    try:
        await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connection, (address, port)), IDLE_SECONDS)
    except BaseException:
        connection.close()
        raise
    return await asyncio.open_connection(sock=connection)


def _carrier(connect: Connect) -> Serve:
    """A stream callback that joins each connection to a new one; those beyond MAX_CONNECTIONS are closed."""
    open_connections = 0

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal open_connections
        if open_connections >= MAX_CONNECTIONS:
            writer.close()
            return
        open_connections += 1
        try:
            await _join((reader, writer), connect)
        finally:
            open_connections -= 1
            writer.close()

    return carry


async def _join(one: Ends, connect: Connect) -> None:
    try:
        other = await connect()
    except OSError:  # TimeoutError is one
        return
    try:
        await asyncio.gather(_pour(one[0], other[1]), _pour(other[0], one[1]))
    except OSError:
        return
    finally:
        other[1].close()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    """Carry bytes until the source ends, and say so to the sink."""
    while chunk := await asyncio.wait_for(source.read(CHUNK), IDLE_SECONDS):
        sink.write(chunk)
        await sink.drain()
    sink.write_eof()
