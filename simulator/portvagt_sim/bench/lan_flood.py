"""New connections of many devices at a steady rate, as frames on the home's wire. Prints how many it sent.

Runs as a program on a device. Addresses and MACs are the lab's, which no device of the home has.
"""

import argparse
import socket
import struct

from portvagt_sim.bench import flood, lab
from portvagt_sim.home.forger import INTERFACE, checksum

ETHERTYPE_IPV4 = b"\x08\x00"
IP_CHECKSUM, ADDRESSES, DESTINATION, TCP_CHECKSUM = slice(10, 12), slice(12, 20), slice(16, 20), slice(36, 38)
TCP_BYTES = 20
MAX_RATE, MAX_SECONDS = 20_000, 60


def frame(number: int, port: int, router: bytes) -> bytes:
    """Connection `number` of flood.syn(), as its device says it to the router: a router looks at the checksums.

    Each of a device's connections goes to another network, as a zombie's do.
    """
    packet = bytearray(flood.syn(number, port)[0])
    turn, device = divmod(number, lab.DEVICES)
    packet[DESTINATION] = bytes([198, 18 + (turn >> 8 & 1), turn & 255, 1 + device])
    packet[IP_CHECKSUM] = checksum(packet[:20]).to_bytes(2, "big")
    pseudo = packet[ADDRESSES] + struct.pack(">HH", socket.IPPROTO_TCP, TCP_BYTES)
    packet[TCP_CHECKSUM] = checksum(pseudo + packet[20:]).to_bytes(2, "big")
    return router + mac_bytes(lab.mac(number)) + ETHERTYPE_IPV4 + packet


def mac_bytes(text: str) -> bytes:
    """A MAC address as a frame has it."""
    return bytes.fromhex(text.replace(":", ""))


def main() -> None:
    """Run as a program."""
    parser = argparse.ArgumentParser(description=f"New connections of {lab.DEVICES} devices of a home.")
    parser.add_argument("--rate", type=float, required=True, help="a second")
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--router-mac", type=mac_bytes, required=True)
    args = parser.parse_args()
    if not 0 < args.rate <= MAX_RATE or not 0 < args.seconds <= MAX_SECONDS:
        parser.error(f"at most {MAX_RATE} a second for {MAX_SECONDS} s")
    frames = [frame(number, args.port, args.router_mac) for number in range(int(args.rate * args.seconds))]
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sender:
        sender.bind((INTERFACE, 0))
        print(flood.paced(frames, args.rate, sender.send), flush=True)


if __name__ == "__main__":
    main()
