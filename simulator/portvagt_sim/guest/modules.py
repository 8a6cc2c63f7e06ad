"""The few kernel modules that a router needs, each behind those that it depends on."""

import lzma
from collections.abc import Iterable, Iterator
from pathlib import Path

from portvagt_sim.errors import SimulatorError

# Debian's kernels have some of them built in
ROUTER = (
    "virtio_pci",
    "virtio_net",
    "bridge",
    "crc32c_generic",  # looked for by libcrc32c when it is loaded
    "nf_conntrack_netlink",
    "nf_tables",
    "nft_chain_nat",
    "nft_connlimit",
    "nft_ct",
    "nft_fib_inet",
    "nft_flow_offload",
    "nft_limit",
    "nft_log",
    "nft_masq",
    "nft_nat",
    "nft_numgen",
    "nft_quota",
    "nft_redir",
    "nft_reject_inet",
    "nf_flow_table_inet",
    "nf_log_syslog",
)
# what /usr needs
USR = ("loop", "squashfs")
# loaded only where there is a disk
FLASH = ("virtio_blk", "ext4", "overlay")


class Modules:
    """The modules below a kernel's directory, such as /lib/modules/6.1.0."""

    def __init__(self, directory: Path) -> None:
        found = [*directory.rglob("*.ko"), *directory.rglob("*.ko.xz")]
        self._paths = {_name(path.name.partition(".")[0]): path for path in found}
        built_in = (directory / "modules.builtin").read_text().split()
        self._built_in = {_name(Path(line).stem) for line in built_in}

    def in_order(self, names: Iterable[str]) -> dict[str, bytes]:
        """{name: content} of the modules and what they depend on, in the order in which they can be loaded.

        What is built into the kernel is left out. Raises SimulatorError for a name that the kernel has not at all.
        """
        loaded: dict[str, bytes] = {}
        for name in names:
            self._add(name, loaded)
        return loaded

    def _add(self, name: str, loaded: dict[str, bytes]) -> None:
        if name in loaded or name in self._built_in:
            return
        if name not in self._paths:
            raise SimulatorError(f"this kernel has no module {name}")
        content = _content(self._paths[name])
        for needed in _needs(content):
            self._add(needed, loaded)
        loaded[name] = content


def _name(name: str) -> str:
    """As the kernel says it: files may have hyphens."""
    return name.replace("-", "_")


def _content(path: Path) -> bytes:
    content = path.read_bytes()
    return lzma.decompress(content) if path.suffix == ".xz" else content


def _needs(content: bytes) -> Iterator[str]:
    """What the module's own section .modinfo names: strings, each with a NUL behind it."""
    for line in content.split(b"\0"):
        key, _, value = line.partition(b"=")
        if key == b"depends":
            yield from (_name(name) for name in value.decode().split(",") if name)
