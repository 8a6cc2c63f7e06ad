"""LuCI's overview of a real guard: who is stopped and why, and that it follows what happens."""

from tests.browsers.luci_visit import end_case
from tests.scenarios import steps


def test_nothing_has_happened(world, visit):
    visit.go("overview")
    assert visit.page.get_by_text("No device has been stopped.").is_visible()
    assert visit.page.get_by_text("No device is stopped.").is_visible()
    assert visit.page.locator("#portvagt-problems").inner_text() == ""
    assert visit.page.get_by_text("Connected to the provider").is_visible()


def test_a_zombie_is_shown_with_the_evidence(world, visit):
    device = world.home.pc
    steps.outbreak(world, device, 6, count=40)
    told = world.router.call("explain", device=device.mac)
    facts = told["case"]["evidence"]
    visit.go("overview")
    row = visit.row(device.mac).inner_text()
    assert "Mail stopped" in row
    assert f"Opened {facts['connections']} mail connections (port 25) to {facts['networks']} networks" in row
    assert "It is released by itself in 24 hours, if it tries nothing until then." in row
    assert all(address in row for address in told["addresses"])
    assert "1 device is stopped." in visit.page.get_by_role("status").inner_text()
    steps.event(world, "stopped")
    assert "Mail was stopped" in visit.page.locator("#portvagt-last").inner_text()
    end_case(world, device)


def test_news_come_by_themselves_and_the_place_is_kept(world, visit, laptop):
    visit.go("overview")
    visit.page.locator(f"[id='portvagt-exempt-{laptop.mac}']").focus()
    world.router.call("stop", device=world.home.tv.mac)
    visit.poll()
    assert "Mail stopped" in visit.row(world.home.tv.mac).inner_text()
    assert visit.focused() == f"portvagt-exempt-{laptop.mac}"
    end_case(world, world.home.tv)
    visit.poll()
    assert visit.row(world.home.tv.mac).count() == 0


def test_a_list_that_was_opened_stays_open(world, visit, laptop):
    visit.go("overview")
    visit.rpcd.guard.changes = {"devices": [{**world.router.call("explain", device=laptop.mac), "state": "clear"}]}
    visit.poll()
    visit.page.get_by_text("1 device sends mail as usual").click()
    assert visit.page.locator("#portvagt-usual").get_by_text(laptop.mac).is_visible()
    visit.poll()
    assert visit.page.locator("#portvagt-usual").get_by_text(laptop.mac).is_visible()


def test_the_name_that_a_device_gives_itself_is_never_markup(world, visit, laptop):
    name = "<img src=x onerror=document.title='taken'>"
    told = {**world.router.call("explain", device=laptop.mac), "name": name, "state": "clear"}
    visit.rpcd.guard.changes = {"devices": [told]}
    visit.go("overview")
    visit.page.get_by_text("1 device sends mail as usual").click()
    assert visit.page.get_by_text(name).is_visible()
    visit.press(laptop, "exempt")
    assert visit.dialog().locator("h4").inner_text() == f"Exempt {name}?"
    assert visit.page.locator("img").count() == 0
    assert visit.page.title() == "Portvagt"
