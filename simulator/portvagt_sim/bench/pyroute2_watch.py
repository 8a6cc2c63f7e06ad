"""The tiny program that one writes on pyroute2: it counts the new connections to a port until SIGTERM or ENOBUFS.

pyroute2 0.9 hands on ENOBUFS as an error of the read, and the obvious program does not catch it.
"""

import asyncio
import errno
import signal
import socket
import sys
from contextlib import suppress
from typing import Any

SO_RCVBUFFORCE = 33  # <asm-generic/socket.h>
NEW_GROUP = 1  # <linux/netfilter/nfnetlink_compat.h>: NF_NETLINK_CONNTRACK_NEW


def command(port: int, buffer_bytes: int) -> list[str]:
    """Its command line."""
    return [sys.executable, "-u", "-m", "portvagt_sim.bench.pyroute2_watch", str(port), str(buffer_bytes)]


class Counter:
    """`read`: events that came; `seen`: those to the port."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.read = self.seen = 0

    async def count(self, buffer_bytes: int) -> None:
        """For ever. Raises OSError with ENOBUFS when the kernel tells faster than this reads."""
        from pyroute2.netlink.nfnetlink.nfctsocket import AsyncNFCTSocket  # the synchronous one has no bind()

        async with AsyncNFCTSocket() as kernel:
            kernel.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, buffer_bytes)
            await kernel.bind(groups=NEW_GROUP)
            while True:
                async for message in kernel.get():
                    self._take(message)

    def _take(self, message: Any) -> None:
        self.read += 1
        protocol = message.get_attr("CTA_TUPLE_ORIG").get_attr("CTA_TUPLE_PROTO")
        self.seen += protocol.get_attr("CTA_PROTO_DST_PORT") == self._port


def main() -> None:
    """Run as a program; the last line says what it counted."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    counter = Counter(int(sys.argv[1]))
    try:
        with suppress(KeyboardInterrupt):
            asyncio.run(counter.count(int(sys.argv[2])))
    except OSError as error:
        print(f"ended by {errno.errorcode[error.errno or errno.EIO]}")
    print(f"read {counter.read}, seen {counter.seen}")


if __name__ == "__main__":
    main()
