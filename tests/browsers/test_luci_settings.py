"""LuCI's form of every option: it shows what holds, and writes what was changed and nothing else."""

from tests.browsers.luci_form import KEYS, open_tab, option, save

from builder import luci
from builder.descriptions import DESCRIPTIONS
from portvagt import config


def test_every_option_is_in_the_form(visit):
    visit.go("settings")
    for section, name, key in KEYS:
        known = luci.option(section, name, key)
        field = visit.page.locator(option(section, name))
        assert field.count() == 1, (section, name)
        around = visit.page.locator(".cbi-value", has=field)
        assert luci.TITLES[section][name] in around.text_content()
        assert DESCRIPTIONS[section][name][1:] in around.text_content()
        if known["widget"] == "'Value'":
            assert (field.get_attribute("placeholder") or "") == key.default


def test_the_form_shows_what_holds(visit):
    visit.rpcd.config["main"] |= {"enabled": "yes", "policy": "observe"}
    visit.rpcd.config["judge"]["quiet_hours"] = "48"
    visit.go("settings")
    assert visit.page.locator(option("main", "enabled")).is_checked()
    assert visit.page.locator(option("main", "policy")).input_value() == "observe"
    assert visit.page.locator(option("judge", "quiet_hours")).input_value() == "48"
    assert not visit.page.locator(option("report", "enabled")).is_checked()
    assert visit.page.locator(option("warn", "language")).input_value() == "da"


def test_what_nobody_changed_is_not_written(visit):
    visit.go("settings")
    before = visit.rpcd.file()
    save(visit)
    assert visit.rpcd.file() == before


def test_changes_arrive_as_the_agent_reads_them(visit):
    visit.go("settings")
    visit.page.get_by_label("Policy").select_option("closed")
    for tab, section, name, text in (
        ("Judging", "judge", "quiet_hours", "48"),
        ("Limits", "block", "smtp_burst", "5"),
        ("Page for the family", "warn", "isp_name", "Østersø Net's"),
        ("Reporting", "report", "cpe_id", "cpe-0001"),
        ("Reporting", "report", "broker", "mqtt.isp.example"),
    ):
        open_tab(visit, tab)
        visit.page.locator(option(section, name)).fill(text)
    visit.page.locator(option("report", "enabled")).check(force=True)
    save(visit)
    values = visit.rpcd.config
    assert (values["main"]["policy"], values["judge"]["quiet_hours"]) == ("closed", "48")
    assert values["warn"]["isp_name"] == "Østersø Net's"
    values["warn"]["isp_name"] = "Østersø Net"  # uci(1) writes quotes in its own way
    read = config.parse(visit.rpcd.file(), "portvagt")
    assert (read.main.policy, read.judge.quiet_hours, read.block.smtp_burst) == ("closed", 48, 5)
    assert (read.report.enabled, read.report.cpe_id, read.report.broker) == (True, "cpe-0001", "mqtt.isp.example")
    assert set(values["judge"]) - {".type", ".name", ".anonymous", ".index"} == {"quiet_hours"}


def test_back_to_the_default_is_no_line(visit):
    visit.rpcd.config["judge"]["quiet_hours"] = "48"
    visit.rpcd.config["warn"]["language"] = "en"
    visit.go("settings")
    open_tab(visit, "Judging")
    visit.page.locator(option("judge", "quiet_hours")).fill("")
    open_tab(visit, "Page for the family")
    visit.page.locator(option("warn", "language")).select_option("da")
    save(visit)
    assert "quiet_hours" not in visit.rpcd.config["judge"]
    assert "language" not in visit.rpcd.config["warn"]


def test_a_section_that_is_not_there_is_made(visit):
    del visit.rpcd.config["judge"]
    visit.go("settings")
    open_tab(visit, "Judging")
    visit.page.locator(option("judge", "quiet_hours")).fill("72")
    save(visit)
    assert visit.rpcd.config["judge"]["quiet_hours"] == "72"
    assert config.parse(visit.rpcd.file(), "portvagt").judge.quiet_hours == 72
