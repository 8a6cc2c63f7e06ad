"""New connections at a steady rate, as SYNs of a raw socket. Runs as a program in the lab; prints how many it sent."""

import argparse
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from portvagt_sim.bench.lab import DEVICES, source

T = TypeVar("T")

TURN_SECONDS = 0.002
MAX_RATE, MAX_SECONDS = 100_000, 600
FIRST_PORT, PORTS = 1024, 60_000


def syn(number: int, port: int) -> tuple[bytes, tuple[str, int]]:
    """The packet of connection `number` and where to send it: each has its own tuple, and mostly its own network."""
    destination = bytes([198, 18 + (number >> 16 & 1), number >> 8 & 255, number & 255])
    address = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 40, 0, 0, 64, socket.IPPROTO_TCP, 0, socket.inet_aton(source(number)), destination
    )
    segment = struct.pack(">HHIIBBHHH", FIRST_PORT + number * 7 % PORTS, port, number, 0, 0x50, 2, 65535, 0, 0)
    return address + segment, (socket.inet_ntoa(destination), 0)


def flood(rate: float, seconds: float, port: int) -> int:
    """Send for a time; how many were sent."""
    packets = [syn(number, port) for number in range(int(rate * seconds))]
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        return paced(packets, rate, lambda packet: sender.sendto(*packet))


def paced(items: Sequence[T], rate: float, send: Callable[[T], Any]) -> int:
    """Send all, `rate` a second; how many they were."""
    start = time.monotonic()
    sent = 0
    while sent < len(items):
        due = min(len(items), int((time.monotonic() - start) * rate) + 1)
        for item in items[sent:due]:
            send(item)
        sent = due
        time.sleep(TURN_SECONDS)
    return sent


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=f"New connections of {DEVICES} devices.")
    parser.add_argument("--rate", type=float, required=True, help="a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--port", type=int, required=True)
    args = parser.parse_args()
    if not 0 < args.rate <= MAX_RATE or not 0 < args.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_RATE} a second for {MAX_SECONDS} s")
    print(flood(args.rate, args.seconds, args.port), flush=True)


if __name__ == "__main__":
    main()
