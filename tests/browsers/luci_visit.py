"""A person at a router's LuCI: the tab of a browser, and what rpcd's plugin answers of a real guard."""

import re

from builder import recipe
from portvagt_sim.errors import SimulatorError

PLUGIN = (recipe.FILES / "portvagt.rpcd").read_text()
METHODS = dict(re.findall(r"^\t(\w+): \{ method: '(\w+)'", PLUGIN, flags=re.MULTILINE))
ABSENT = {"error": "the guard does not run: nothing listens on /var/run/portvagt/admin/admin.sock"}
STOPPED = "#portvagt-stopped"


class Plugin:
    """What /usr/libexec/rpcd/portvagt answers, of a router's guard. `changes` are of what status says."""

    def __init__(self, router):
        self._router = router
        self.runs = True
        self.changes = {}

    def __call__(self, method, parameters):
        if not self.runs:
            return ABSENT
        try:
            answer = self._router.call(METHODS[method], **parameters)
        except SimulatorError as error:
            return {"error": str(error).removeprefix(f"guard: {METHODS[method]}: ")}
        return {**answer, **self.changes} if method == "status" else answer


class Visit:
    """A person at a router's LuCI; `page` is the tab, `rpcd` what is behind it."""

    def __init__(self, page, site):
        self.page, self.rpcd, self._site = page, site.rpcd, site

    def go(self, view, language="en"):
        self.page.goto(self._site.url(view, language))
        self.page.wait_for_selector("#view h2")

    def poll(self):
        """What LuCI does by itself every few seconds."""
        self.page.evaluate("() => Promise.all(L.Poll.queue.map(each => each.fn()))")

    def row(self, name):
        return self.page.locator(f"{STOPPED} tr", has_text=name)

    def press(self, device, action):
        self.page.locator(f"[id='portvagt-{action}-{device.mac}']").click()

    def dialog(self):
        return self.page.get_by_role("dialog")

    def agree(self):
        """Press the dialog's last button, and wait until it is done."""
        self.dialog().locator("button").last.click()
        self.page.wait_for_selector("body:not(.modal-overlay-active)")

    def focused(self):
        return self.page.evaluate("() => document.activeElement.id")


def end_case(world, device):
    """Whatever a device's case is, it is over: an exemption can always be ended."""
    world.router.call("exempt", device=device.mac, seconds=60)
    world.router.call("release", device=device.mac)
