"""The form of LuCI's Settings: where its fields are, and how a person saves it."""

from portvagt import config
from portvagt_sim.waiting import wait_until

KEYS = [(section, name, key) for section, keys in config.KEYS.items() for name, key in keys.items()]
READS = {("uci", "get"), ("session", "access")}  # how the form is filled anew


def identity(section, name):
    return f"widget.cbid.portvagt.{section}.{name}"


def option(section, name):
    """The selector of an option's field."""
    known = identity(section, name)
    return f"[id='{known}'], [data-widget-id='{known}']"  # the second: LuCI's boxes to tick


def open_tab(visit, title):
    visit.page.locator(".cbi-tabmenu a", has_text=title).click()


def save(visit):
    """Press Save, and wait until all is written and read again, or a dialog says why not."""
    before = len(visit.rpcd.calls)
    visit.page.locator(".cbi-button-save").click()
    wait_until(
        lambda: visit.dialog().is_visible() or not READS.isdisjoint(visit.rpcd.asked()[before:]),
        10,
        "it is saved",
    )


def written(visit):
    """The calls that change the configuration."""
    return [each for each in visit.rpcd.calls if each[0] == "uci" and each[1] in ("set", "add", "delete")]
