"""The router as an unmodified image of OpenWrt in QEMU, on the wires of router.wires.

Over the serial line it gets its addresses by uci and a key for ssh, and over ssh all else: our packages by its own
package program. It is saved then, and again with the agent at work; the image's file stays as it is.
"""

import hashlib
import json
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from builder import ipk, recipe
from builder.package import Package
from portvagt_sim import addresses as plan
from portvagt_sim import micropython
from portvagt_sim.errors import SimulatorError
from portvagt_sim.guest.package import EPOCH
from portvagt_sim.namespaces import entered, exec_in
from portvagt_sim.program import Program
from portvagt_sim.router import admin_socket, machines, openwrt_image, openwrt_state, shell, wires
from portvagt_sim.router.console import Console
from portvagt_sim.router.machine_router import RUNTIME
from portvagt_sim.router.openwrt_state import State
from portvagt_sim.router.router import RUN_SECONDS, Site
from portvagt_sim.router.saved_router import AT_WORK, SavedRouter
from portvagt_sim.router.virtual_machine import VirtualMachine
from portvagt_sim.runtimes import RUNTIMES
from portvagt_sim.waiting import wait_until

SSH_PORT = 22
BOOT_SECONDS = 300.0
SSH_SECONDS = 120.0  # the first start makes dropbear's host keys
INSTALL_SECONDS = 300.0
INIT_SECONDS = 120.0
SETTLE_SECONDS = 300.0
PAUSE = 0.5
NO_SUCH_PROGRAM = 127  # exit status of a shell (POSIX, 2.8.2)
# of the LAN port, the WAN port and the management port, as NICS; the order in which a kernel finds them is its own
MACS = dict(zip(wires.NICS, machines.MACS, strict=True))
SSH_OPTIONS = ("StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "BatchMode=yes")

INTERFACES = 'for each in /sys/class/net/*; do echo "nic $(cat $each/address) ${each##*/} ;"; done'
# The plan's addresses, where OpenWrt would ask the ISP for them. It is made of networks for documentation, which
# dnsmasq's protection takes for private ones. noping: as router.dnsmasq.
SETTINGS = f"""\
delete network.wan6
delete network.lan.ip6assign
delete network.globals.ula_prefix
delete network.@device[0].ports
add_list network.@device[0].ports={{lan}}
set network.lan.ipaddr={plan.LAN_ROUTER.v4}
set network.lan.netmask=255.255.255.0
set network.lan.ip6addr={plan.LAN_ROUTER.v6}/64
set network.wan=interface
set network.wan.device={{wan}}
set network.wan.proto=static
set network.wan.ipaddr={plan.WAN_ROUTER.v4}
set network.wan.netmask=255.255.255.252
set network.wan.gateway={plan.WAN_ISP.v4}
set network.wan.ip6addr={plan.WAN_ROUTER.v6}/64
set network.wan.ip6gw={plan.WAN_ISP.v6}
set network.wan.dns={plan.RESOLVER.v4}
set network.mgmt=interface
set network.mgmt.device={{mgmt}}
set network.mgmt.proto=static
set network.mgmt.ipaddr={shell.ADDRESS}
set network.mgmt.netmask=255.255.255.252
set firewall.mgmt=zone
set firewall.mgmt.name=mgmt
set firewall.mgmt.network=mgmt
set firewall.mgmt.input=ACCEPT
set firewall.mgmt.output=ACCEPT
set firewall.mgmt.forward=REJECT
set dhcp.@dnsmasq[0].rebind_protection=0
set dhcp.@dnsmasq[0].noping=1
set dhcp.lan.ra=server
commit
"""
RELOAD = "for each in network firewall dnsmasq odhcpd; do /etc/init.d/$each reload; done"
# a router with apk has no opkg, and the other way round
INSTALL = 'if command -v apk >/dev/null; then apk add --allow-untrusted "$@"; else opkg install "$@"; fi'
FLUSH = '{ echo "flush ruleset"; fw4 print; } | nft -f -'

# dropbear 2022.82, of OpenWrt 23.05, leads to no Unix socket, and the image has no program for them but our own
RELAY = """\
import sys
from portvagt import runtime
sock = runtime.unix_connect("{path}", {timeout})
sock.send(sys.stdin.buffer.readline())
part = line = sock.recv(65536)
while part and not line.endswith(b"\\n"):
    part = sock.recv(65536)
    line += part
sys.stdout.buffer.write(line)
"""
RUN_RELAY = '. /usr/lib/portvagt/runtime.sh; export "$RUNTIME_ENV"; exec "$RUNTIME" $(runtime_options 512) -c "$1"'


class OpenWrtRouter(SavedRouter):
    """The router of the world, as router.Router. Its agent runs on MicroPython, whatever the image has besides."""

    machine = "openwrt"
    init_seconds = INIT_SECONDS
    ended_seconds = INIT_SECONDS

    @classmethod
    def prepare(cls, _runtime: str | None, _say: Callable[[str], None]) -> None:
        """Compile the agent; in the sandbox there is no way out for it."""
        RUNTIMES[RUNTIME]().prepare()

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._release = openwrt_image.parsed(openwrt_image.named(site.options.image))
        openwrt_image.require_programs(self._release.target)
        self._numbers: dict[str, set[int]] = {}  # of each process's jails, or of itself without one
        self._key = openwrt_state.key()
        self._disk = site.workdir / "disk"
        self._control = site.workdir / "ssh"

    def start(self) -> None:
        """Boot the image, make it the plan's router by uci, and install our packages; or let a saved one go on."""
        began = time.monotonic()
        self._own = _ours()
        self._files = self._provisions()
        if self._may_be_saved() and self._ready().is_kept():
            self._go_on(self._ready())
            self._started = set(AT_WORK)
        else:
            if self._installed().is_kept():
                self._go_on(self._installed())
            else:
                self._begin(began)
                self._installed().keep(self.vm, self._disk)
            self._provision(self._files)
        self._set_clock()
        self._site.say(f"{self.machine} is up, {time.monotonic() - began:.1f} s")

    def _installed(self) -> State:
        made_by = [SETTINGS, INSTALL, self._key.with_suffix(".pub").read_text(), *openwrt_state.identity(self._release)]
        own = [hashlib.sha256(content).hexdigest() for content in self._own.values()]
        return openwrt_state.state(self._release.target, "installed", [*self._argv(), *made_by, *own])

    def _ready(self) -> State:
        words = [self._installed().directory.name, *self._files.values()]
        return openwrt_state.state(self._release.target, "ready", words)

    def _keep_ready(self) -> None:
        self._ready().keep(self.vm, self._disk)

    def _begin(self, began: float) -> None:
        openwrt_image.overlay(self._release, self._disk)
        ours, theirs = socket.socketpair()
        self._console = Console(ours)
        self._power(console=theirs)
        self._log_in(began)
        self._connect()
        self._site.say("waiting until it has settled")
        self._wait_until(self._is_settled, SETTLE_SECONDS, "it has, and has a way to the ISP")
        self._install()

    def _go_on(self, state: State) -> None:
        shutil.copyfile(state.disk, self._disk)
        self._power(state.memory)
        self.vm.go_on()
        self._connect()

    def _power(self, saved: Path | None = None, console: socket.socket | None = None) -> None:
        dumps = wires.dumps(self._site.options.pcap)
        argv = [*self._argv(), *openwrt_image.drive(self._disk), *dumps]
        self.vm = VirtualMachine(self.machine, self.netns, argv, self.serial, saved, console)
        self._running.callback(self.vm.stop)

    def _argv(self) -> list[str]:
        words = openwrt_image.argv(self._release, self._site.options.rtc)
        return [*words, *wires.options(self._release.target.nic, machines.MACS)]

    def _log_in(self, began: float) -> None:
        self._site.say("booting OpenWrt …")
        console = self._console
        console.log_in(BOOT_SECONDS)
        self._site.say(f"OpenWrt gives a shell, {time.monotonic() - began:.0f} s")
        console.run(f"ubus -t {BOOT_SECONDS:.0f} wait_for network.interface.lan", BOOT_SECONDS)
        self._site.say(f"setting its addresses, {time.monotonic() - began:.0f} s")
        for line in SETTINGS.format(**_ports(console.run(INTERFACES))).splitlines():
            # an option that is not there can't be deleted
            console.run(f"uci -q {line}" + (" || true" if line.startswith("delete ") else ""))
        public = " ".join(self._key.with_suffix(".pub").read_text().split()[:2])
        console.run(f"mkdir -p /etc/dropbear; echo '{public}' >>/etc/dropbear/authorized_keys")
        console.run("chmod 600 /etc/dropbear/authorized_keys")
        console.run(RELOAD, INIT_SECONDS)
        console.close()

    def _connect(self) -> None:
        """One ssh connection for all: each program is a channel of it."""
        self._site.say("waiting for dropbear")
        wait_until(self._has_ssh, SSH_SECONDS, "dropbear answers", PAUSE)
        master = Program(
            "ssh",
            self.netns,
            [*self._ssh(), "-M", "-N", "-i", str(self._key), f"root@{shell.ADDRESS}"],
            self._control.with_suffix(".log"),
        )
        self._running.callback(master.stop)
        master.wait_until(self._control.exists, SSH_SECONDS, "it has logged in", PAUSE)

    def _has_ssh(self) -> bool:
        with (
            suppress(OSError),
            entered(self.netns),
            socket.create_connection((shell.ADDRESS, SSH_PORT), 5.0) as connection,
        ):
            return bool(connection.recv(1))
        return False

    def _ssh(self) -> list[str]:
        options = [word for option in SSH_OPTIONS for word in ("-o", option)]
        return ["ssh", "-F", "none", *options, "-S", str(self._control)]

    def _install(self) -> None:
        """Raises SimulatorError with what the package program says is missing, say."""
        has_apk = bool(self.run("sh", "-c", "command -v apk || true"))
        self._site.say(f"installing our packages with {'apk' if has_apk else 'opkg'}")
        self._set_clock()
        given = {path.name: path.read_bytes() for path in self._release.packages}
        ours = {name: content for name, content in self._own.items() if name.endswith(".apk" if has_apk else ".ipk")}
        names = [self._put(name, content) for name, content in {**given, **ours}.items()]
        try:
            self.run("sh", "-c", INSTALL, "sh", *names, seconds=INSTALL_SECONDS)
        except SimulatorError as error:
            raise SimulatorError(f"{error}\n{openwrt_image.MISSING}") from None
        self._init("stop")

    def _put(self, name: str, content: bytes) -> str:
        target = f"/tmp/{name}"
        self._channel(["sh", "-c", f"cat >{shlex.quote(target)}"], content, RUN_SECONDS)
        return target

    def _is_settled(self) -> bool:
        """Each interface that comes up makes the firewall load anew, and the package's own triggers follow that."""
        # brackets: pgrep -f finds the shell that runs it, too
        busy = self.run("sh", "-c", "pgrep -f '[h]otplug-call|[/]sbin/fw4|[r]c.common' || true")
        return not busy and plan.WAN_ISP.v4 in self.run("ip", "route", "show", "default")

    def start_process(self, name: str) -> None:
        """Start guard, portal or reporter (again), with the configuration as it is now."""
        if self.alive(name):
            raise SimulatorError(f"{name} runs already")
        self._init("start", name)
        self._wait_until(lambda: self.alive(name), INIT_SECONDS, f"{name} has been started")
        self._started.add(name)

    def kill(self, name: str, number: int = signal.SIGKILL) -> None:
        """Send a signal to a process; procd is told to forget it before it would start it again, 5 s later."""
        self.run("kill", "-s", signal.Signals(number).name.removeprefix("SIG"), str(self.pid(name)))
        if number not in (signal.SIGSTOP, signal.SIGCONT):
            self._wait_until(lambda: not self.alive(name), INIT_SECONDS, f"{name} has ended")
            self.run("ubus", "call", "service", "delete", json.dumps({"name": "portvagt", "instance": name}))

    def _child(self, name: str) -> str:
        """The number of the process in its jail, or without one; "" when procd says that it does not run."""
        found = json.loads(self.run("ubus", "call", "service", "list", json.dumps({"name": "portvagt"})))
        instance = found.get("portvagt", {}).get("instances", {}).get(name, {})
        if not instance.get("running"):
            return ""
        self._numbers.setdefault(name, set()).add(instance["pid"])
        return self.run("sh", "-c", f"pgrep -P {instance['pid']} || echo {instance['pid']}").split()[0]

    def log(self, name: str) -> str:
        """All that guard, portal or reporter has said since it was first asked for: syslog has procd's numbers."""
        self._child(name)
        lines = self.run("logread", "-e", "portvagt: ").splitlines()
        numbers = [f"[{number}]: " for number in self._numbers.get(name, ())]
        return "".join(f"{line}\n" for line in lines if any(number in line for number in numbers))

    def call(self, method: str, **parameters: Any) -> Any:
        """Call the guard's admin socket. Raises OSError without an answer, SimulatorError when it refuses."""
        relay = RELAY.format(path=self.run_dir / admin_socket.PATH, timeout=admin_socket.TIMEOUT)
        asked = admin_socket.request(method, parameters)
        done = self._ended(["sh", "-c", RUN_RELAY, "sh", relay], asked, RUN_SECONDS)
        return admin_socket.result(done.stdout, method)

    def cli(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run `portvagt ARGUMENTS…` on the router as root."""
        done = self._ended(["portvagt", *arguments], b"", RUN_SECONDS)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def run(self, *argv: str, text: str = "", seconds: float = RUN_SECONDS) -> str:
        """What a program, fed with `text`, prints on the router; raises SimulatorError when it fails."""
        return self._channel(argv, text.encode(), seconds).decode(errors="replace")

    def _channel(self, argv: Sequence[str], fed: bytes, seconds: float) -> bytes:
        done = self._ended(argv, fed, seconds)
        if done.returncode:
            said = (done.stderr + done.stdout).decode(errors="replace").strip()
            missing = f"; {openwrt_image.MISSING}" if done.returncode == NO_SUCH_PROGRAM else ""
            raise SimulatorError(f"{' '.join(argv)}: {said or f'exit status {done.returncode}'}{missing}")
        return done.stdout

    def _ended(self, argv: Sequence[str], fed: bytes, seconds: float) -> "subprocess.CompletedProcess[bytes]":
        words = exec_in(self.netns, [*self._ssh(), shell.ADDRESS, shlex.join(argv)])
        try:
            return subprocess.run(words, input=fed, capture_output=True, timeout=seconds, check=False)
        except subprocess.TimeoutExpired:
            raise SimulatorError(f"the router did not end within {seconds:g} s: {' '.join(argv)[:200]}") from None

    def follow(self, *argv: str) -> "subprocess.Popen[str]":
        """A program on the router whose output is read line by line, until the caller kills it."""
        words = exec_in(self.netns, [*self._ssh(), "-tt", shell.ADDRESS, shlex.join(argv)])
        # a pipe that stays open: at the end of its input dropbear closes the terminal, and with it the output
        return subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True)

    def flush_ruleset(self) -> None:
        """Load the firewall anew, as one that takes every table for its own, in one transaction."""
        self.run("sh", "-c", FLUSH)


def _ports(said: str) -> dict[str, str]:
    """{lan, wan, mgmt: the interface's name on the router}."""
    words = [line.split() for line in said.splitlines() if line.startswith("nic ") and line.rstrip().endswith(" ;")]
    names = {fields[1]: fields[2] for fields in words if len(fields) == 4 and not fields[2].startswith("br-")}
    missing = [name for name, mac in MACS.items() if mac not in names]
    if missing:
        raise SimulatorError(f"OpenWrt has no driver for its ports {', '.join(missing)}; it has: {said.strip()}")
    return {name: names[mac] for name, mac in MACS.items()}


def _ours() -> dict[str, bytes]:
    """{file name: content} of the agent for MicroPython and its further languages, for either package program."""
    from builder import apk  # with zopfli, which ./dev installs for this and for ./dev package only

    compiled = micropython.compile_agent()
    packages = recipe.package(recipe.EDITIONS[0], compiled), recipe.languages(compiled)
    formats: dict[str, Callable[[Package, int], bytes]] = {"apk": apk.build, "ipk": ipk.build}
    return {f"{each.name}.{name}": build(each, EPOCH) for each in packages for name, build in formats.items()}
