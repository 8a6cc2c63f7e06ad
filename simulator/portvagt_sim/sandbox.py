"""The sandbox seen from outside: fresh namespaces for one program and everything that it starts.

    this process ──unshare──▶ pid 1 of the sandbox (portvagt_sim.sandbox_init) ──▶ the program
          └── pipe: signals to pass on; its end is the order to end everything ──▶ pid 1

The machine's network, mounts and processes are out of the program's reach, and whatever ends either process
ends the pid namespace: the kernel then kills what is left in it.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from portvagt_sim.errors import SimulatorError

INSIDE = "PORTVAGT_SIM_INSIDE"
NAMESPACES = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
SEVERAL_UIDS = ["--user", "--map-root-user", "--map-auto"]
SINGLE_UID = ["--user", "--map-root-user"]
TRIAL = ["sh", "-c", "mount -t tmpfs tmpfs /run && ip link set lo up"]
SYSTEM_PATH = ["/usr/sbin", "/sbin"]
FORWARDED = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}

# what forbids user namespaces: (file, forbidding value, what to type)
OBSTACLES = [
    (
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns",
        "1",
        "sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0",
    ),
    ("/proc/sys/kernel/unprivileged_userns_clone", "0", "sudo sysctl -w kernel.unprivileged_userns_clone=1"),
    ("/proc/sys/user/max_user_namespaces", "0", "sudo sysctl -w user.max_user_namespaces=10000"),
]


def is_inside() -> bool:
    """Whether this process runs in the sandbox."""
    return os.environ.get(INSIDE) == "1"


def require_inside() -> None:
    """Raise SimulatorError outside the sandbox."""
    if not is_inside():
        raise SimulatorError("the world needs its sandbox; type: python -m portvagt_sim enter -- COMMAND")


def run(program: list[str]) -> int:
    """Run `program` in a new sandbox, or as it is when already inside; return its exit status.

    Call it from the main thread. SIGINT, SIGTERM and SIGHUP reach the program once. Raises SimulatorError
    when the machine allows no such namespaces.
    """
    environment = _environment()
    if is_inside():
        os.execvpe(program[0], program, environment)
    command = [
        "unshare",
        *_user_options(environment),
        *NAMESPACES,
        "--",
        sys.executable,
        "-m",
        "portvagt_sim.sandbox_init",
    ]
    orders, pipe = os.pipe()
    os.set_inheritable(orders, True)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, FORWARDED | {signal.SIGCHLD})
    try:
        argv = [*command, str(orders), *program]
        child = os.posix_spawnp(argv[0], argv, environment | {INSIDE: "1"}, setsigmask=[])
        os.close(orders)
        return _supervise(child, pipe)
    finally:
        os.close(pipe)
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _supervise(child: int, pipe: int) -> int:
    """Pass signals on until `child` has ended, but not a terminal's Ctrl-C: the program gets that itself.

    The SIGHUP of a terminal that is closed is passed on: it may come to the session's leader only, to us.
    """
    while True:
        received = signal.sigwaitinfo(FORWARDED | {signal.SIGCHLD})
        sent_by_a_process = received.si_code <= 0  # <asm-generic/siginfo.h>: SI_USER 0, SI_KERNEL 0x80
        if received.si_signo == signal.SIGHUP or (received.si_signo in FORWARDED and sent_by_a_process):
            with suppress(BrokenPipeError):  # it has ended just now
                os.write(pipe, bytes([received.si_signo]))
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return code if code >= 0 else 128 - code


def _environment() -> dict[str, str]:
    """Our environment, plus the way to this package and to programs that a user's PATH may lack."""
    environment = dict(os.environ)
    package = str(Path(__file__).resolve().parents[1])
    environment["PYTHONPATH"] = _joined([package, *environment.get("PYTHONPATH", "").split(":")])
    environment["PATH"] = _joined([*environment.get("PATH", os.defpath).split(":"), *SYSTEM_PATH])
    return environment


def _joined(entries: list[str]) -> str:
    return ":".join(dict.fromkeys(entry for entry in entries if entry))


def _user_options(environment: dict[str, str]) -> list[str]:
    """The best way to be root in there: as we are, with a range of uids, or with one uid."""
    ways: list[list[str]] = [[]] if os.geteuid() == 0 else [SEVERAL_UIDS, SINGLE_UID]
    for options in ways:
        problem = _trial(options, environment)
        if not problem:
            return options
    raise SimulatorError(_diagnosis(problem))


def _trial(options: list[str], environment: dict[str, str]) -> str:
    """Try what the sandbox needs; empty when it works, otherwise the reason."""
    try:
        trial = subprocess.run(
            ["unshare", *options, *NAMESPACES, "--", *TRIAL],
            env=environment,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except FileNotFoundError:
        return "unshare is missing; type: sudo apt install util-linux"
    except subprocess.TimeoutExpired:
        return "unshare does not answer"
    return "" if trial.returncode == 0 else trial.stderr.strip().splitlines()[-1] if trial.stderr else "no reason given"


def _diagnosis(problem: str) -> str:
    """One line: what forbids the namespaces, and what to type."""
    if os.geteuid() == 0:
        return f"no namespaces for root here ({problem}); in a container, start it with: docker run --privileged"
    for path, forbidding, remedy in OBSTACLES:
        file = Path(path)
        if file.exists() and file.read_text().strip() == forbidding:
            return f"user namespaces are forbidden by {path.removeprefix('/proc/sys/')}; type: {remedy}"
    return f"no user namespaces here ({problem}); run the same command with sudo"
