"""A router that is a machine of its own and is saved with the agent at work, for the next one to go on from there."""

from abc import abstractmethod
from collections.abc import Mapping
from pathlib import PurePosixPath

from portvagt_sim.router import settings, shell, uci
from portvagt_sim.router.machine_router import MachineRouter
from portvagt_sim.router.router import USUAL, Site

AT_WORK = ("guard", "portal")  # the processes of a machine that was saved with the agent


class SavedRouter(MachineRouter):
    """When a machine may be saved, and what of the agent is in it. How it is saved is each one's own."""

    def __init__(self, site: Site) -> None:
        super().__init__(site)
        self._is_fresh = True  # the agent has not been started yet

    @abstractmethod
    def _keep_ready(self) -> None:
        """Save the machine as it is, and let it go on."""

    def _may_be_saved(self) -> bool:
        """With the agent at work."""
        options = self._site.options._replace(pcap=None, image="")
        reports = self.settings["report"]["enabled"]
        return bool(reports) and self._site.agent and options == USUAL

    def _provisions(self) -> dict[PurePosixPath, str]:
        """The files that make the machine this router. Keys are root's; the init script hands them to their roles."""
        files = {self.state_dir / each.name: each.source.read_text() for each in settings.secrets(self._site)}
        return {**files, self.configuration: uci.rendered(self.settings)}

    def _provision(self, files: Mapping[PurePosixPath, str]) -> None:
        """Write them, all in one go."""
        lines = [f"mkdir -p {self.state_dir}", *(shell.writing(*each) for each in files.items())]
        self.run("sh", "-e", text="\n".join([*lines, f"chmod 600 {self.state_dir}/*.key"]))

    def start_agent(self) -> None:
        """Start the agent's processes, as at a boot; of a machine that was saved, the one that was not at work."""
        is_first, self._is_fresh = self._is_fresh, False
        if self._started:
            self.start_process("reporter")
            return
        super().start_agent()
        if is_first and self._may_be_saved():
            self._save_ready()

    def _save_ready(self) -> None:
        """Without the reporter: its connection would be one that its broker knows nothing of."""
        self.wait_ready()
        self.kill("reporter")
        self.wait_ended("reporter")
        self._keep_ready()
        self.start_process("reporter")
