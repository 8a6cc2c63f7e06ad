"""What people write today to stop a spam zombie on a router: rivals for benchmarks, run as programs on the router.

Stand-ins, written here in the obvious way: one reads `conntrack -E`, one looks into the kernel's table every 5 s.
Both add the source address to an nft set once it has opened 10 port-25 connections in 60 s.
"""

import re
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator

LIMIT, WINDOW_SECONDS = 10, 60.0
POLL_SECONDS = 5.0
TABLE = """
table inet rival {
    set stopped4 { type ipv4_addr; }
    set stopped6 { type ipv6_addr; }
    chain forward {
        type filter hook forward priority -10;
        ip saddr @stopped4 tcp dport 25 reject with tcp reset
        ip6 saddr @stopped6 tcp dport 25 reject with tcp reset
        tcp dport 25 ct state new accept
    }
}
"""
FLOW = re.compile(r"src=(\S+) dst=(\S+) sport=(\d+) dport=25 ")


def command(name: str) -> list[str]:
    """The command line of a rival: events or poller."""
    return [sys.executable, "-u", "-m", "portvagt_sim.bench.rivals", name]


def events() -> Iterator[str]:
    """The source of each new connection, as the kernel tells it."""
    argv = ["conntrack", "-E", "-e", "NEW", "-p", "tcp", "--orig-port-dst", "25"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if found := FLOW.search(line):
                yield found[1]


def poller() -> Iterator[str]:
    """The source of each connection that was not there 5 s before, from the kernel's table of connections."""
    known: set[tuple[str, ...]] = set()
    while True:
        listing = subprocess.run(
            ["conntrack", "-L", "-p", "tcp", "--orig-port-dst", "25"], capture_output=True, text=True, check=False
        ).stdout
        listing += subprocess.run(
            ["conntrack", "-L", "-f", "ipv6", "-p", "tcp", "--orig-port-dst", "25"],
            capture_output=True,
            text=True,
            check=False,
        ).stdout
        flows = {tuple(found) for found in FLOW.findall(listing)}
        yield from (flow[0] for flow in flows - known)
        known = flows
        time.sleep(POLL_SECONDS)


def watch(sources: Iterator[str]) -> None:
    """Stop each source that reaches the limit."""
    subprocess.run(["nft", "-f", "-"], input=TABLE, text=True, check=True)
    print("ready")
    seen: dict[str, deque[float]] = {}
    for source in sources:
        now = time.monotonic()
        times = seen.setdefault(source, deque(maxlen=LIMIT))
        times.append(now)
        if len(times) == LIMIT and now - times[0] <= WINDOW_SECONDS:
            name = "stopped6" if ":" in source else "stopped4"
            subprocess.run(["nft", "add", "element", "inet", "rival", name, f"{{ {source} }}"], check=True)


RIVALS: dict[str, Callable[[], Iterator[str]]] = {"events": events, "poller": poller}

if __name__ == "__main__":
    watch(RIVALS[sys.argv[1]]())
