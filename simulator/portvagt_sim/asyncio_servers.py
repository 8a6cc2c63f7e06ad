"""The world's asyncio servers: one event loop in one thread, whatever the namespaces of their sockets."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from portvagt_sim.namespaces import listening_socket

T = TypeVar("T")
Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]
STOP_SECONDS = 5.0


class AsyncioServers:
    """An event loop in a daemon thread, and the servers that run on it."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._servers: list[asyncio.Server] = []
        self._thread = threading.Thread(target=self._loop.run_forever, name="asyncio servers", daemon=True)
        self._thread.start()

    def listen(self, netns: str, port: int, protocol: Callable[[], asyncio.Protocol]) -> None:
        """Serve `protocol` on a TCP port of `netns`, on every IPv4 and IPv6 address."""
        listener = listening_socket(netns, port)

        async def create() -> asyncio.Server:
            return await asyncio.get_running_loop().create_server(protocol, sock=listener)

        self._servers.append(self._call(create()))

    def listen_unix(self, path: Path, serve: Serve) -> None:
        """Serve a Unix socket with a stream callback."""
        self._servers.append(self._call(asyncio.start_unix_server(serve, path)))

    def listen_local(self, port: int, serve: Serve) -> int:
        """Serve 127.0.0.1:`port` (0: a free one) where we are with a stream callback; return the port."""
        server = self._call(asyncio.start_server(serve, "127.0.0.1", port))
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    def stop(self) -> None:
        """Close the servers, cancel what still runs and end the thread."""
        self._call(self._wind_up())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_SECONDS)
        self._loop.close()

    def _call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(STOP_SECONDS)

    async def _wind_up(self) -> None:
        for server in self._servers:
            server.close()
        await asyncio.sleep(0)  # for connections that were accepted just now, and have no task yet
        while tasks := asyncio.all_tasks() - {asyncio.current_task()}:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
