"""The page with the headers that the portal sends, in a real browser."""

from urllib.parse import urlsplit

import pytest
from tests.browsers.chromium import browser, tab
from tests.warn.cases import SETTINGS, stopped

from portvagt.warn import answers, style
from portvagt.warn.http import Request

HOST = "192.168.1.1:8025"
PIXEL = (
    "data:image/svg+xml;base64,"
    "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciIHZpZXdCb3g9IjAgMCAyIDEiPjxwYXRoIGQ9Ik0wIDBoMXYxeiIvPjwvc3ZnPg=="
)
SETTINGS = SETTINGS._replace(logo=PIXEL, sheet=style.sheet("#1d4ed8"))


@pytest.fixture
def page():
    """A tab whose network is the portal's answers; `asked` are the requests, `said` what the console shows."""
    with browser() as started, tab(started, "light") as shown:
        shown.asked, shown.said = [], []

        def answer(route):
            asked = route.request
            shown.asked.append(asked)
            address = urlsplit(asked.url)
            request = Request(asked.method, address.netloc, address.path, asked.all_headers())
            response = answers.at_once(request, SETTINGS)
            if response is None:
                is_press = asked.method == "POST"
                response = answers.pressed(request) if is_press else answers.of_case(stopped(), request, SETTINGS)
            headers = {**dict(response.headers), "content-type": response.content_type}
            route.fulfill(status=response.status, headers=headers, body=response.body)

        shown.route("**/*", answer)
        shown.on("console", lambda message: shown.said.append(message.text))
        shown.goto(f"http://{HOST}/")
        yield shown


def test_the_policy_lets_in_our_style_and_logo_and_nothing_is_fetched(page):
    colour = page.evaluate("() => getComputedStyle(document.querySelector('button')).backgroundColor")
    assert colour == "rgb(29, 78, 216)"
    assert page.evaluate("() => document.querySelector('img').naturalWidth") > 0
    assert [asked.url for asked in page.asked] == [f"http://{HOST}/"]
    assert page.said == []


def test_the_policy_keeps_out_what_is_not_ours(page):
    page.evaluate(
        "() => document.body.insertAdjacentHTML('beforeend', '<img src=http://evil.example/x><style>a{}</style>')"
    )
    page.wait_for_timeout(100)
    assert len(page.asked) == 1
    assert len([text for text in page.said if "Content Security Policy" in text]) == 2


def test_a_real_browsers_button_is_taken_for_ours(page):
    page.get_by_role("button").click()
    post = page.asked[1]
    assert (post.method, post.url) == ("POST", f"http://{HOST}/acknowledge")
    assert post.all_headers()["origin"] == f"http://{HOST}"
    assert post.post_data == "incident=3f9c2b&token=77aa01"
    assert page.said == []
