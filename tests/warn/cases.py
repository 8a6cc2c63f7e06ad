"""What the guard says of devices, as values for tests."""

from portvagt.warn import layouts, style
from portvagt.warn.pages import Page, Settings, Visit

SETTINGS = Settings("Example Net", "70 12 34 56", "da", "", style.sheet())
NAMELESS = SETTINGS._replace(isp_name="", isp_phone="")
CLEAR = {"state": "clear"}
RELEASED = {"state": "released"}


def stopped(**changes):
    """A device that has just been stopped."""
    case = {
        "state": "stopped",
        "incident": "3f9c2b",
        "token": "77aa01",
        "device": {"name": "laptop", "mac_tail": "3d:0a", "random_mac": False},
        "stopped_seconds_ago": 725.0,
        "stopped_at": None,
        "acknowledged": False,
        "gate": False,
        "may_request": True,
        "mail_server": False,
        "not_mine": False,
        "reference": "10486571",
        "familiar": 0,
        "hold_hours": 24,
        "quiet_wait_s": 82000,
        "evidence": {
            "connections": 6,
            "networks": 6,
            "seconds": 0.12,
            "unanswered": 2,
            "ports": [25],
            "usual_per_day": 4,
        },
        "page": "http://192.168.1.1:8025/",
    }
    return {**case, **changes}


RANDOM_MAC = {"name": None, "mac_tail": "3d:0a", "random_mac": True}
# name: (page, where it is, case, kind of device)
GALLERY = {
    "stopped": ("stopped", "/", stopped(), "windows"),
    "stopped-mac": ("stopped", "/", stopped(familiar=2), "mac"),
    "stopped-android": ("stopped", "/", stopped(device=RANDOM_MAC, familiar=1), "android"),
    "stopped-ios": ("stopped", "/", stopped(), "ios"),
    "stopped-linux": ("stopped", "/", stopped(), "linux"),
    "stopped-nas": ("stopped", "/", stopped(), "nas"),
    "stopped-thing": ("stopped", "/", stopped(), "thing"),
    "stopped-other": ("stopped", "/", stopped(evidence=None), "other"),
    "gate": ("gate", "/", stopped(gate=True), "windows"),
    "gate-other": ("gate", "/", stopped(gate=True, evidence=None), "other"),
    "waiting": ("waiting", "/", stopped(acknowledged=True), "windows"),
    "reported": ("reported", "/", stopped(acknowledged=True, may_request=False), "windows"),
    "garden": ("garden", "/", stopped(state="garden"), "windows"),
    "garden-closed": ("garden_closed", "/", stopped(state="garden", may_request=False), "windows"),
    "released": ("released", "/", RELEASED, "windows"),
    "clear": ("clear", "/", CLEAR, "windows"),
    "mail-server": ("mail_server", "/mail-server", stopped(), "linux"),
    "mail-server-sent": ("mail_server_sent", "/mail-server", stopped(mail_server=True), "linux"),
    "not-mine": ("not_mine", "/not-mine", stopped(), "windows"),
    "not-mine-sent": ("not_mine_sent", "/not-mine", stopped(not_mine=True), "windows"),
    "prevention": ("prevention", "/prevention", {}, "other"),
    "prevention-nas": ("prevention", "/prevention", {}, "nas"),
    "mail": ("mail", "/mail", {}, "windows"),
    "unavailable": ("unavailable", "/", {}, "other"),
    "missing": ("missing", "/", {}, "other"),
    "expired": ("expired", "/", {}, "other"),
}
assert {page for page, _, _, _ in GALLERY.values()} == set(layouts.LAYOUTS)


def document(name="stopped", language="da", settings=SETTINGS, kept=(), case=None):
    """The HTML of a page of the gallery; `case`: another one than the gallery's."""
    page, path, usual, kind = GALLERY[name]
    return Page(settings, Visit(language, kind, dict(kept)), page, path, usual if case is None else case).document()
