import pytest

from portvagt.warn import device_kind
from portvagt.warn.device_kind import guess
from portvagt.warn.language import LANGUAGES, texts

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile"
ANDROID = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
CHROMEBOOK = (
    "Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
)
SAMSUNG_TV = "Mozilla/5.0 (SMART-TV; LINUX; Tizen 6.0) AppleWebKit/537.36 (KHTML, like Gecko) Version/6.0 TV Safari"
LG_TV = "Mozilla/5.0 (Web0S; Linux/SmartTV) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/94.0 Safari/537.36"
ANDROID_TV = "Mozilla/5.0 (Linux; Android 12; BRAVIA 4K VH2) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari"
XBOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; Xbox; Xbox Series X) AppleWebKit/537.36 (KHTML, like Gecko) Edge/44"


@pytest.mark.parametrize(
    ("agent", "kind"),
    [(WINDOWS, "windows"), (MAC, "mac"), (IPHONE, "ios"), (ANDROID, "android"), (FIREFOX, "linux"),
     (CHROMEBOOK, "other"), (SAMSUNG_TV, "thing"), (LG_TV, "thing"), (ANDROID_TV, "thing"), (XBOX, "thing"),
     ("", "other"), ("curl/8.5.0", "other")],
)  # fmt: skip
def test_a_browser_tells_what_it_runs_on(agent, kind):
    assert guess(agent, "") == guess(agent.upper(), "") == kind


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("DESKTOP-7KQ2M1A", "windows"),
        ("LAPTOP-0A1B2C3D", "windows"),
        ("WIN-ABCDEFGH123", "windows"),
        ("Mettes-iPhone", "ios"),
        ("iPad", "ios"),
        ("Mettes-MacBook-Air", "mac"),
        ("iMac", "mac"),
        ("android-1a2b3c4d", "android"),
        ("Galaxy-S21", "android"),
        ("Pixel-7", "android"),
        ("raspberrypi", "linux"),
        ("ubuntu", "linux"),
        ("Synology", "nas"),
        ("anna-nas", "nas"),
        ("IPCAM", "thing"),
        ("cam_garage", "thing"),
        ("LG-TV", "thing"),
        ("Galaxy-TV", "thing"),
        # nobody can tell
        ("", "other"),
        ("laptop", "other"),
        ("desktop-computer", "other"),
        ("nasrin", "other"),
        ("camilla", "other"),
        ("пк-анны", "other"),
    ],
)
def test_a_name_tells_where_the_browser_does_not(name, kind):
    assert guess("", name) == kind
    assert guess(WINDOWS, name) == "windows"


def test_an_ipad_that_asks_for_a_macs_pages_is_known_by_its_name():
    assert guess(MAC, "Mettes-iPad") == "ios"


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_kind_has_a_name_and_three_steps(language):
    words = texts(language)
    assert tuple(words.KINDS) == device_kind.KINDS
    assert tuple(words.STEPS) == (*device_kind.KINDS, device_kind.OTHER)
    assert all(len(steps) == 3 for steps in words.STEPS.values())
