"""A device that asks for pages over the home's network and looks at the clock, and one that dawdles."""

import socket
import statistics
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import entered

SECONDS = 10.0
# what a Chromium sends, so that nobody has less to read than in life
HEAD = (
    "GET {} HTTP/1.1\r\nHost: {}:{}\r\nConnection: keep-alive\r\nUpgrade-Insecure-Requests: 1\r\n"
    "User-Agent: Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0 "
    "Safari/537.36\r\nAccept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8\r\n"
    "Accept-Encoding: {}\r\nAccept-Language: {}\r\n\r\n"
)
DRIP_SECONDS = 1.0


class Site(NamedTuple):
    """Where pages are, and the network namespace of the device that asks for them."""

    netns: str
    host: str
    port: int


class Answer(NamedTuple):
    """All bytes of a response; s from before the connection until its first and its last one."""

    data: bytes
    first: float
    whole: float


class Times(NamedTuple):
    """Milliseconds, median and 95th percentile, until the first byte and the whole page."""

    first: float
    first_95: float
    whole: float
    whole_95: float


def get(site: Site, path: str = "/", coding: str = "gzip, deflate", language: str = "da") -> Answer:
    """One page. Raises SimulatorError when it is none."""
    began = time.monotonic()
    with entered(site.netns):
        sock = socket.create_connection((site.host, site.port), SECONDS)
    with sock:
        sock.sendall(HEAD.format(path, site.host, site.port, coding, language).encode())
        data = sock.recv(65536)
        first = time.monotonic() - began
        data += b"".join(_rest(sock, data))
    if not data.startswith(b"HTTP/1.1 200 "):
        raise SimulatorError(f"port {site.port}: {path}: {data[:100]!r}")
    return Answer(data, first, time.monotonic() - began)


def _rest(sock: socket.socket, data: bytes) -> Iterator[bytes]:
    """To the end of the body that Content-Length tells: nginx leaves the connection open."""
    head, _, body = data.partition(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:])
    left = int(fields[b"content-length"]) - len(body)
    while left > 0:
        chunk = sock.recv(65536)
        if not chunk:
            raise SimulatorError(f"{left} bytes of a page are missing")
        left -= len(chunk)
        yield chunk


def times(site: Site, path: str, count: int, at_once: int = 1) -> Times:
    """Of `count` requests, by `at_once` clients that ask as soon as they have an answer."""
    with ThreadPoolExecutor(at_once) as clients:
        answers = list(clients.map(lambda _: get(site, path), range(count)))
    first = [answer.first * 1000 for answer in answers]
    whole = [answer.whole * 1000 for answer in answers]
    return Times(statistics.median(first), _95th(first), statistics.median(whole), _95th(whole))


def _95th(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


@contextmanager
def dawdlers(site: Site, addresses: list[str], each: int) -> Iterator[None]:
    """`each` connections from each of the device's addresses that send a byte a second; who is cut off comes again."""
    over = threading.Event()
    thread = threading.Thread(target=_dawdle, args=(site, addresses * each, over))
    thread.start()
    time.sleep(2 * DRIP_SECONDS)  # all are there
    try:
        yield
    finally:
        over.set()
        thread.join()


def _dawdle(site: Site, addresses: list[str], over: threading.Event) -> None:
    head = HEAD.format("/", site.host, site.port, "gzip", "da").encode()
    clients: list[tuple[socket.socket, int] | None] = [None] * len(addresses)
    while not over.is_set():
        for number, address in enumerate(addresses):
            clients[number] = _drip(clients[number] or (_open(site, address), 0), head)
        over.wait(DRIP_SECONDS)
    for client in clients:
        if client:
            client[0].close()


def _open(site: Site, address: str) -> socket.socket:
    with entered(site.netns):
        return socket.create_connection((site.host, site.port), SECONDS, (address, 0))


def _drip(client: tuple[socket.socket, int], head: bytes) -> tuple[socket.socket, int] | None:
    """Send one more byte; None when the server has had enough."""
    sock, sent = client
    sock.setblocking(False)
    try:
        sock.send(head[sent : sent + 1])
        sock.recv(4096)  # a refusal, or the end
    except BlockingIOError:
        return sock, sent + 1
    except ConnectionError:
        pass
    sock.close()
    return None
