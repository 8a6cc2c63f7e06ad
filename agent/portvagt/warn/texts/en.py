"""English. Short sentences and common words, for readers whose first language it may not be."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TEXT = {
    "other_languages": "Other languages",
    "your_provider": "your internet provider",
    "stopped": "We have stopped mail from this device",
    "stopped_lead": "It seems to be sending spam without your knowledge. It is probably not your fault.",
    "device": "Device",
    "this_device": "The one you are using now.",
    "named": "{name} – the one you are using now.",
    "mac": "Its address ends in {tail}.",
    "random_mac": "It picked a random address, which ends in {tail}.",
    "seen": "Seen",
    "works": "Works",
    "works_text": "The web, TV and reading mail. Only sending mail is stopped.",
    "works_usual": "The web, TV, reading mail, and sending through your usual mail provider.",
    "works_garden": "Only pages that help you clean it.",
    "steps": "Do three things",
    "steps_list": (
        ("Remove viruses.", "Use Windows Security or Play Protect. They are free and built in."),
        ("Install all updates.", "Delete programs you don’t know."),
        ("Change your mail password.", "Do it on another device."),
    ),
    "read": "I have read this",
    "cleaned": "I have cleaned it",
    "again": "When can I send again?",
    "again_text": "The button does not open mail again. It only says that you have seen this page.",
    "again_garden": "The button opens the web again. Mail stays stopped.",
    "real": "Is this page real?",
    "real_text": "Ask us. Call {isp} on the number on your bill.",
    "real_phone": "It says {phone}.",
    "real_promise": "We never ask for money or passwords. There is nothing to download on this page.",
    "acknowledged": "Thank you. Now you know",
    "acknowledged_lead": "The device still can’t send mail. Everything else works.",
    "clear": "We have seen nothing wrong",
    "clear_lead": "This device can send mail as usual. Three good habits keep viruses out:",
    "tips_list": (
        ("Turn on automatic updates.", "They close most holes before anyone finds them."),
        ("Use a different password everywhere.", "Turn on two-step login where you can."),
        ("Wait before you click.", "Open only files and links you expect. Get apps only from the official stores."),
    ),
    "help": "Do you need help?",
    "help_text": "Call {isp}. The number is on your bill.",
    "unavailable": "This page will be ready soon",
    "unavailable_lead": "Your router is starting. Wait half a minute, then try again.",
    "missing": "There is no page here",
    "missing_lead": "Your router has no such address.",
    "expired": "Try the button again",
    "expired_lead": "The page was too old, so nothing has happened.",
    "home": "Open the page again",
}


def _count(number: int, one: str, many: str) -> str:
    return one if number == 1 else "{} {}".format(number, many)


def _span(seconds: float) -> str:
    if seconds < 1:
        return "less than a second"
    if seconds < 100:
        return _count(round(seconds), "one second", "seconds")
    if seconds < 6000:
        return "{} minutes".format(round(seconds / 60))
    if seconds < 2 * 86400:
        return "{} hours".format(round(seconds / 3600))
    return "{} days".format(round(seconds / 86400))


def sighting(evidence: "dict[str, Any] | None", seconds_ago: float) -> str:
    """What the router saw, and when; without evidence, as after an order of the provider, only when."""
    ago = "a moment" if seconds_ago < 100 else _span(seconds_ago)
    if evidence is None:
        return "The router stopped its mail {} ago.".format(ago)
    return "{} ago it tried to send mail {} in {}. It used {} for the first time.".format(
        ago[0].upper() + ago[1:],
        _count(evidence["connections"], "once", "times"),
        _span(evidence["seconds"]),
        _count(evidence["networks"], "a server", "servers"),
    )


def quiet(hours: int) -> str:
    """When mail opens again."""
    return "That happens by itself, once it has sent no spam for {}.".format(_count(hours, "an hour", "hours"))
