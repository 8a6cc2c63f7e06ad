"""A real Chromium on a device, without a window: what it does when it finds itself behind a portal.

Driven by the HTTP half of its own remote debugging protocol, which is all that opening and listing tabs needs.
"""

import http.client
import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any

from portvagt_sim.home.device import Device
from portvagt_sim.namespaces import entered
from portvagt_sim.program import Program

START_SECONDS = 30.0
ANSWER_SECONDS = 5.0
PORT = 9222
# --no-sandbox: everybody is root in our sandbox. The others: no traffic of its own, no questions.
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    f"--remote-debugging-port={PORT}",
)


class Chromium:
    """`with Chromium(device, directory) as browser`: a new profile in a directory that is made for it."""

    name = "Chromium"

    def __init__(self, device: Device, directory: Path) -> None:
        self._netns = device.netns
        self._directory = directory

    def __enter__(self) -> "Chromium":
        self._directory.mkdir()
        self._program = Program(
            self.name,
            self._netns,
            ["chromium", *OPTIONS, f"--user-data-dir={self._directory}", "about:blank"],
            self._directory / "log",
            {**os.environ, "HOME": str(self._directory)},
        )
        try:
            self._program.wait_until(self._answers, START_SECONDS, "it answers on its debugging port")
            self.version = str(self._ask("GET", "/json/version")["Browser"]).partition("/")[2]
        except BaseException:
            self._program.stop()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._program.stop()

    def open(self, url: str) -> None:
        """Open a page in a new tab, and wait for nothing."""
        self._ask("PUT", f"/json/new?{url}")

    def shows_portal(self, urls: tuple[str, ...]) -> bool:
        """Whether it opened a tab with the portal's page; `urls` are those that the page may have."""
        return any(target["type"] == "page" and target["url"] in urls for target in self._targets())

    def _targets(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._ask("GET", "/json/list")
        return found

    def _answers(self) -> bool:
        try:
            return bool(self._targets())
        except OSError:
            return False

    def _ask(self, method: str, target: str) -> Any:
        connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=ANSWER_SECONDS)
        with entered(self._netns):
            connection.connect()
        try:
            connection.request(method, target)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()
