"""A router's image under plain QEMU, emulated, with the management wire forwarded to this machine's loopback."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from portpicker import pick_unused_port

from portvagt_sim.router.image import Image

HOST, GUEST = "10.255.255.1", "10.255.255.2"
SHELL, ADMIN = 2300, 2301
BOOT_SECONDS = 90.0  # seven on a machine that has nothing else to do
ANSWER_SECONDS = 30.0


class Booted:
    """A running router."""

    def __init__(self, qemu: "subprocess.Popen[bytes]", ports: dict[int, int], serial: Path) -> None:
        self._qemu = qemu
        self._ports = ports
        self.serial = serial

    def run(self, script: str) -> str:
        """What a shell in the router says to a script, errors included."""
        with socket.create_connection(("127.0.0.1", self._ports[SHELL]), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(script.encode() + b"\nexit\n")
            with connection.makefile("rb") as answer:
                return answer.read().decode()

    def call(self, method: str) -> Any:
        """The result of a call of the guard's admin socket."""
        with socket.create_connection(("127.0.0.1", self._ports[ADMIN]), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(json.dumps({"jsonrpc": "2.0", "id": 1, "method": method}).encode() + b"\n")
            with connection.makefile("rb") as answer:
                return json.loads(answer.readline())["result"]

    def wait_ready(self) -> None:
        """Wait until the guard answers; the start of the machine is in it."""
        self._wait(lambda: self.call("status"))

    def wait_shell(self) -> None:
        """Wait until there is a shell."""
        self._wait(lambda: self.run("echo").index("\n"))

    def wait_off(self) -> int:
        """QEMU's exit status once the router has switched itself off."""
        return self._qemu.wait(BOOT_SECONDS)

    def _wait(self, attempt: Callable[[], object]) -> None:
        end = time.monotonic() + BOOT_SECONDS
        while True:
            try:
                attempt()
                return
            except (OSError, ValueError):
                assert time.monotonic() < end, self.serial.read_text(errors="replace")
                time.sleep(0.2)


@contextmanager
def booted(image: Image, serial: Path, *further: str) -> Iterator[Booted]:
    """The router, from power on; a power cut ends it. `further`: of QEMU's options."""
    ports = {SHELL: pick_unused_port(), ADMIN: pick_unused_port()}
    with subprocess.Popen([*_argv(image, serial, ports), *further]) as qemu:
        try:
            yield Booted(qemu, ports, serial)
        finally:
            qemu.kill()


def _argv(image: Image, serial: Path, ports: dict[int, int]) -> list[str]:
    machine = image.machine
    forwards = "".join(f",hostfwd=tcp:127.0.0.1:{port}-{GUEST}:{inside}" for inside, port in ports.items())
    wires = (
        "socket,id=nic0,udp=127.0.0.1:9,localaddr=127.0.0.1:0",
        "socket,id=nic1,udp=127.0.0.1:9,localaddr=127.0.0.1:0",
        f"user,id=nic2,restrict=on,net=10.255.255.0/30,host={HOST},dhcpstart={GUEST}{forwards}",
    )
    argv = [machine.program, "-M", machine.machine, "-cpu", machine.cpu, "-m", str(machine.memory)]
    argv += ["-accel", "tcg", "-display", "none", "-nodefaults", "-no-reboot", "-serial", f"file:{serial}"]
    argv += ["-kernel", str(image.kernel), "-initrd", str(image.initrd), "-append", image.append]
    for number, (wire, mac) in enumerate(zip(wires, machine.macs, strict=True)):
        argv += ["-netdev", wire, "-device", f"{machine.nic},netdev=nic{number},mac={mac}"]
    return argv
