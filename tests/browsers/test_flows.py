"""Every way through the pages: by Tab and Enter alone, in a browser without JavaScript, on a device of the world."""

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.browsers import chromium, keyboard
from tests.scenarios import steps

from portvagt.warn import language
from portvagt_sim.bench import browsers
from portvagt_sim.internet.sites import PLAIN_SITE

WORDS = language.texts("en")
HTTP, HTTPS = f"http://{PLAIN_SITE}/", f"https://{PLAIN_SITE}/"


@pytest.fixture(scope="module")
def world(request):
    with browsers.stage(runtime=request.config.getoption("--runtime")) as started:
        yield started


@pytest.fixture(scope="module")
def running(world):
    with chromium.browser(world.home.laptop.command()) as started:
        yield started


@pytest.fixture
def page(running):
    """A page of a browser on the laptop, which reads English."""
    with running.new_context(java_script_enabled=False, locale="en", ignore_https_errors=True) as context:
        yield context.new_page()


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped, and is released afterwards."""
    tell(world, "stop")
    yield world.home.laptop
    tell(world, "release")


def tell(world, command):
    done = world.router.cli(command, "laptop")
    assert done.returncode == 0, done.stderr


def say(world, key):
    """A text of the pages, as it must be there."""
    return WORDS.TEXT[key].format(isp=world.router.settings["warn"]["isp_name"])


def choose(world, page, key):
    """Press Tab until a link or button of that text has the focus, then Enter."""
    keyboard.choose(page, say(world, key))


def is_shown(world, page, key):
    return page.locator("h1").inner_text() == say(world, key)


def has_button(page):
    return page.get_by_role("button").count() > 0


def test_script_is_really_off(page):
    page.set_content("<p>off</p><script>document.querySelector('p').textContent = 'on'</script>")
    assert page.locator("p").inner_text() == "off"


def test_read_then_waiting_then_cleaned_then_reported(world, laptop, page):
    page.goto(HTTP)
    assert is_shown(world, page, "stopped")
    choose(world, page, "acknowledge")
    assert is_shown(world, page, "waiting")
    page.goto(HTTPS)
    assert page.locator("h1").inner_text() == PLAIN_SITE
    page.goto(steps.page_url(world))
    choose(world, page, "cleaned")
    assert is_shown(world, page, "reported") and not has_button(page)
    assert steps.state(world, laptop) == "stopped"


def test_from_the_garden_by_cleaning_three_times_and_then_by_the_telephone(world, laptop, page):
    for _ in range(3):
        tell(world, "garden")
        page.goto(HTTP)
        assert is_shown(world, page, "garden")
        choose(world, page, "cleaned")
        assert is_shown(world, page, "reported")
        page.goto(HTTPS)
        assert page.locator("h1").inner_text() == PLAIN_SITE
    tell(world, "garden")
    page.goto(HTTP)
    assert is_shown(world, page, "garden_closed") and not has_button(page)
    assert list(keyboard.stops(page))


@pytest.mark.parametrize("asked", ["mail_server", "not_mine"])
def test_what_is_asked_of_the_provider_has_its_number(world, laptop, page, asked):
    page.goto(HTTP)
    choose(world, page, "to_" + asked)
    assert is_shown(world, page, asked)
    choose(world, page, asked + "_button")
    assert is_shown(world, page, asked + "_sent") and not has_button(page)
    kind = {"mail_server": "mail_server_claimed", "not_mine": "disowned"}[asked]
    incident = steps.event(world, kind).json()["data"]["incident"]
    number = page.locator(".number").inner_text().replace("\xa0", "")
    assert int(number) == int(incident[:8], 16) % 10**8
    choose(world, page, "back")
    assert is_shown(world, page, "waiting")
    choose(world, page, "to_" + asked)
    assert is_shown(world, page, asked + "_sent")


def test_a_choice_of_language_and_kind_stays(world, laptop, page):
    page.goto(HTTP)
    keyboard.choose(page, WORDS.KINDS["nas"])
    assert page.locator(".steps").inner_text().startswith(WORDS.STEPS["nas"][0][0])
    choose(world, page, "to_not_mine")
    keyboard.choose_language(page, "Dansk")
    assert urlsplit(page.url).path == "/not-mine"
    assert parse_qs(urlsplit(page.url).query) == {"kind": ["nas"], "language": ["da"]}
    danish = language.texts("da")
    assert page.locator("h1").inner_text() == danish.TEXT["not_mine"]
    keyboard.choose(page, danish.TEXT["back"])
    assert page.locator(".kinds [aria-current]").inner_text() == danish.KINDS["nas"]
    keyboard.choose(page, danish.TEXT["acknowledge"])
    assert page.locator("h1").inner_text() == danish.TEXT["waiting"]
    assert page.locator(".kinds [aria-current]").inner_text() == danish.KINDS["nas"]


@pytest.mark.parametrize("command", ["stop", "garden", "release"])
def test_prevention_is_reached_from_every_page(world, laptop, page, command):
    tell(world, command)
    page.goto(steps.page_url(world))
    choose(world, page, "to_prevention")
    assert is_shown(world, page, "prevention")
    keyboard.choose(page, WORDS.KINDS["windows"])
    assert page.get_by_text(WORDS.STEPS["windows"][0][0]).is_visible()
    choose(world, page, "to_mail")
    assert is_shown(world, page, "mail")


def test_an_old_page_leads_back(world, laptop, page):
    page.goto(HTTP)
    tell(world, "release")
    tell(world, "stop")
    choose(world, page, "acknowledge")
    assert is_shown(world, page, "expired")
    choose(world, page, "home")
    assert is_shown(world, page, "stopped")
