"""`demo`: the story of a home with a zombie, on real parts, in the terminal.

this process ── sandbox ──▶ the same command inside: world, story, screen
└── 127.0.0.1:PORT for the user's browser ── Unix socket ──▶ the laptop's way to the router's page
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

from rich.console import Console

from portvagt_sim import page_relay, sandbox
from portvagt_sim.addresses import LAN_ROUTER
from portvagt_sim.asyncio_servers import AsyncioServers
from portvagt_sim.router.router import Options
from portvagt_sim.runtimes import RUNTIMES
from portvagt_sim.screen import Screen
from portvagt_sim.story import Story
from portvagt_sim.world import ROUTERS, World

PAGE_SOCKET = "page.sock"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments of the command."""
    parser.add_argument(
        "--runtime", choices=sorted(RUNTIMES), help="what the agent runs on (default: the router's usual)"
    )
    parser.add_argument("--router", choices=sorted(ROUTERS), default="netns", help="what the router is made of")
    parser.add_argument("--image", default="", help="an image of OpenWrt that is the router: docs/qemu.md")
    parser.add_argument("--pcap", type=Path, metavar="DIRECTORY", help="keep what passes a machine's LAN and WAN port")
    parser.add_argument("--once", action="store_true", help="end after the story instead of waiting for Ctrl-C")
    parser.add_argument("--json", action="store_true", help="print one JSON object of results, nothing else")
    parser.add_argument("--port", type=int, default=0, help="loopback port of the page (default: a free one)")
    parser.add_argument("--picture", type=Path, metavar="FILE", help="keep the terminal's last picture as an SVG file")
    parser.add_argument("--shared", type=Path, help=argparse.SUPPRESS)  # set by the outer half
    parser.add_argument("--page-url", help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Play the story; 0 when it ends well."""
    if args.image:
        args.router = "openwrt"
    return _inside(args) if args.shared else _outside(args)


def _outside(args: argparse.Namespace) -> int:
    with Console(stderr=args.json).status("") as status:
        ROUTERS[args.router].prepare(args.runtime, status.update)  # now: there is no way out of the sandbox
    with tempfile.TemporaryDirectory(prefix="portvagt-demo-") as shared, ExitStack() as running:
        servers = AsyncioServers()
        running.callback(servers.stop)
        port = page_relay.start_outside(servers, Path(shared, PAGE_SOCKET), args.port)
        argv = [sys.executable, "-m", "portvagt_sim", "demo", "--router", args.router]
        argv += ["--runtime", args.runtime] if args.runtime else []
        argv += ["--once"] * args.once + ["--json"] * args.json
        argv += ["--image", args.image] if args.image else []
        argv += ["--pcap", str(args.pcap)] if args.pcap else []
        argv += ["--picture", str(args.picture)] if args.picture else []
        return sandbox.run([*argv, "--shared", shared, "--page-url", f"http://127.0.0.1:{port}/"])


def _inside(args: argparse.Namespace) -> int:
    console = Console(stderr=args.json)
    servers = AsyncioServers()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(143))
    try:
        with console.status("building the home, the ISP and the internet …") as status:
            world = _world(args, status.update)
            with world:
                status.stop()
                return _play(args, world, servers, console)
    except KeyboardInterrupt:
        return 130
    finally:
        servers.stop()


def _world(args: argparse.Namespace, say: Callable[[str], None]) -> World:
    return World(runtime=args.runtime, router=args.router, say=say, options=Options(pcap=args.pcap, image=args.image))


def _play(args: argparse.Namespace, world: World, servers: AsyncioServers, console: Console) -> int:
    screen = Screen(world, Console(quiet=args.json) if args.json else console)
    page_relay.start_inside(
        servers, args.shared / PAGE_SOCKET, world.home.laptop.netns, LAN_ROUTER.v4, world.router.portal_port
    )
    with screen.shown():
        result = Story(world, screen.hear).play(world.router.runtime, args.router)
        if not args.once:
            screen.invite(args.page_url)
        if args.picture:
            args.picture.write_text(screen.svg())
        if not args.once:
            _wait_for_interrupt()
    if args.json:
        print(json.dumps(result))
    return 0 if result["ok"] else 1


def _wait_for_interrupt() -> None:
    with suppress(KeyboardInterrupt):
        signal.pause()
