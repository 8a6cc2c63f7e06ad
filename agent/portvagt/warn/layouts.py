"""Tables: which page a device gets, what is on each page, and what its buttons do."""

from collections import namedtuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# (state, whether a person has read it, whether "I have cleaned it" still counts): the page
_REFUSED = {
    ("stopped", False, True): "stopped",
    ("stopped", False, False): "stopped",
    ("stopped", True, True): "waiting",
    ("stopped", True, False): "reported",
    ("garden", False, True): "garden",
    ("garden", False, False): "garden_closed",
    ("garden", True, True): "garden",
    ("garden", True, False): "garden_closed",
}
# what a person asked the provider for, and whether they did: the page. Without a case there is nothing to ask for.
_ASKED = {
    ("mail_server", False): "mail_server",
    ("mail_server", True): "mail_server_sent",
    ("not_mine", False): "not_mine",
    ("not_mine", True): "not_mine_sent",
}

# Parts of a page: about, such as the device and what was seen; todo, with at most one button; rest, below them. A wide
# screen shows the first two beside each other.
Layout = namedtuple("Layout", ("about", "todo", "rest"))

_ABOUT = ("facts", "choose_kind")
LAYOUTS = {
    "stopped": Layout(_ABOUT, ("steps", "acknowledge"), ("another_kind", "again_read", "real", "choices")),
    "gate": Layout(_ABOUT, ("steps", "acknowledge"), ("another_kind", "again_gate", "real", "choices")),
    "waiting": Layout(_ABOUT, ("steps", "cleaned"), ("another_kind", "again_wait", "real", "choices")),
    "reported": Layout((), ("facts",), ("real", "choices")),
    "garden": Layout(_ABOUT, ("steps", "cleaned"), ("another_kind", "again_garden", "real", "choices")),
    "garden_closed": Layout(_ABOUT, ("steps",), ("another_kind", "choices", "real")),
    "released": Layout((), ("habits",), ("help",)),
    "clear": Layout((), ("habits",), ("help",)),
    "mail_server": Layout((), ("text", "mail_server_button", "back"), ("real",)),
    "mail_server_sent": Layout((), ("reference", "text", "back"), ("real",)),
    "not_mine": Layout((), ("text", "not_mine_button", "back"), ("real",)),
    "not_mine_sent": Layout((), ("reference", "text", "back"), ("real",)),
    "prevention": Layout((), ("tips",), ("clean", "help")),
    "mail": Layout(("settings",), ("programs",), ("help",)),
    "unavailable": Layout((), ("home",), ("help",)),
    "missing": Layout((), ("home",), ("help",)),
    "expired": Layout((), ("home",), ("help",)),
}

# pages that say the same as another at the top
HEADED_AS = {"gate": "stopped"}

# path: the page, which is the same for every device
ALWAYS = {"/prevention": "prevention", "/mail": "mail"}
# path: what about a device's case it shows, None: its state
OF_CASE = {"/": None, "/mail-server": "mail_server", "/not-mine": "not_mine"}

# path that a button leads to: (method of the guard, path of the page behind it)
BUTTONS = {
    "/acknowledge": ("acknowledge", "/"),
    "/cleaned": ("cleaned", "/"),
    "/mail-server": ("mail_server", "/mail-server"),
    "/not-mine": ("not_mine", "/not-mine"),
}


def is_refused(case: "dict[str, Any]") -> bool:
    """Whether the kernel refuses the mail of the device. `case`: the guard's answer."""
    return case["state"] in ("stopped", "garden")


def page_of(case: "dict[str, Any]", asked: "str | None" = None) -> str:
    """The name of the page of a device, a key of LAYOUTS. `asked`: of OF_CASE."""
    if not is_refused(case):
        return "released" if case["state"] == "released" else "clear"
    if asked is not None:
        return _ASKED[(asked, bool(case[asked]))]
    page = _REFUSED[(case["state"], bool(case["acknowledged"]), bool(case["may_request"]))]
    return "gate" if case["gate"] and page == "stopped" else page
