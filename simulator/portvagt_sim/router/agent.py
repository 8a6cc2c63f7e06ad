"""The agent's three processes on the router: who may what, where they may write, and how they are started."""

import os
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import several_uids
from portvagt_sim.program import Program
from portvagt_sim.runtimes import Runtime


class Role(NamedTuple):
    """One process: its user and group number, all the capabilities that it may ever have, its heap on MicroPython."""

    uid: int
    capabilities: str
    heap_kb: int


ROLES = {
    "guard": Role(64001, "-all,+net_admin", 2048),
    "portal": Role(64002, "-all", 1024),
    "reporter": Role(64003, "-all", 1024),
}

# Below run_dir and state_dir: (name, owner, group, mode). The guard owns the sockets' directories; their
# set-group-ID bit gives its sockets the group of the one role that may connect (inode(7)).
RUN_DIRECTORIES = [
    ("guard", "guard", "guard", 0o700),
    ("portal", "guard", "portal", 0o2750),
    ("reporter", "guard", "reporter", 0o2750),
    ("admin", "guard", "root", 0o2750),
]
CLI_HEAP_KB = 512
STATE_DIRECTORIES = [("guard", "guard", "guard", 0o700), ("reporter", "reporter", "reporter", 0o700)]


def prepare_directories(run_dir: Path, state_dir: Path) -> None:
    """Make the directories that the package's init script makes on a real router."""
    for parent, directories in ((run_dir, RUN_DIRECTORIES), (state_dir, STATE_DIRECTORIES)):
        for name, owner, group, mode in directories:
            path = parent / name
            path.mkdir()
            hand_over(path, owner, group, mode)


def hand_over(path: Path, owner: str, group: str, mode: int) -> None:
    """Give a file to a role. Where there is one uid only, capabilities alone tell the roles apart."""
    if several_uids():
        os.chown(path, _uid(owner), _uid(group))
    path.chmod(mode)  # after chown(2), which clears the set-group-ID bit


def _uid(name: str) -> int:
    return 0 if name == "root" else ROLES[name].uid


def start(
    name: str, netns: str, chosen: Runtime, configuration: Path, log: Path, heap_kb: int | None = None
) -> Program:
    """Start the role `name` with the least privilege; raises SimulatorError for an unknown role.

    `heap_kb`: on MicroPython, instead of what the role gets.
    """
    if name not in ROLES:
        raise SimulatorError(f"no process {name!r} of the agent; there are: {', '.join(ROLES)}")
    role = ROLES[name]
    argv = [*_least_privilege(role), *chosen.command(heap_kb or role.heap_kb), "--config", str(configuration), name]
    return Program(name, netns, argv, log, environment(chosen))


def environment(chosen: Runtime) -> dict[str, str]:
    """The whole environment of an agent's process."""
    return {"PATH": os.environ["PATH"], **chosen.environment}


def _least_privilege(role: Role) -> list[str]:
    user = ["--reuid", str(role.uid), "--regid", str(role.uid), "--clear-groups"] if several_uids() else []
    allowed = role.capabilities
    return [
        "setpriv",
        *user,
        f"--inh-caps={allowed}",
        f"--ambient-caps={allowed}",
        f"--bounding-set={allowed}",
        "--no-new-privs",
    ]
