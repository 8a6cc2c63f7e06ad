"""The rights of LuCI's users: who has the read half of our access group changes nothing; the menu asks for it."""

import json
from pathlib import Path

from tests.browsers import luci_site
from tests.browsers.luci_form import KEYS, option

from builder import luci


def test_who_may_only_read_sees_no_button(visit, laptop):
    visit.rpcd.may_write = False
    visit.go("overview")
    assert "Mail stopped" in visit.row(laptop.mac).inner_text()
    assert visit.page.locator("#view button").count() == 0


def test_who_may_only_read_can_change_nothing(visit):
    visit.rpcd.may_write = False
    visit.go("settings")
    for section, name, _ in KEYS:
        assert visit.page.locator(option(section, name)).is_disabled()
    assert visit.page.locator(".cbi-button-save").is_disabled()


def test_the_menu_leads_to_views_that_are_there():
    menu, acl = (json.loads(Path(path).read_text()) for path in sorted(luci.APP.glob("root/usr/share/*/*.d/*.json")))
    assert set(acl) == {"luci-app-portvagt"}
    for node in menu.values():
        assert node["depends"]["acl"] == ["luci-app-portvagt"]
        kind, path = node["action"]["type"], node["action"]["path"]
        assert path in menu if kind == "alias" else (luci_site.OURS / "view" / f"{path}.js").exists()
