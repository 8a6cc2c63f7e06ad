"""Who watches new connections in a benchmark: our guard, and what people use today; each is a context manager."""

import re
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from portvagt.watch.sources import EVENT_BUFFER_BYTES
from portvagt_sim.bench import pyroute2_watch
from portvagt_sim.bench.lone_guard import LoneGuard, lone_guard
from portvagt_sim.namespaces import entered, exec_in
from portvagt_sim.program import Program

MAIL = 25
READY_SECONDS = 10.0
SETTLE_SECONDS = 5.0
REST_SECONDS = 1.0  # for who can't be asked how far it is
NETLINK_NETFILTER = "12"  # <linux/netlink.h>

CONNTRACK = ["conntrack", "-E", "-p", "tcp", "--orig-port-dst", str(MAIL)]
CONNTRACK_NEW = [*CONNTRACK, "-e", "NEW"]  # --buffer-size of 1.4.7 is for another socket than that of the events
# statistics mode, sizes as in its manual; its filter in the kernel knows protocols, not ports
CONNTRACKD = """
General {{
    Systemd no
    LockFile {directory}/lock
    UNIX {{
        Path {directory}/control
    }}
    HashSize 32768
    HashLimit 1048576
    NetlinkBufferSize {buffer}
    NetlinkBufferSizeMaxGrowth 8388608
    Filter From Kernelspace {{
        Protocol Accept {{
            TCP
        }}
    }}
}}
Stats {{
    LogFile no
}}
"""


class Account(NamedTuple):
    """What a watcher says of itself; None for what it does not say.

    `seen`: new mail connections (conntrackd: of any port); `times_lost`: how often it heard ENOBUFS; `read`: events
    that it got, of whatever kind and port; `ended_by`: what it died of.
    """

    seen: int | None = None
    times_lost: int | None = None
    read: int | None = None
    ended_by: str | None = None


class GuardWatcher:
    """Our guard."""

    def __init__(self, guard: LoneGuard) -> None:
        self._guard = guard
        self.pid = guard.program.pid
        self._before = guard.status()

    def settle(self, sent: int) -> None:
        """Wait until it has counted what was sent, or does not get on."""
        last, deadline = -1, time.monotonic() + SETTLE_SECONDS
        while last < sent and time.monotonic() < deadline:
            count = self._since("connections_seen")
            deadline = time.monotonic() + SETTLE_SECONDS if count > last else deadline
            last = count
            time.sleep(0.2)

    def account(self) -> Account:
        """What its status says."""
        return Account(self._since("connections_seen"), self._since("events_lost"))

    def _since(self, counter: str) -> int:
        return int(self._guard.status()[counter] - self._before[counter])


class Rival:
    """Another program; `report` gets an Account out of it, and may end it for that."""

    def __init__(self, program: Program, report: Callable[[Program], Account]) -> None:
        self._program = program
        self._report = report
        self.pid = program.pid

    def settle(self, _sent: int) -> None:
        """Give it a moment."""
        time.sleep(REST_SECONDS)

    def account(self) -> Account:
        """What it says. What it cost must have been read before: this reaps it when it has ended."""
        if self._program.alive():
            return self._report(self._program)
        return self._report(self._program)._replace(ended_by=_cause(self._program.log()))


def _cause(log: str) -> str:
    return "ENOBUFS" if "ENOBUFS" in log else "itself"


@contextmanager
def guard(netns: str, directory: Path, runtime: str) -> Iterator[GuardWatcher]:
    """Our guard on a runtime."""
    with lone_guard(netns, directory, runtime) as lone:
        yield GuardWatcher(lone)


@contextmanager
def rival(netns: str, directory: Path, argv: Sequence[str], report: Callable[[Program], Account]) -> Iterator[Rival]:
    """A rival, once it is a listener of the kernel."""
    directory.mkdir(exist_ok=True)
    program = Program(argv[0], netns, argv, directory / "log")
    try:
        program.wait_until(lambda: bool(listeners(netns)), READY_SECONDS, "it listens to conntrack")
        yield Rival(program, report)
    finally:
        program.stop()


@contextmanager
def conntrack(netns: str, directory: Path) -> Iterator[Rival]:
    """`conntrack -E` as it is typed. It counts what it prints, replies and ends too: that says nothing of `seen`."""
    with _conntrack(netns, directory, CONNTRACK, lambda _shown: None) as it:
        yield it


@contextmanager
def conntrack_new(netns: str, directory: Path) -> Iterator[Rival]:
    """`conntrack -E` that hears of new connections only."""
    with _conntrack(netns, directory, CONNTRACK_NEW, lambda shown: shown) as it:
        yield it


@contextmanager
def _conntrack(
    netns: str, directory: Path, argv: Sequence[str], seen: Callable[[int | None], int | None]
) -> Iterator[Rival]:
    """Its lines are thrown away by the kernel, its complaints are kept."""

    def report(program: Program) -> Account:
        program.stop()
        shown = _number(r"(\d+) flow events have been shown", program.log())
        return Account(seen(shown), program.log().count("hit ENOBUFS"), shown or None)

    with rival(netns, directory, ["sh", "-c", 'exec "$@" >/dev/null', "sh", *argv], report) as it:
        yield it


def conntrackd_command(directory: Path) -> list[str]:
    """Its command line; its configuration, lock and control socket are in `directory`."""
    configuration = directory / "conntrackd.conf"
    # the kernel doubles what is asked for (socket(7)), and conntrackd reckons with the double
    configuration.write_text(CONNTRACKD.format(directory=directory, buffer=2 * EVENT_BUFFER_BYTES))
    return ["conntrackd", "-C", str(configuration)]


@contextmanager
def conntrackd(netns: str, directory: Path) -> Iterator[Rival]:
    """The daemon, as a collector of statistics."""
    directory.mkdir()
    argv = conntrackd_command(directory)

    def report(_program: Program) -> Account:
        cache, runtime = (
            subprocess.run(exec_in(netns, [*argv, "-s", *what]), capture_output=True, text=True, check=False).stdout
            for what in ([], ["runtime"])
        )
        return Account(
            _number(r"connections created:\s+(\d+)", cache),
            _number(r"overrun:\s+(\d+)", runtime),
            _number(r"events received:\s+(\d+)", runtime),
        )

    with rival(netns, directory, argv, report) as it:
        yield it


@contextmanager
def pyroute2(netns: str, directory: Path) -> Iterator[Rival]:
    """A tiny program on pyroute2."""
    with rival(netns, directory, pyroute2_watch.command(MAIL, EVENT_BUFFER_BYTES), _of_pyroute2) as it:
        yield it


def _of_pyroute2(program: Program) -> Account:
    program.stop()
    log = program.log()
    return Account(_number(r"seen (\d+)", log), log.count("ENOBUFS"), _number(r"read (\d+)", log))


def _number(pattern: str, text: str) -> int | None:
    found = re.search(pattern, text)
    return int(found[1]) if found else None


def listeners(netns: str) -> list[int]:
    """How many messages each socket in a multicast group of netfilter's has lost (/proc/net/netlink, Drops)."""
    with entered(netns):
        lines = Path("/proc/thread-self/net/netlink").read_text().splitlines()[1:]
    sockets = [line.split() for line in lines]
    return [int(fields[8]) for fields in sockets if fields[1] == NETLINK_NETFILTER and int(fields[3], 16)]
