"""The QEMU machines that can be the router: what Debian runs on them, and what QEMU is told."""

from typing import NamedTuple

# locally administered (IEEE 802c); the devices of the home have others
MACS = "02:00:00:01:00:01", "02:00:00:01:00:02", "02:00:00:01:00:03"


class Machine(NamedTuple):
    """A kind of router.

    `architecture`, `suite`, `kernel`: Debian's, its release, and the kernel's meta-package. `program`, `machine` and
    `cpu`: QEMU's program, its -M and -cpu. `memory`: MiB. `console`: the serial line, as the guest's kernel names it.
    `nic`, `disk`: QEMU's devices. `macs`: of the LAN port, the WAN port and the management port, in this order.
    """

    name: str
    architecture: str
    suite: str
    kernel: str
    program: str
    machine: str
    cpu: str
    memory: int
    console: str
    nic: str = "virtio-net-pci,romfile="  # nothing boots from a network, so nobody needs the ROM for it
    disk: str = "virtio-blk-pci"
    macs: tuple[str, str, str] = MACS


MACHINES = {
    machine.name: machine
    for machine in (
        Machine(
            "malta",
            "mipsel",
            "bookworm",  # the last release with 32-bit MIPS
            "linux-image-4kc-malta",
            "qemu-system-mipsel",
            "malta",
            "24Kf",
            64,
            "ttyS0",
        ),
        Machine(
            "armvirt",
            "arm64",
            "trixie",
            "linux-image-cloud-arm64",
            "qemu-system-aarch64",
            "virt",
            "cortex-a53",
            128,
            "ttyAMA0",
        ),
        Machine(
            "x86",
            "amd64",
            "trixie",
            "linux-image-cloud-amd64",
            "qemu-system-x86_64",
            "q35",
            "max",
            128,
            "ttyS0",
        ),
    )
}
