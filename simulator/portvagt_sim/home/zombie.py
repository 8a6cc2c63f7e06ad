"""A spam zombie: opens SMTP connections to ever new mail exchangers and delivers spam where it is let in.

Runs as a program on a device and prints one line of JSON. Its addresses are those of the simulated internet.
"""

import argparse
import asyncio
import contextlib
import json
import signal
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import cycle

import aiosmtplib

from portvagt_sim.addresses import MX_COUNT, mx

# less than the 1 s after which TCP repeats a SYN (RFC 6298, 2.1): one attempt is one packet to count
CONNECT_SECONDS = 0.9
TALK_SECONDS = 5.0
MAX_COUNT, MAX_RATE, MAX_SECONDS = 100_000, 5_000.0, 3_600.0
MAX_OPEN = 500
SENDER, RECIPIENT = "winner@spam.example", "victim@example.net"
MESSAGE = f"From: {SENDER}\r\nTo: {RECIPIENT}\r\nSubject: You have won\r\n\r\nThis is simulated spam.\r\n"


@dataclass
class Tally:
    """What happened; attempted = connected + refused + timed_out + unreachable. Times: CLOCK_MONOTONIC, s."""

    family: int
    attempted: int = 0
    connected: int = 0
    refused: int = 0
    timed_out: int = 0
    unreachable: int = 0
    delivered: int = 0
    first_at: float | None = None
    last_at: float | None = None
    last_connected_at: float | None = None

    def attempt(self) -> None:
        """Count one attempt that starts now."""
        self.attempted += 1
        self.last_at = time.monotonic()
        self.first_at = self.first_at or self.last_at

    def connect(self) -> None:
        """Count one attempt that has succeeded."""
        self.connected += 1
        self.last_connected_at = time.monotonic()


def targets(family: int, ports: list[int]) -> Iterator[tuple[str, int]]:
    """Mail exchangers one after the other, for ever."""
    for turn in cycle(range(MX_COUNT)):
        yield from ((mx(turn + 1).of(family), port) for port in ports)


async def attempt(target: tuple[str, int], tally: Tally, connect_seconds: float) -> None:
    """One connection, and one mail if it comes about."""
    family = socket.AF_INET6 if tally.family == 6 else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as connection:
        tally.attempt()
        try:
            await asyncio.wait_for(asyncio.get_running_loop().sock_connect(connection, target), connect_seconds)
        except TimeoutError:
            tally.timed_out += 1
        except ConnectionRefusedError:
            tally.refused += 1
        except OSError:
            tally.unreachable += 1
        else:
            tally.connect()
            if await deliver(connection):
                tally.delivered += 1


async def deliver(connection: socket.socket) -> bool:
    """Hand over the spam; whether it was taken."""
    client = aiosmtplib.SMTP(sock=connection, timeout=TALK_SECONDS, local_hostname="pc.example", start_tls=False)
    try:
        async with client:
            await client.sendmail(SENDER, RECIPIENT, MESSAGE)
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


async def rampage(args: argparse.Namespace) -> Tally:
    """Start attempts at the wanted rate until the count, the time or SIGTERM ends it."""
    tally = Tally(args.family)
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stopped.set)
    slots = asyncio.Semaphore(MAX_OPEN)
    start = loop.time()
    running = set()
    for number, target in zip(range(args.count), targets(args.family, args.port), strict=False):
        due = start + number / args.rate
        if due > start + args.seconds or await _stopped_within(stopped, due - loop.time()):
            break
        await slots.acquire()
        task = asyncio.create_task(attempt(target, tally, args.timeout))
        task.add_done_callback(lambda _done: slots.release())
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    return tally


async def _stopped_within(stopped: asyncio.Event, seconds: float) -> bool:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), max(seconds, 0))
    return stopped.is_set()


def _at_most(most: float) -> Callable[[str], float]:
    """An argparse type: a number above 0, at most `most`."""

    def number(text: str) -> float:
        value = float(text)
        if not 0 < value <= most:
            raise ValueError
        return value

    return number


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Simulated spam zombie.")
    parser.add_argument("--family", type=int, choices=(4, 6), default=4)
    parser.add_argument("--rate", type=_at_most(MAX_RATE), default=50.0, help="attempts per second")
    parser.add_argument("--count", type=_at_most(MAX_COUNT), default=200, help="attempts in all")
    parser.add_argument("--seconds", type=_at_most(MAX_SECONDS), default=60.0, help="time in all")
    parser.add_argument("--timeout", type=_at_most(TALK_SECONDS), default=CONNECT_SECONDS, help="seconds to connect")
    parser.add_argument("--port", type=int, action="append", help="destination ports, in turn (25)")
    args = parser.parse_args()
    args.count, args.port = int(args.count), args.port or [25]
    print(json.dumps(asdict(asyncio.run(rampage(args)))), flush=True)


if __name__ == "__main__":
    main()
