"""The overview's buttons: release a device, exempt it for a time, or think better of it."""

import pytest


def test_a_release_that_comes_too_early_is_explained_calmly(visit, laptop):
    visit.go("overview")
    visit.press(laptop, "release")
    assert "stopped again, for longer" in visit.dialog().inner_text()
    visit.agree()
    notice = visit.page.locator(".alert-message.info")
    assert "A release is possible in 60 minutes, if it tries nothing until then." in notice.inner_text()
    assert "Mail stopped" in visit.row(laptop.mac).inner_text()
    assert visit.focused() == f"portvagt-release-{laptop.mac}"


def test_exempt_for_a_time_and_end_it(world, visit, laptop):
    visit.go("overview")
    visit.press(laptop, "exempt")
    visit.page.get_by_label("For how long:").select_option(label="1 hour")
    visit.agree()
    assert 3500 < world.router.call("explain", device=laptop.mac)["case"]["remaining_s"] <= 3600
    assert "No limit and no stop for this device." in visit.row(laptop.mac).inner_text()
    visit.press(laptop, "release")
    assert "End the exemption of" in visit.dialog().inner_text()
    visit.agree()
    assert world.router.call("explain", device=laptop.mac)["state"] == "clear"
    assert visit.row(laptop.mac).count() == 0


def test_the_usual_time_of_an_exemption_is_a_month(world, visit, laptop):
    visit.go("overview")
    visit.press(laptop, "exempt")
    visit.agree()
    assert world.router.call("explain", device=laptop.mac)["case"]["remaining_s"] == pytest.approx(30 * 86400, abs=60)


@pytest.mark.parametrize("action", ["release", "exempt"])
@pytest.mark.parametrize("way", ["Cancel", "Escape"])
def test_who_thinks_better_of_it_has_changed_nothing(world, visit, laptop, action, way):
    visit.go("overview")
    visit.press(laptop, action)
    assert visit.page.evaluate("() => document.activeElement.textContent") == "Cancel"
    visit.page.keyboard.press("Enter" if way == "Cancel" else "Escape")
    visit.page.wait_for_selector("body:not(.modal-overlay-active)")
    assert visit.focused() == f"portvagt-{action}-{laptop.mac}"
    assert [method for name, method, _ in visit.rpcd.calls if method in ("release", "exempt")] == []
