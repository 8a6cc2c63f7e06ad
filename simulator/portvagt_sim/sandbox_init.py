"""Pid 1 of the sandbox: makes mounts private, runs the program, reaps orphans, takes everything with it."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable
from pathlib import Path
from types import FrameType

ORIGINALS = Path("/run/machine")
PROJECT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Arguments: the descriptor that orders arrive on, then the program. Returns its exit status."""
    orders, program = int(sys.argv[1]), sys.argv[2:]
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ignore)
    _private_mounts()
    try:
        child = os.posix_spawnp(program[0], program, os.environ)
    except OSError as error:
        print(f"{program[0]}: {error.strerror}", file=sys.stderr)
        return 127
    threading.Thread(target=_follow, args=(orders, child), daemon=True).start()
    return _reap_until(child)


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """A handler, not SIG_IGN: execve(2) passes SIG_IGN on to the program."""


def _follow(orders: int, child: int) -> None:
    """Pass each signal number on to the program; when the other end is gone, end everything."""
    while order := os.read(orders, 1):
        os.kill(child, order[0])
    os._exit(128 + signal.SIGKILL)


def _reap_until(child: int) -> int:
    while True:
        ended, status = os.wait()
        if ended == child:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _private_mounts() -> None:
    """Give the sandbox its own /run and /etc, and let its unprivileged users reach the interpreter and us."""
    here = Path.cwd()
    _private_run()
    _shadow(Path("/etc"))
    # `ip netns exec NAME` mounts what /etc/netns/NAME holds over real files in /etc (ip-netns(8))
    Path("/etc/netns").mkdir(exist_ok=True)
    Path("/etc/resolv.conf").unlink(missing_ok=True)
    Path("/etc/resolv.conf").touch()
    _open_the_way([Path(sys.prefix), Path(sys.base_prefix), PROJECT])
    os.chdir(here)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)


def _private_run() -> None:
    """Cover /run. In a sandbox within a sandbox the links of the outer one must still lead somewhere."""
    staging = Path("/mnt")
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(staging))
    for name in ("netns", "lock", ORIGINALS.name):
        (staging / name).mkdir()
    if ORIGINALS.exists():
        _mount("--rbind", str(ORIGINALS), str(staging / ORIGINALS.name))
    _mount("--move", str(staging), str(ORIGINALS.parent))


def _open_the_way(needed: Iterable[Path]) -> None:
    """Homes are often closed (mode 0700 or 0750), and interpreters and checkouts live in them."""
    closed: dict[Path, set[str]] = {}
    for path in needed:
        for parent in path.parents:
            if not parent.stat().st_mode & 0o001:
                closed.setdefault(parent, set()).add(path.relative_to(parent).parts[0])
    for directory in sorted(closed):
        _shadow(directory, closed[directory])


def _shadow(directory: Path, mounted: Iterable[str] = ()) -> None:
    """Cover `directory` with a private tmpfs that all may read; its entries lead to the originals.

    Links suffice for most; those in `mounted` stay reachable for users who may not pass the original.
    """
    level = Path(tempfile.mkdtemp(dir=ORIGINALS))
    level.chmod(0o755)
    original = level / directory.name
    original.mkdir()
    # recursive: a user namespace may not take mounts apart that it inherited together (mount_namespaces(7))
    _mount("--rbind", str(directory), str(original))
    _mount("-t", "tmpfs", "-o", "mode=755", "tmpfs", str(directory))
    for entry in original.iterdir():
        place = directory / entry.name
        if entry.name in mounted:
            place.mkdir()
            _mount("--rbind", str(entry), str(place))
        else:
            place.symlink_to(entry)


def _mount(*arguments: str) -> None:
    # -n: mount(8) keeps notes in /run, which is about to change
    subprocess.run(["mount", "-n", *arguments], check=True)


if __name__ == "__main__":
    sys.exit(main())
