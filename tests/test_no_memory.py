"""More devices and questions than the guard's memory suffices for: it goes on, and says so now and then.

Where the kernel kills a process for its memory, that is SIGKILL: tests/scenarios/test_restarts.py.
"""

import contextlib
import os
import socket
import subprocess
import time
from pathlib import Path

import pytest

from portvagt import log, rpc
from portvagt_sim.bench.flood import syn
from portvagt_sim.bench.lab import lab
from portvagt_sim.bench.lone_guard import LoneGuard
from portvagt_sim.namespaces import entered, ip_batch
from portvagt_sim.waiting import wait_until

CROWD = 150
ZOMBIES = 30
QUESTIONS = 200
HEAP_KB = 640  # a router gives it 1,024
ROOM_BYTES = 64 * 1024  # on CPython, beyond what it has at rest
OUT_OF_MEMORY = "out of memory"
PATIENCE_S = 12.0


def address(device: int) -> str:
    return f"10.9.{device // 250}.{2 + device % 250}"


def mac(device: int) -> str:
    return f"02:00:5e:09:{device >> 8:02x}:{device & 255:02x}"


@pytest.fixture
def crowd(sandbox):
    """The network namespace of a router with more neighbours than a home has."""
    with lab() as netns:
        known = [f"neigh replace {address(n)} lladdr {mac(n)} dev br-lan nud permanent" for n in range(CROWD)]
        ip_batch(["addr add 10.9.0.1/16 dev br-lan", *known], netns)
        yield netns


def connect(netns, devices, each):
    """Mail connections of each of these devices, to ever new networks; 5,000 a second at most."""
    with entered(netns), socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW) as sender:
        for device in devices:
            for number in range(each):
                packet, target = syn((device * each + number) * 256, 25)
                sender.sendto(packet[:12] + socket.inet_aton(address(device)) + packet[16:], target)
            time.sleep(each / 5000)


@contextlib.contextmanager
def greedy(path):
    """Local programs that ask and ask and read no answer: the guard keeps up to 256 KB for each of them."""
    with contextlib.ExitStack() as open_sockets:
        for _ in range(rpc.PEERS_MAX):
            asking = open_sockets.enter_context(socket.socket(socket.AF_UNIX))
            asking.settimeout(PATIENCE_S)
            asking.connect(path)
            with contextlib.suppress(OSError):  # it may hang up
                asking.sendall(b'{"jsonrpc": "2.0", "id": 1, "method": "status"}\n' * QUESTIONS)
        yield


def give_little(guard: LoneGuard) -> None:
    """CPython gets no more data than it has, and a little."""
    pid = guard.program.pid
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    limit = int(status["VmData"].split()[0]) * 1024 + ROOM_BYTES
    owner = Path(f"/proc/{pid}").stat()  # the one who may, where root has not all capabilities
    command = ["prlimit", f"--pid={pid}", f"--data={limit}"]
    subprocess.run(command, user=owner.st_uid, group=owner.st_gid, extra_groups=[], check=True)


def is_stopped(netns, device):
    return mac(device) in os.popen(f"ip netns exec {netns} nft list set inet portvagt stopped_mac").read()


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
def test_it_goes_on_noticing(crowd, common_path, runtime):
    guard = LoneGuard(crowd, common_path, runtime, "stop", HEAP_KB)
    if runtime == "cpython":
        give_little(guard)
    began = time.monotonic()
    try:
        connect(crowd, range(ZOMBIES), 8)
        with greedy(str(common_path / "run" / "admin" / "admin.sock")):
            connect(crowd, range(ZOMBIES, CROWD - 1), 2)
            wait_until(lambda: OUT_OF_MEMORY in guard.program.log(), PATIENCE_S, "memory does not suffice")
        newcomer = CROWD - 1
        wait_until(lambda: connect(crowd, [newcomer], 12) or is_stopped(crowd, newcomer), PATIENCE_S, "it is stopped")
        assert guard.program.alive()
        minutes = 1 + (time.monotonic() - began) / 60
        assert 0 < guard.program.log().count(OUT_OF_MEMORY) <= log.LINES_A_MINUTE * (1 + minutes)
        assert "Traceback" not in guard.program.log()
    finally:
        guard.program.stop()
