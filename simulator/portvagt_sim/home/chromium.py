"""A real Chromium on a device, without a window: what it does when it finds itself behind a portal."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any

from portvagt_sim.errors import SimulatorError
from portvagt_sim.home import devtools
from portvagt_sim.home.device import Device
from portvagt_sim.program import Program

START_SECONDS = 30.0
# --no-sandbox: everybody is root in our sandbox. --ignore-certificate-errors: the sites' are of the simulator's own
# authority. The others: no traffic of its own, no questions.
OPTIONS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--ignore-certificate-errors",
    devtools.OPTION,
)
ERROR = "location.protocol === 'chrome-error:'"  # the address bar goes on naming the site
PAINTED = "performance.getEntriesByName('first-contentful-paint').length > 0"
PRESS = "document.querySelector('button').click()"


class Chromium:
    """`with Chromium(device, directory) as browser`: a new profile in a directory that is made for it."""

    name = "Chromium"
    asks_again = False  # only when somebody goes on in the portal's tab

    def __init__(self, device: Device, directory: Path) -> None:
        self._netns = device.netns
        self._directory = directory
        self._opened: list[str] = []  # by a person

    def __enter__(self) -> "Chromium":
        self._directory.mkdir()
        self._devtools = devtools.DevTools(self._directory)
        profile = self._directory / "profile"
        self._program = Program(
            self.name,
            self._netns,
            self._devtools.command("chromium", *OPTIONS, f"--user-data-dir={profile}", "about:blank"),
            self._directory / "log",
            {**os.environ, **self._devtools.environment, "HOME": str(self._directory)},
        )
        try:
            self._program.wait_until(self._answers, START_SECONDS, "it answers on its pipe")
            self.version = str(self._devtools.call("Browser.getVersion")["product"]).partition("/")[2]
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _traceback: TracebackType | None,
    ) -> None:
        self._stop()

    def open(self, url: str) -> None:
        """Open a page in a new tab, and wait for nothing."""
        self._opened.append(self._devtools.call("Target.createTarget", url=url)["targetId"])

    def has_painted(self, urls: tuple[str, ...]) -> bool:
        """Whether the tab that was opened last shows the page at one of these addresses, and no error."""
        place = next(tab["url"] for tab in self._tabs() if tab["targetId"] == self._opened[-1])
        return place in urls and bool(self._evaluate(self._opened[-1], f"!({ERROR}) && {PAINTED}"))

    def shows_portal(self, urls: tuple[str, ...]) -> bool:
        """Whether it opened a tab with the portal's page; `urls` are those that the page may have."""
        return bool(self._own_tabs(urls))

    def press(self, urls: tuple[str, ...]) -> None:
        """Press the button of the portal's page, in the tab that it opened."""
        self._evaluate(self._own_tabs(urls)[0], PRESS)

    def waits(self) -> bool:
        """Whether a tab still shows that its site could not be reached."""
        return any(self._evaluate(tab["targetId"], ERROR) for tab in self._tabs())

    def _own_tabs(self, urls: tuple[str, ...]) -> list[str]:
        return [tab["targetId"] for tab in self._tabs() if tab["url"] in urls and tab["targetId"] not in self._opened]

    def _tabs(self) -> list[dict[str, Any]]:
        found = self._devtools.call("Target.getTargets")["targetInfos"]
        return [target for target in found if target["type"] == "page"]

    def _evaluate(self, tab: str, expression: str) -> Any:
        session = self._devtools.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
        try:
            return self._devtools.call("Runtime.evaluate", session, expression=expression)["result"].get("value")
        finally:
            self._devtools.call("Target.detachFromTarget", sessionId=session)

    def _answers(self) -> bool:
        try:
            return bool(self._tabs())
        except SimulatorError:
            return False

    def _stop(self) -> None:
        self._program.stop()
        self._devtools.close()
