"""What the page costs: its weight, how soon it is there, and what the portal takes for it."""

import argparse
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from portvagt.warn.language import LANGUAGES
from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.bench import by_runtime, page_client, paint, process, static_servers
from portvagt_sim.bench.lab import source
from portvagt_sim.bench.page_client import Site
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import ip_batch, listens
from portvagt_sim.program import Program
from portvagt_sim.router import agent
from portvagt_sim.runtimes import runtime
from portvagt_sim.world import World

AT_ONCE = 8
SLOW_ADDRESSES, SLOW_EACH = 8, 8
TITLE = "What the page costs"
ABOUT = f"""
A stopped laptop asks for its page over the simulated home's network, each time on a new connection, with the header of
a Chromium. "plain" and "gzip" are all bytes of the answer, header included, in the language that makes it heaviest; the
limit of the first load is 14,336, in one request. "first byte" and "whole page" are milliseconds from before the
connection, median and 95th percentile of the requests; "{AT_ONCE} at once": by as many clients. "slow": meanwhile
another device has {SLOW_ADDRESSES * SLOW_EACH} connections, from {SLOW_ADDRESSES} addresses, sends a byte a second on
each and comes again when it is cut off. "CPU" is the server's, milliseconds a request, of the portal and the guard
together. "paint": until a headless Chromium shows the first content, its processor slowed down {paint.SLOWER} times.
RSS and PSS are KiB, of the portal alone, idle and with the slow connections.

The floor: nginx (one process) and busybox httpd with the laptop's page as a file, and its gzip beside it. uhttpd,
OpenWrt's own server, is not in Debian; busybox httpd is the nearest to it; it starts a process a request, which is not
in its CPU. "times nginx" compares the whole page's median with nginx's under the same load, in the same run.
"""
COLUMNS = {
    "server": "server",
    "what": "page",
    "plain": "plain",
    "gzip": "gzip",
    "first": "first byte",
    "first_95": "95th",
    "whole": "whole page",
    "whole_95": "95th",
    "times_nginx": "times nginx",
    "cpu_ms": "CPU",
    "paint": "paint",
    "rss": "RSS",
    "pss": "PSS",
}
EIGHT = f"{AT_ONCE} at once"
# path: whose it is; the laptop is stopped, the television healthy
OTHER_PAGES = {
    "healthy": ("tv", "/"),
    "mail server": ("laptop", "/mail-server"),
    "not mine": ("laptop", "/not-mine"),
    "prevention": ("laptop", "/prevention"),
    "mail": ("laptop", "/mail"),
}
STATIC_PORT = 8090
READY_SECONDS = 20.0
IDLE_SECONDS = 2.0


class Server(NamedTuple):
    """Who answers: its name, its port, its own process, and all whose processor time a page takes."""

    name: str
    port: int
    program: Program
    workers: list[Program]


prepare = by_runtime.prepare


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the benchmark."""
    by_runtime.add_argument(parser)
    parser.add_argument("--requests", type=int, default=200, help="for each row (200)")
    parser.add_argument("--paints", type=int, default=11, help="loads in Chromium, 0 for none (11)")


def measure(args: argparse.Namespace, progress: Callable[[int, int, str], None]) -> list[dict[str, Any]]:
    """Rows of each server: the laptop's page under each load; of the portal the other pages too."""
    names = [*static_servers.SERVERS, *by_runtime.names(args)]
    rows: list[dict[str, Any]] = []
    with World(agent=False) as world:
        page = _stop_laptop(world)
        addresses = _more_addresses(world)
        for number, name in enumerate(names):
            progress(number, len(names), name)
            with _started(world, name, page) as server:
                rows += _of_server(world, server, addresses, args)
    return [_with_ratio(row, rows) for row in rows]


def _stop_laptop(world: World) -> tuple[bytes, bytes]:
    """Make the case that every guard takes up again; the laptop's page, plain and gzipped."""
    world.router.start_agent()
    world.router.wait_ready()
    done = world.router.cli("stop", "laptop")
    if done.returncode:
        raise SimulatorError(f"portvagt stop: {done.stderr.strip()}")
    site = _site(world, "laptop", world.router.portal_port)
    plain, coded = (page_client.get(site, coding=coding).data.split(b"\r\n\r\n", 1)[1] for coding in ("", "gzip"))
    world.router.stop_agent()
    return plain, coded


def _more_addresses(world: World) -> list[str]:
    """Addresses of another device, one for each that the portal would take for a device of its own."""
    addresses = [source(number) for number in range(SLOW_ADDRESSES)]
    ip_batch([f"addr add {address}/24 dev eth0" for address in addresses], world.home.pc.netns)
    return addresses


def _site(world: World, device: str, port: int) -> Site:
    return Site(world.home[device].netns, LAN_ROUTER.v4, port)


@contextmanager
def _started(world: World, name: str, page: tuple[bytes, bytes]) -> Iterator[Server]:
    """A server of that name, alone."""
    if name in static_servers.SERVERS:
        directory = world.workdir / name.replace(" ", "-")
        with static_servers.serving(name, world.router.netns, directory, *page, STATIC_PORT) as program:
            yield Server(name, STATIC_PORT, program, [program])
    else:
        with _portal(world, name) as programs:
            yield Server(name, world.router.portal_port, programs[-1], programs)


@contextmanager
def _portal(world: World, name: str) -> Iterator[list[Program]]:
    """Guard and portal on a runtime."""
    router, started = world.router, list[Program]()
    try:
        for role in ("guard", "portal"):
            log = world.workdir / f"{name}-{role}.log"
            started.append(agent.start(role, router.netns, runtime(name), router.configuration, log))
        started[0].wait_until(lambda: "the guard watches" in started[0].log(), READY_SECONDS, "it watches")
        started[1].wait_until(lambda: listens(router.netns, router.portal_port), READY_SECONDS, "it listens")
        yield started
    finally:
        for program in started:
            program.stop()


def _of_server(world: World, server: Server, addresses: list[str], args: argparse.Namespace) -> list[dict[str, Any]]:
    laptop = _site(world, "laptop", server.port)
    slow = _site(world, "pc", server.port)
    page_client.get(laptop)
    time.sleep(IDLE_SECONDS)
    memory = _memory(server)
    rows = [
        {**_row(server, laptop, "/", "alone", args.requests), **memory},
        _row(server, laptop, "/", EIGHT, args.requests, AT_ONCE),
    ]
    with page_client.dawdlers(slow, addresses, SLOW_EACH):
        rows.append({**_row(server, laptop, "/", "slow", args.requests), **_memory(server)})
    if server.name not in static_servers.SERVERS:
        rows += [
            _row(server, _site(world, device, server.port), path, "alone", args.requests, what=what)
            for what, (device, path) in OTHER_PAGES.items()
        ]
    if args.paints:
        rows[0] |= _painted(laptop, args.paints)
    return rows


def _row(
    server: Server, site: Site, path: str, load: str, count: int, at_once: int = 1, what: str = ""
) -> dict[str, Any]:
    before = _cpu_seconds(server)
    times = page_client.times(site, path, count, at_once)
    spent = _cpu_seconds(server) - before
    return {
        "server": server.name,
        "what": what or f"stopped, {load}",
        "load": load,
        "plain": _heaviest(site, path, "identity"),
        "gzip": _heaviest(site, path, "gzip"),
        "cpu_ms": round(spent / count * 1000, 2),
        **{key: round(value, 2) for key, value in times._asdict().items()},
    }


def _heaviest(site: Site, path: str, coding: str) -> int:
    return max(len(page_client.get(site, path, coding, language).data) for language in LANGUAGES)


def _cpu_seconds(server: Server) -> float:
    return sum(process.cpu_seconds(each.pid) for each in server.workers)


def _memory(server: Server) -> dict[str, int]:
    values = process.memory_kb(server.program.pid)
    return {"rss": values["rss"], "pss": values["pss"]}


def _painted(site: Site, runs: int) -> dict[str, Any]:
    return {"paint": round(paint.first_paint(site.netns, f"http://{site.host}:{site.port}/", runs), 1)}


def _with_ratio(row: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Its whole page beside nginx's under the same load; another page is beside nothing."""
    floor = next(each for each in rows if each["server"] == "nginx" and each["load"] == row["load"])
    alike = row["what"] == floor["what"]
    return {**row, "times_nginx": round(row["whole"] / floor["whole"], 1) if alike else None}
