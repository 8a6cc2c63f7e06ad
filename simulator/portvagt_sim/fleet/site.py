"""Where a fleet is measured: a namespace with nothing but loopback, certificates, and the broker's names."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from portvagt_sim.certificates import Authority, Identity
from portvagt_sim.namespaces import ip_batch

NETNS = "fleet"
PORT = 8883
ADDRESSES = ("192.0.2.1", "192.0.2.2", "192.0.2.3")  # of lo; of 127.0.0.0/8 the resolver would put 127.0.0.1 first
NAMES = ("mqtt-1.isp.example", "mqtt-2.isp.example", "mqtt-3.isp.example")
DISK = "/var/tmp"  # broker and store: fsync(2) costs what it costs
MEMORY = "/dev/shm"  # the routers' flash: that of a router is its own, and here thousands would share one disk


class Site(NamedTuple):
    """`workdir`: of broker and store; `flash`: of the routers."""

    netns: str
    workdir: Path
    flash: Path
    authority: Authority
    server: Identity


@contextmanager
def site(nodes: int) -> Iterator[Site]:
    """A site whose broker has so many nodes, node n on ADDRESSES[n]."""
    ip_batch([f"netns add {NETNS}"])
    try:
        ip_batch(["link set lo up", *(f"addr add {address}/32 dev lo" for address in ADDRESSES)], NETNS)
        _write_hosts(ADDRESSES[:nodes])
        with TemporaryDirectory(dir=DISK, prefix="portvagt-") as disk, _memory() as flash:
            workdir = Path(disk)
            (workdir / "certificates").mkdir()
            authority = Authority(workdir / "certificates", "isp")
            yield Site(NETNS, workdir, Path(flash), authority, authority.issue("broker", *NAMES))
    finally:
        ip_batch([f"netns delete {NETNS}"])


def _memory() -> TemporaryDirectory[str]:
    return TemporaryDirectory(dir=MEMORY if Path(MEMORY).is_dir() else DISK, prefix="portvagt-")


def _write_hosts(addresses: Iterable[str]) -> None:
    """Each name has every address, another one first: what round-robin DNS does."""
    order = list(addresses)
    lines = ["127.0.0.1 localhost"]
    for number, name in enumerate(NAMES):
        turned = order[number % len(order) :] + order[: number % len(order)]
        lines += [f"{address} {name}" for address in turned]
    directory = Path("/etc/netns", NETNS)
    directory.mkdir(exist_ok=True)
    (directory / "hosts").write_text("\n".join(lines) + "\n")
