"""A device in the home: its network namespace, its address, and the programs that run on it."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

from portvagt_sim.addresses import mx
from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import exec_in, ip_batch, source_address, write_resolv_conf
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

UDHCPC_SCRIPT = Path(__file__).with_name("udhcpc.sh")
CAPTIVE_PORTAL = 114  # the option of RFC 8910, which phones and laptops ask for
CONNECT_SECONDS = 30.0
PROGRAM_SECONDS = 60.0
ZOMBIE_GRACE = 20.0  # s, for the last connections of a zombie


class Response(NamedTuple):
    """The answer to `Device.fetch`, header names in lower case; status 0 and an error text if none came."""

    status: int
    headers: dict[str, str]
    body: str
    error: str | None = None


class ZombieRun:
    """A zombie at work."""

    def __init__(self, process: "subprocess.Popen[str]", seconds: float) -> None:
        self._process = process
        self._seconds = seconds

    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def stop(self) -> dict[str, Any]:
        """End it, and return what it did so far (as `result`)."""
        self._process.send_signal(signal.SIGTERM)
        return self.result()

    def result(self) -> dict[str, Any]:
        """Wait for its end: the fields of zombie.Tally. Raises SimulatorError when it fails or never ends."""
        return _spoken(self._process, None, self._seconds + ZOMBIE_GRACE)

    def kill(self) -> None:
        """End it at once, without a result."""
        self._process.kill()
        self._process.communicate()


class Device:
    """One device of the home."""

    def __init__(self, name: str, mac: str, netns: str, workdir: Path, authorities: Mapping[str, Path]) -> None:
        """`authorities`: the certificates that the device trusts, for "mail" and "web"."""
        self.name = name
        self.mac = mac
        self.netns = netns
        self._log = workdir / f"{name}-dhcp.log"
        self._authorities = authorities
        self._zombies: list[ZombieRun] = []
        self._running = ExitStack()

    def connect(self) -> None:
        """Plug the device in and ask for an address; `wait_connected` tells when it has both."""
        write_resolv_conf(self.netns)
        ip_batch(["link set eth0 up"], self.netns)
        # -n -q: once, for a lease outlives the world; -T 1 -t 20: ask again after a second
        argv = [
            "busybox",
            "udhcpc",
            "-f",
            "-n",
            "-q",
            "-T",
            "1",
            "-t",
            "20",
            "-i",
            "eth0",
            "-x",
            f"hostname:{self.name}",
            "-O",
            str(CAPTIVE_PORTAL),
            "-s",
            str(UDHCPC_SCRIPT),
        ]
        self._dhcp = Program(f"{self.name}'s udhcpc", self.netns, argv, self._log)
        self._running.callback(self._dhcp.stop)

    def wait_connected(self) -> None:
        """Wait for a lease and for an IPv6 address; raises SimulatorError with udhcpc's log."""
        if self._dhcp.wait(CONNECT_SECONDS):
            raise SimulatorError(f"{self._dhcp.name} got no lease\n{self._dhcp.tail()}")
        wait_until(lambda: self._source(6), CONNECT_SECONDS, f"{self.name} has an IPv6 address")

    def change_mac(self, mac: str) -> None:
        """Be another device to the router, at the same addresses."""
        ip_batch([f"link set eth0 address {mac}", "neigh flush dev eth0"], self.netns)
        self.mac = mac

    def captive_portal(self) -> str:
        """The URI of the captive-portal API that came with the lease, "" if none did."""
        found = re.findall(r"^captive portal: ([0-9A-Fa-f]*)$", self._dhcp.log(), re.MULTILINE)
        return bytes.fromhex(found[-1]).decode()

    def _source(self, family: int) -> str | None:
        return source_address(self.netns, mx(1).of(family))

    def address(self, family: int) -> str:
        """The address that the device uses towards the internet (IPv6: the temporary one, if it has one)."""
        address = self._source(family)
        if address is None:
            raise SimulatorError(f"{self.name} has no IPv{family} address")
        return address

    def command(self, *argv: str) -> list[str]:
        """The command line that runs a program on the device."""
        return exec_in(self.netns, argv)

    def start_zombie(
        self,
        family: int = 4,
        rate: float = 50.0,
        count: int = 200,
        ports: Sequence[int] = (25,),
        seconds: float = 60.0,
    ) -> ZombieRun:
        """Start a zombie: `rate` attempts a second until `count` or `seconds` is reached."""
        options = [
            "--family",
            str(family),
            "--rate",
            str(rate),
            "--count",
            str(count),
            "--seconds",
            str(seconds),
        ]
        process = self._python("zombie", *options, *(f"--port={port}" for port in ports))
        zombie = ZombieRun(process, seconds)
        self._zombies.append(zombie)
        return zombie

    def run_zombie(self, *arguments: Any, **options: Any) -> dict[str, Any]:
        """Run a zombie, as of start_zombie(), to its end: the fields of zombie.Tally."""
        return self.start_zombie(*arguments, **options).result()

    def run_forger(self, router_mac: str, devices: int, rate: float, seconds: float) -> dict[str, float]:
        """Flood the router with connections of forged devices: {sent, seconds}, frames."""
        options = [f"--router-mac={router_mac}", f"--devices={devices}", f"--rate={rate}", f"--seconds={seconds}"]
        return _spoken(self._python("forger", *options), None, seconds + PROGRAM_SECONDS)

    def send_mail(self, count: int = 1, **options: str) -> dict[str, Any]:
        """Send mails through the ISP's relay: {attempted, sent, errors, first_at, last_at}.

        `options`: `authority` (a PEM file) or `password`, to try wrong ones.
        """
        options.setdefault("authority", str(self._authorities["mail"]))
        arguments = [f"--{name}={value}" for name, value in options.items()]
        return _spoken(self._python("mail_user", f"--count={count}", *arguments), None, PROGRAM_SECONDS)

    def fetch(
        self,
        url: str,
        headers: Mapping[str, str] | None = None,
        method: str = "GET",
        body: str | None = None,
        family: int | None = None,
    ) -> Response:
        """Send one HTTP(S) request; family 4 or 6 picks among the name's addresses. Follows no redirect."""
        request = {
            "url": url,
            "headers": dict(headers or {}),
            "method": method,
            "body": body,
            "family": family,
            "authority": str(self._authorities["web"]),
        }
        answer = _spoken(self._python("browser"), json.dumps(request), PROGRAM_SECONDS)
        return Response(
            answer.get("status", 0),
            {name.lower(): value for name, value in answer.get("headers", [])},
            answer.get("body", ""),
            answer.get("error"),
        )

    def stop(self) -> None:
        """End what still runs on the device."""
        for zombie in self._zombies:
            zombie.kill()
        self._running.close()

    def _python(self, module: str, *arguments: str) -> "subprocess.Popen[str]":
        argv = [sys.executable, "-m", f"portvagt_sim.home.{module}", *arguments]
        return subprocess.Popen(
            self.command(*argv),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
            start_new_session=True,
        )


def _spoken(process: "subprocess.Popen[str]", question: str | None, timeout: float) -> dict[str, Any]:
    """The one line of JSON that a program of ours prints."""
    try:
        output, errors = process.communicate(question, timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise SimulatorError(f"{process.args!r} did not end within {timeout:g} s") from None
    if process.returncode:
        raise SimulatorError(f"{process.args!r}: exit status {process.returncode}\n{errors[-2000:]}")
    spoken: dict[str, Any] = json.loads(output)
    return spoken
