"""The LuCI app in a real browser: the overview of a real guard, and the form of every option.

The client behind it is a stand-in, or LuCI's own where PORTVAGT_LUCI_RESOURCES names it (tests/browsers/luci_site.py).
"""

import json
import re
from pathlib import Path

import pytest
from tests.browsers import luci_site
from tests.browsers.chromium import browser
from tests.browsers.test_accessibility import AXE, TAGS
from tests.scenarios import steps

from builder import luci, po, recipe, uci
from builder.descriptions import DESCRIPTIONS
from portvagt import config
from portvagt_sim.errors import SimulatorError
from portvagt_sim.waiting import wait_until
from portvagt_sim.world import World

KEYS = [(section, name, key) for section, keys in config.KEYS.items() for name, key in keys.items()]
FIND = "tags => axe.run('#view', {runOnly: {type: 'tag', values: tags}})"
PLUGIN = (recipe.FILES / "portvagt.rpcd").read_text()
METHODS = dict(re.findall(r"^\t(\w+): \{ method: '(\w+)'", PLUGIN, flags=re.MULTILINE))
ABSENT = {"error": "the guard does not run: nothing listens on /var/run/portvagt/admin/admin.sock"}
STOPPED = "#portvagt-stopped"
REFUSED = 'Option "'  # how an error begins that LuCI shows in a dialog and lets go on to the console


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


@pytest.fixture(scope="module")
def world(request):
    with World(runtime=request.config.getoption("--runtime")) as started:
        steps.wait_online(started)
        yield started


@pytest.fixture(scope="module")
def running():
    with browser() as started:
        yield started


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


@pytest.fixture
def visit(running, request):
    """Of the world's router where the test has a world, else of one whose guard doesn't run."""
    plugin = lambda *_: ABSENT  # noqa: E731
    if "world" in request.fixturenames:
        plugin = Plugin(request.getfixturevalue("world").router)
    rpcd = luci_site.Rpcd(plugin, uci.default_config())
    with luci_site.serving(rpcd) as site, running.new_context(locale="en-GB", timezone_id="UTC") as context:
        page = context.new_page()
        wrong = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        yield Visit(page, site)
        assert [each for each in wrong if not each.startswith(REFUSED)] == []
        assert site.lost == []
        assert not [each for each in rpcd.denied if each[0] in ("portvagt", "luci.portvagt", "service")]


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped by hand, and is let go afterwards."""
    world.router.call("stop", device=world.home.laptop.mac)
    yield world.home.laptop
    end(world, world.home.laptop)


def end(world, device):
    """Whatever a device's case is, it is over: an exemption can always be ended."""
    world.router.call("exempt", device=device.mac, seconds=60)
    world.router.call("release", device=device.mac)


# the overview


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
    end(world, device)


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


def test_news_come_by_themselves_and_the_place_is_kept(world, visit, laptop):
    visit.go("overview")
    visit.page.locator(f"[id='portvagt-exempt-{laptop.mac}']").focus()
    world.router.call("stop", device=world.home.tv.mac)
    visit.poll()
    assert "Mail stopped" in visit.row(world.home.tv.mac).inner_text()
    assert visit.focused() == f"portvagt-exempt-{laptop.mac}"
    end(world, world.home.tv)
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


def test_who_may_only_read_sees_no_button(visit, laptop):
    visit.rpcd.may_write = False
    visit.go("overview")
    assert "Mail stopped" in visit.row(laptop.mac).inner_text()
    assert visit.page.locator("#view button").count() == 0


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


@pytest.mark.parametrize("language", ["en", "da"])
def test_no_view_has_a_barrier(world, visit, laptop, language):
    for view in ("overview", "settings"):
        visit.go(view, language)
        visit.page.add_script_tag(path=AXE)
        found = visit.page.evaluate(FIND, TAGS)
        assert found["passes"]
        broken = [(each["id"], node["html"]) for each in found["violations"] for node in each["nodes"]]
        # what LuCI's own widgets lack is not ours to mend
        assert [each for each in broken if not luci_site.IS_REAL or "widget" not in each[1]] == []


def test_danish(world, visit, laptop):
    visit.go("overview", "da")
    shown = visit.page.locator("#view").inner_text()
    assert "Mail stoppet" in shown and "1 enhed er stoppet." in shown
    english = {
        message.text for message in po.parse(po.template()) if "%" not in message.text and len(message.text) > 12
    }
    assert [text for text in english if text in shown] == []


# what the app knows of the agent's words


def test_the_guards_refusals_have_words_of_ours(world, visit, laptop):
    """The patterns in words.js fit what the agent says today."""
    visit.go("overview")
    said = ask(world, "release", device=laptop.mac)
    assert translated(visit, said) != said
    for text in (ABSENT["error"], "the guard does not answer", "64 devices are exempt already; release one first"):
        assert translated(visit, text) != text
    assert translated(visit, "another sentence") == "another sentence"


def ask(world, method, **parameters):
    return Plugin(world.router)(method, parameters)["error"]


def translated(visit, text):
    return visit.page.evaluate("text => L.require('portvagt.words').then(words => words.answer(text))", text)


# the form


def option(section, name):
    identity = f"widget.cbid.portvagt.{section}.{name}"
    return f"[id='{identity}'], [data-widget-id='{identity}']"  # the second: LuCI's boxes to tick


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


READS = {("uci", "get"), ("session", "access")}


def save(visit):
    """Press Save, and wait until all is written and read again, or a dialog says why not."""
    before = len(visit.rpcd.calls)
    visit.page.locator(".cbi-button-save").click()
    wait_until(
        lambda: visit.dialog().is_visible() or any(is_reading(*each) for each in visit.rpcd.calls[before:]),
        10,
        "it is saved",
    )


def is_reading(name, method, _):
    return (name, method) in (("uci", "get"), ("session", "access"))


def written(visit):
    return [each for each in visit.rpcd.calls if each[0] == "uci" and each[1] in ("set", "add", "delete")]


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
        visit.page.locator(".cbi-tabmenu a", has_text=tab).click()
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
    visit.page.locator(".cbi-tabmenu a", has_text="Judging").click()
    visit.page.locator(option("judge", "quiet_hours")).fill("")
    visit.page.locator(".cbi-tabmenu a", has_text="Page for the family").click()
    visit.page.locator(option("warn", "language")).select_option("da")
    save(visit)
    assert "quiet_hours" not in visit.rpcd.config["judge"]
    assert "language" not in visit.rpcd.config["warn"]


def test_a_section_that_is_not_there_is_made(visit):
    del visit.rpcd.config["judge"]
    visit.go("settings")
    visit.page.locator(".cbi-tabmenu a", has_text="Judging").click()
    visit.page.locator(option("judge", "quiet_hours")).fill("72")
    save(visit)
    assert visit.rpcd.config["judge"]["quiet_hours"] == "72"
    assert config.parse(visit.rpcd.file(), "portvagt").judge.quiet_hours == 72


def test_a_mistake_is_said_and_nothing_is_written(visit):
    visit.go("settings")
    visit.page.locator(".cbi-tabmenu a", has_text="Judging").click()
    visit.page.locator(option("judge", "quiet_hours")).fill("0")
    save(visit)
    assert "Quiet until released" in visit.dialog().inner_text()
    assert written(visit) == []


def test_who_may_only_read_can_change_nothing(visit):
    visit.rpcd.may_write = False
    visit.go("settings")
    for section, name, _ in KEYS:
        assert visit.page.locator(option(section, name)).is_disabled()
    assert visit.page.locator(".cbi-button-save").is_disabled()


# texts for each way of reading: right and wrong ones, and those at the bounds
TEXTS = {
    "_integer": ("x", "1.5", "-1", "+1", "", " 1", "007", "99999999999999"),
    "_text": ("Østersø Net", "x" * 30, "x" * 31, "ø" * 60, "ø" * 61),
    "_characters": (
        "br-lan",
        "eth0.1@x",
        "a b",
        "mqtt.isp.example",
        "2001:db8::1",
        "cpe/1",
        "x" * 15,
        "x" * 16,
        "x" * 254,
    ),
    "_path": ("/etc/x", "etc/x", "/a b", "/" + "x" * 199, "/" + "x" * 200, "/etc/x;y"),
    "_domain": (
        "portal.example.net",
        "portal",
        "192.0.2.1",
        "a..b",
        ".a.b",
        "portal_1.example",
        "a.b." + "x" * 200,
        "a.1",
    ),
    "_colour": ("#0b5a4d", "#0B5A4D", "#dddddd", "0b5a4d", "#0b5a4", "#0b5a4g", "blue"),
    "_address": (
        "192.0.2.1",
        "192.0.2.256",
        "192.0.2",
        "192.0.2.01",
        "2001:db8::1",
        "2001:db8:::1",
        "::",
        "x",
        "192.0.2.0/24",
    ),
    "_mac": ("02:00:5e:00:00:01", "02-00-5e-00-00-01", "02:00:5E:00:00:0A", "2:0:5e:0:0:1", "02:00:5e:00:00:0g"),
}
TYPE = """([id, texts]) => {
    const field = document.getElementById(id);
    return texts.map(text => {
        field.value = text;
        for (const event of ["keyup", "input", "blur", "change"]) field.dispatchEvent(new Event(event));
        return !field.classList.contains("cbi-input-invalid");
    });
}"""


def accepts(key, text):
    try:
        return key.read(text) is not None
    except ValueError:
        return False


def test_the_form_accepts_what_the_agent_accepts(visit):
    visit.go("settings")
    for section, name, key in KEYS:
        read = luci.reader(key.read)
        texts = list(TEXTS.get(read.name, ()))
        if read.name == "_integer":
            texts += [str(read.bound[end] + step) for end in ("least", "most") for step in (-1, 0, 1)]
        texts = [text for text in texts if text]
        identity = f"widget.cbid.portvagt.{section}.{name}"
        found = visit.page.evaluate(TYPE, [identity, texts]) if texts else []
        assert dict(zip(texts, found, strict=True)) == {text: accepts(key, text) for text in texts}, (section, name)


@pytest.mark.parametrize(
    ("section", "values", "named"),
    [
        ("warn", {"port": "8026"}, "tls_port"),
        ("warn", {"port": "9000", "api_port": "9000"}, "port"),
        ("warn", {"api_host": "portal.example.net", "api_key": "/etc/x.key"}, "api_certificate"),
        ("report", {"enabled": "1", "cpe_id": "cpe-1"}, "broker"),
    ],
)
def test_values_that_do_not_go_together_are_refused_as_by_the_agent(visit, section, values, named):
    text = f"config {section}\n" + "".join(f" option {name} '{value}'\n" for name, value in values.items())
    with pytest.raises(config.ConfigError, match=named):
        config.parse(text, "portvagt")
    visit.go("settings")
    visit.page.locator(".cbi-tabmenu a", has_text=luci.SECTIONS[section]).click()
    for name, value in values.items():
        field = visit.page.locator(option(section, name))
        field.check() if name == "enabled" else field.fill(value)
    save(visit)
    assert visit.dialog().is_visible()
    assert written(visit) == []


def test_the_menu_leads_to_views_that_are_there():
    menu, acl = (json.loads(Path(path).read_text()) for path in sorted(luci.APP.glob("root/usr/share/*/*.d/*.json")))
    assert set(acl) == {"luci-app-portvagt"}
    for node in menu.values():
        assert node["depends"]["acl"] == ["luci-app-portvagt"]
        kind, path = node["action"]["type"], node["action"]["path"]
        assert path in menu if kind == "alias" else (luci_site.OURS / "view" / f"{path}.js").exists()
