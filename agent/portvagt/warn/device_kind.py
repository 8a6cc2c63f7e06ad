"""What kind of device somebody looks at the page with, by its browser's User-Agent and its host name. Pure.

Only a guess that chooses which three steps are shown; the person can choose others. No list of MAC vendors: it would
take more flash than the agent, and says who made the network card.
"""

WINDOWS, MAC, ANDROID, IOS = "windows", "mac", "android", "ios"
LINUX, NAS, THING, OTHER = "linux", "nas", "thing", "other"
KINDS = (WINDOWS, MAC, ANDROID, IOS, LINUX, NAS, THING)  # in the order in which the page offers them

# in a User-Agent, lower case; the first that is found counts, because a television calls itself Android or Linux too
_AGENTS = (
    ("smart-tv", THING),
    ("smarttv", THING),
    ("tizen", THING),
    ("web0s", THING),  # LG
    ("bravia", THING),
    ("android tv", THING),
    ("googletv", THING),
    ("crkey", THING),  # Chromecast
    ("playstation", THING),
    ("xbox", THING),
    ("nintendo", THING),
    ("iphone", IOS),
    ("ipad", IOS),
    ("ipod", IOS),
    ("android", ANDROID),
    ("windows nt", WINDOWS),
    ("macintosh", MAC),
    ("cros ", OTHER),  # ChromeOS: X11, and none of Linux's steps
    ("linux", LINUX),
    ("x11", LINUX),
)
# whole words of a host name
_WORDS: "tuple[tuple[str, tuple[str, ...]], ...]" = (
    (NAS, ("nas", "synology", "diskstation", "qnap", "mycloud", "wdmycloud", "readynas", "truenas", "unraid")),
    (THING, ("cam", "camera", "kamera", "ipcam", "ipc", "nvr", "dvr", "tv", "appletv", "chromecast", "roku", "bravia")),
    (THING, ("printer", "doorbell", "hikvision", "dahua", "reolink", "tapo", "sonos", "shelly", "xbox", "ps4", "ps5")),
    (LINUX, ("linux", "ubuntu", "debian", "fedora", "raspberrypi", "raspberry", "archlinux", "mint")),
)
# somewhere in a host name
_PARTS: "tuple[tuple[str, tuple[str, ...]], ...]" = (
    (IOS, ("iphone", "ipad", "ipod")),
    (MAC, ("macbook", "imac", "mac-mini", "macmini", "mac-studio", "mac-pro", "macpro")),
    (ANDROID, ("android", "galaxy", "pixel", "oneplus", "xiaomi", "redmi", "huawei", "oppo")),
)
# what Windows calls itself until somebody gives it a name, and the length of the rest
_WINDOWS_NAMES = (("desktop-", 7), ("laptop-", 8), ("win-", 11))


def guess(agent: str, name: str) -> str:
    """One of KINDS, or OTHER. `agent`: User-Agent; `name`: host name; both as they came, may be empty."""
    by_agent, by_name = _by_agent(agent.lower()), _by_name(name.lower())
    if by_agent == MAC and by_name == IOS:  # an iPad asks for the pages of a Mac
        return IOS
    return by_name if by_agent == OTHER else by_agent


def _by_agent(agent: str) -> str:
    for hint, kind in _AGENTS:
        if hint in agent:
            return kind
    return OTHER


def _by_name(name: str) -> str:
    words = "".join([letter if letter.isalpha() or letter.isdigit() else " " for letter in name]).split()
    for kind, hints in _WORDS:
        if any(hint in words for hint in hints):
            return kind
    for kind, hints in _PARTS:
        if any(hint in name for hint in hints):
            return kind
    return (
        WINDOWS
        if any(name.startswith(start) and len(name) == len(start) + rest for start, rest in _WINDOWS_NAMES)
        else OTHER
    )
