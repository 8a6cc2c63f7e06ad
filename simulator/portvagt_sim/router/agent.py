"""The agent's three processes on the router: who may what, where they may write, and how they are started."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from portvagt_sim.errors import SimulatorError
from portvagt_sim.namespaces import several_uids
from portvagt_sim.program import Program

AGENT = Path(__file__).resolve().parents[3] / "agent"


class Runtime(NamedTuple):
    """How an agent is run: its command line and its environment."""

    argv: tuple[str, ...]
    environment: Mapping[str, str]


RUNTIMES = {
    "cpython": Runtime((sys.executable, "-m", "portvagt"), {"PYTHONPATH": str(AGENT), "PYTHONDONTWRITEBYTECODE": "1"}),
}


class Role(NamedTuple):
    """One process: its user and group number, and the one set of capabilities that it may ever have."""

    uid: int
    capabilities: str


ROLES = {
    "guard": Role(64001, "-all,+net_admin"),
    "portal": Role(64002, "-all"),
    "reporter": Role(64003, "-all"),
}

# Below run_dir and state_dir: (name, owner, group, mode). The guard owns the sockets' directories; their
# set-group-ID bit gives its sockets the group of the one role that may connect (inode(7)).
RUN_DIRECTORIES = [
    ("guard", "guard", "guard", 0o700),
    ("portal", "guard", "portal", 0o2750),
    ("reporter", "guard", "reporter", 0o2750),
    ("admin", "guard", "root", 0o2750),
]
STATE_DIRECTORIES = [("guard", "guard", "guard", 0o700), ("reporter", "reporter", "reporter", 0o700)]


def runtime(name: str) -> Runtime:
    """The runtime of that name; raises SimulatorError for an unknown one."""
    if name not in RUNTIMES:
        raise SimulatorError(f"no agent runtime {name!r}; there are: {', '.join(RUNTIMES)}")
    return RUNTIMES[name]


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


def start(name: str, netns: str, chosen: Runtime, configuration: Path, log: Path) -> Program:
    """Start the role `name` with the least privilege; raises SimulatorError for an unknown role."""
    if name not in ROLES:
        raise SimulatorError(f"no process {name!r} of the agent; there are: {', '.join(ROLES)}")
    argv = [*_least_privilege(ROLES[name]), *chosen.argv, "--config", str(configuration), name]
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
