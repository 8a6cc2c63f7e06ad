"""What the overview says of the agent itself: what is wrong, which processes run, the way to the provider."""

import pytest

PROBLEMS = {
    "blind": (
        {"blind": "none of the LAN interfaces exists: br-lan"},
        "None of the interfaces of the home exists: br-lan.",
    ),
    "table": ({"table": "missing"}, "The rules are missing"),
    "damaged": ({"damaged_files": 2}, "2 files of Portvagt could not be read"),
    "repairs": ({"repairs": {"times": 9, "seconds": 70, "pause_s": 300}}, "removed or changed 9 times in 70 seconds"),
}


@pytest.mark.parametrize("name", PROBLEMS)
def test_what_is_wrong_is_said_first(world, visit, name):
    changes, sentence = PROBLEMS[name]
    visit.rpcd.guard.changes = changes
    visit.go("overview")
    assert sentence in visit.page.locator("#portvagt-problems").inner_text()


def test_a_guard_that_does_not_run_and_comes_back(world, visit):
    visit.rpcd.guard.runs = False
    visit.go("overview")
    assert "Portvagt does not run." in visit.page.locator("#portvagt-problems").inner_text()
    assert visit.page.locator("#portvagt-devices").inner_text() == "Not known at the moment."
    visit.rpcd.guard.runs = True
    visit.poll()
    assert visit.page.locator("#portvagt-problems").inner_text() == ""
    assert visit.page.get_by_text("No device has been stopped.").is_visible()


def test_health(world, visit):
    visit.rpcd.instances = {"guard": {"running": True, "pid": 7}, "portal": {"running": False, "exit_code": 1}}
    visit.rpcd.health = {"processes": {"guard": {"pid": 8, "rss_kb": 1843, "seconds": 7300}}, "unsent": 3}
    visit.rpcd.guard.changes = {"reporting": None}
    visit.go("overview")
    rows = [row.inner_text().split("\t") for row in visit.page.locator("#portvagt-processes tr").all()]
    assert rows[1] == ["Guard: watches, and stops mail", "runs", "2 hours", "1.8 MB", "8"]
    assert rows[2][1:] == ["does not run", "–", "–", "–"]
    assert rows[3][1] == "switched off"
    assert visit.page.get_by_text("Reporting to the provider is switched off.").is_visible()
    visit.rpcd.guard.changes = {"reporting": {"status": "no connection: nobody listens", "seconds": 200}}
    visit.poll()
    assert visit.page.get_by_text(
        "No connection to the provider: nobody listens. For 3 minutes. 3 events wait to be sent."
    ).is_visible()
