"""LuCI's form accepts what the agent accepts; a mistake is said, and nothing is written."""

import pytest
from tests.browsers.luci_form import KEYS, identity, open_tab, option, save, written

from builder import luci
from portvagt import config

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
        found = visit.page.evaluate(TYPE, [identity(section, name), texts]) if texts else []
        assert dict(zip(texts, found, strict=True)) == {text: accepts(key, text) for text in texts}, (section, name)


def test_a_mistake_is_said_and_nothing_is_written(visit):
    visit.go("settings")
    open_tab(visit, "Judging")
    visit.page.locator(option("judge", "quiet_hours")).fill("0")
    save(visit)
    assert "Quiet until released" in visit.dialog().inner_text()
    assert written(visit) == []


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
    open_tab(visit, luci.SECTIONS[section])
    for name, value in values.items():
        field = visit.page.locator(option(section, name))
        field.check() if name == "enabled" else field.fill(value)
    save(visit)
    assert visit.dialog().is_visible()
    assert written(visit) == []
