"""The guard's Unix sockets: which socket it is decides what its users may ask. Each has a file of its methods."""

from portvagt import directories, rpc
from portvagt.admin_door import AdminDoor
from portvagt.portal_door import PortalDoor
from portvagt.reporter_door import ReporterDoor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from portvagt.guard import Guard
    from portvagt.rpc import Methods


class Doors:
    """The three sockets under {run_dir}/ROLE/ROLE.sock."""

    def __init__(self, guard: "Guard") -> None:
        self._guard = guard
        self.reporter = ReporterDoor(guard)
        self.methods: "dict[str, Methods]" = {
            "portal": PortalDoor(guard).methods,
            "reporter": self.reporter.methods,
            "admin": AdminDoor(guard, self.reporter).methods,
        }

    def open(self) -> None:
        """Listen on all three. Raises OSError, ValueError (path too long)."""
        for role, methods in self.methods.items():
            directory = self._guard.config.main.run_dir + "/" + role
            directories.make(directory)
            is_reporter = role == "reporter"
            on_connect = self.reporter.on_connect if is_reporter else None
            server = rpc.Server(self._guard.loop, "{}/{}.sock".format(directory, role), methods, on_connect)
            if is_reporter:
                self.reporter.peers = server.peers
