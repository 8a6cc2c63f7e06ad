"""Pictures of the LuCI app, as LuCI's own client and theme show it: those in docs/screens, or in another DIRECTORY.

In the project's directory: PYTHONPATH=agent:simulator:openwrt-package:. PORTVAGT_LUCI_RESOURCES=… .venv/bin/python
-m portvagt_sim enter -- .venv/bin/python -m tests.browsers.luci_screens [DIRECTORY]
"""

import sys
from pathlib import Path

from tests.browsers import luci_site
from tests.browsers.chromium import browser
from tests.browsers.desk_screens import picture
from tests.browsers.luci_visit import Plugin, Visit
from tests.scenarios import steps

from builder import uci
from portvagt_sim.world import World

SIZE = {"width": 1100, "height": 760}
# name: view, language
SHOWN = {"luci-overview-da": ("overview", "da"), "luci-settings-en": ("settings", "en")}
HEALTH = {
    "processes": {
        "guard": {"pid": 2041, "rss_kb": 3210, "seconds": 90000},
        "portal": {"pid": 2042, "rss_kb": 2210, "seconds": 90000},
        "reporter": {"pid": 2043, "rss_kb": 2540, "seconds": 90000},
    },
    "unsent": 0,
}


def happen(world):
    """A zombie, a mail server that is exempt, and a device that the owner of the router stopped."""
    steps.wait_online(world)
    steps.outbreak(world, world.home.laptop, 4, count=30)
    world.router.call("exempt", device=world.home.nas.mac, seconds=30 * 86400)
    steps.event(world, "exempted")


def main(directory):
    """Write the pictures."""
    with World() as world, browser() as started:
        happen(world)
        rpcd = luci_site.Rpcd(Plugin(world.router), uci.default_config())
        rpcd.instances = {role: {"running": True} for role in HEALTH["processes"]}
        rpcd.health = HEALTH
        with luci_site.serving(rpcd) as site, started.new_context(viewport=SIZE) as context:
            visit = Visit(context.new_page(), site)
            for name, (view, language) in SHOWN.items():
                visit.go(view, language)
                visit.page.wait_for_selector("#tabmenu li")
                Path(directory, f"{name}.png").write_bytes(picture(visit.page, SIZE["height"]))


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "docs/screens")
