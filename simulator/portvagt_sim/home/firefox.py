"""A real Firefox on a device, without a window: what it does when it finds itself behind a portal."""

import os
from pathlib import Path
from types import TracebackType
from typing import Any

from portvagt_sim.home.device import Device
from portvagt_sim.home.marionette import Marionette
from portvagt_sim.program import Program
from portvagt_sim.waiting import wait_until

START_SECONDS = 30.0
PAGE_SECONDS = 10.0
# what everybody's Firefox does, and who drives one by Marionette must ask for (remote/shared/RecommendedPreferences);
# else no traffic of its own. The interval between two checks stays a minute, as everybody's is.
PREFERENCES = """\
user_pref("network.captive-portal-service.enabled", true);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
"""
# -remote-allow-system-access: the bar is of the window, not of the page
OPTIONS = ("--headless", "--no-remote", "--marionette", "-remote-allow-system-access")
# netwerk/base/nsICaptivePortalService.idl
NOT_CAPTIVE = 1
STATE = 'return Cc["@mozilla.org/network/captive-portal-service;1"].getService(Ci.nsICaptivePortalService).state'
# browser/base/content/browser-captivePortal.js
BARS = 'return gNotificationBox.allNotifications.map(bar => bar.getAttribute("value"))'
PORTAL_BAR = "captive-portal-detected"
OPEN_PORTAL = "gNotificationBox.getNotificationWithValue(arguments[0]).buttonContainer.querySelector('button').click()"
# where the selected tab is, and whether it shows that: an error has the address of the site too, its document has not
PLACE = "const {currentURI, documentURI} = gBrowser.selectedBrowser; return [currentURI.spec, documentURI?.spec]"
PAINTED = 'return performance.getEntriesByName("first-contentful-paint").length > 0'
GO = "gBrowser.fixupAndLoadURIString(arguments[0], {triggeringPrincipal: document.nodePrincipal})"


class Firefox:
    """`with Firefox(device, directory) as browser`: a new profile in a directory that is made for it."""

    name = "Firefox"
    asks_again = True  # whether a portal that it offers is still there, every few seconds

    def __init__(self, device: Device, directory: Path, is_online: bool = True) -> None:
        """`is_online`: whether it is, so that it can be waited for until it knows."""
        self._is_online = is_online
        self._netns = device.netns
        self._directory = directory

    def __enter__(self) -> "Firefox":
        self._directory.mkdir()
        (self._directory / "user.js").write_text(PREFERENCES)
        self._program = Program(
            self.name,
            self._netns,
            ["firefox-esr", *OPTIONS, "--profile", str(self._directory), "about:blank"],
            self._directory / "log",
            {**os.environ, "HOME": str(self._directory)},
        )
        try:
            self._program.wait_until(self._connects, START_SECONDS, "it answers on its Marionette port")
            self._begin()
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
        self._marionette.close()
        self._program.stop()

    def open(self, url: str) -> None:
        """Open a page, and wait for nothing."""
        self._run(GO, url)

    def has_painted(self, urls: tuple[str, ...]) -> bool:
        """Whether the selected tab shows the page at one of these addresses, and no error."""
        place, shown = self._run(PLACE)
        return place in urls and place == shown and self._in_page(PAINTED)

    def shows_portal(self, _urls: tuple[str, ...]) -> bool:
        """Whether it offers the portal's page in a bar."""
        return PORTAL_BAR in self._run(BARS)

    def press(self, urls: tuple[str, ...]) -> None:
        """Open the portal's page by the bar, and press its button."""
        self._run(OPEN_PORTAL, PORTAL_BAR)
        wait_until(lambda: self.has_painted(urls), PAGE_SECONDS, "Firefox shows the page that its bar offers")
        self._in_page("document.querySelector('form button').click()")

    def waits(self) -> bool:
        """Whether the bar is still there."""
        return self.shows_portal(())

    def _connects(self) -> bool:
        try:
            self._marionette = Marionette(self._netns)
        except OSError:
            return False
        return True

    def _begin(self) -> None:
        """It looks for a portal when it starts; what that finds must not be mixed up with what comes later."""
        session = self._marionette.call("WebDriver:NewSession", acceptInsecureCerts=True)
        self.version = str(session["capabilities"]["browserVersion"])
        self._marionette.call("Marionette:SetContext", value="chrome")
        if self._is_online:
            wait_until(lambda: self._run(STATE) == NOT_CAPTIVE, START_SECONDS, "Firefox finds that it is online")

    def _in_page(self, script: str) -> Any:
        """What a script says in the page of the newest tab, which is the selected one."""
        self._marionette.call("Marionette:SetContext", value="content")
        try:
            newest = self._marionette.call("WebDriver:GetWindowHandles")[-1]
            self._marionette.call("WebDriver:SwitchToWindow", handle=newest, focus=False)
            return self._run(script)
        finally:
            self._marionette.call("Marionette:SetContext", value="chrome")

    def _run(self, script: str, *arguments: str) -> Any:
        return self._marionette.call("WebDriver:ExecuteScript", script=script, args=list(arguments))["value"]
