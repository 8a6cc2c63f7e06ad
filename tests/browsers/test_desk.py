"""The abuse desk as it is started for people, in a real browser: without barriers, by keyboard, and live."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from portpicker import pick_unused_port
from tests.browsers.test_accessibility import AXE, FIND, SMALLEST_TARGET, TAGS, TOO_WIDE
from tests.isp import desk_story

from portvagt_isp import store

HERE = Path(__file__).parents[2]
PASSWORD = "battery staple 4"
START_SECONDS = 30
SIZES = {"phone": (390, 800), "desk": (1440, 900)}


def program(directory, *words):
    environment = {**os.environ, "PYTHONPATH": str(HERE / "simulator")}
    run = [sys.executable, "-m", "portvagt_isp", words[0], "--config", str(directory / "isp.toml"), *words[1:]]
    return subprocess.Popen(run, stdin=subprocess.PIPE, env=environment, text=True)


def wait_for(port):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    pytest.fail("the desk does not listen")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with running(tmp_path_factory.mktemp("desk")) as started:
        yield started


@contextlib.contextmanager
def running(directory):
    """A desk with a month of events, and two users."""
    port = pick_unused_port()
    (directory / "isp.toml").write_text(
        'database = "store.sqlite"\n[desk]\nusers = "users.sqlite"\nsecret_key_file = "key"\n'
        f'port = {port}\ntime_zone = "Europe/Copenhagen"\n'
        '[desk.reporter]\norg = "Example Net"\ncontact = "abuse@isp.example"\ndomain = "isp.example"\n'
    )
    desk_story.fill(directory / "store.sqlite", time.time())
    for role in ("read", "act"):
        adding = program(directory, "user", "add", f"{role}er", "--role", role)
        adding.communicate(PASSWORD + "\n", timeout=60)
        assert adding.returncode == 0
    serving = program(directory, "desk")
    try:
        wait_for(port)
        yield Desk(f"http://127.0.0.1:{port}", directory / "store.sqlite")
    finally:
        serving.terminate()
        serving.wait(10)


class Desk:
    """A running desk; `shelf` is the path of its store."""

    def __init__(self, url, shelf):
        self.url = url
        self.shelf = shelf

    def row(self, statement, *values):
        connection = store.connect(self.shelf)
        try:
            return connection.execute(statement, values).fetchone()
        finally:
            connection.close()

    def busy(self):
        """The router with the most events."""
        return self.row("SELECT cpe_id FROM events GROUP BY cpe_id ORDER BY count(*) DESC")[0]

    def told(self):
        """A case about which a command was sent."""
        return self.row(
            "SELECT incident FROM events JOIN commands ON json_extract(commands.document, '$.device') = device"
        )[0]

    def pages(self):
        """Every page, by an address of it."""
        incident, cpe_id = self.row("SELECT incident, cpe_id FROM events ORDER BY rowid DESC")
        claimed = self.row("SELECT incident FROM events WHERE action = 'mail_server_claimed' ORDER BY rowid DESC")[0]
        offline = self.row("SELECT cpe_id FROM states WHERE online = 0")[0]
        lists = ("", "cases", "requests", "routers", "trace", "events", "quarantine", "log", "cases?number=1")
        return (
            *lists,
            f"case/{incident}",
            f"case/{self.told()}",
            f"router/{cpe_id}",
            f"router/{self.busy()}",
            f"router/{offline}",
            f"order/release/{incident}",
            f"order/exempt/{claimed}",
            f"refuse/{claimed}",
            "stop/" + "d0" * 16,
            "nothing",
            "xarf/" + incident + "?source=x",
        )


@contextlib.contextmanager
def visitor(chromium, desk, size="desk", scheme="light", **options):
    """A page of somebody; `said` is what its console shows."""
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, color_scheme=scheme, base_url=desk.url, **options
    )
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text))
    try:
        yield page
    finally:
        context.close()


def log_in(page, name="acter"):
    page.goto("/login")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url("**/")


def barriers(page):
    # through the debugger, for the page's policy lets in no script that is not ours
    page.evaluate(AXE.read_text())
    found = page.evaluate(FIND, TAGS)
    assert found["passes"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_no_page_has_a_barrier(chromium, desk, size, scheme):
    with visitor(chromium, desk, size, scheme) as page:
        page.goto("/login")
        assert barriers(page) == []
        log_in(page)
        for address in desk.pages():
            page.goto("/" + address)
            assert barriers(page) == [], address
            assert page.evaluate(TOO_WIDE) == 0, address
        assert [text for text in page.said if "status of 40" not in text] == []


def test_a_barrier_would_be_found(chromium, desk):
    with visitor(chromium, desk) as page:
        log_in(page)
        page.evaluate("() => document.documentElement.removeAttribute('lang')")
        assert dict(barriers(page)).keys() == {"html-has-lang"}


def test_buttons_are_large_enough_for_a_thumb(chromium, desk):
    with visitor(chromium, desk, "phone") as page:
        log_in(page)
        for address in desk.pages():
            page.goto("/" + address)
            smallest = SMALLEST_TARGET.replace("'a, button, summary'", "'button, .button, nav a, input, summary'")
            assert page.evaluate(smallest) >= 18, address


def release(page, desk, incident):
    page.goto(f"/case/{incident}")
    page.get_by_role("link", name="Release").click()
    page.get_by_role("button", name="Release").click()
    page.wait_for_url("**/case/*")
    return desk.row("SELECT id, cpe_id FROM commands ORDER BY created DESC")


def answered(desk, identity, cpe_id):
    """As the collector does when the router's acknowledgement comes."""
    ledger = desk_story.Ledger(desk.shelf, time.time())
    ledger.count = int(time.time() * 1000)
    ledger.connection.execute("UPDATE commands SET sent = ? WHERE id = ?", (ledger.now, identity))
    ledger.ack(cpe_id, identity, ledger.now, result="done", state="released")
    ledger.connection.close()


def stopped_case(desk, number):
    connection = store.connect(desk.shelf)
    rows = connection.execute(
        "SELECT incident FROM events WHERE incident NOT IN (SELECT incident FROM events WHERE action != 'stopped' "
        "AND action != 'requested' AND action != 'disowned') GROUP BY incident ORDER BY incident"
    ).fetchall()
    connection.close()
    return rows[number]["incident"]


def test_a_release_is_sent_and_its_answer_appears_by_itself(chromium, desk):
    with visitor(chromium, desk) as page:
        log_in(page)
        identity, cpe_id = release(page, desk, stopped_case(desk, 0))
        sent = page.locator(".orders li").first
        assert "Waiting for the collector" in sent.inner_text()
        answered(desk, identity, cpe_id)
        sent.get_by_text("the device is released now").wait_for(timeout=15_000)
        assert barriers(page) == []
        assert page.said == []


def test_without_javascript_the_page_looks_again(chromium, desk):
    with visitor(chromium, desk, java_script_enabled=False) as page:
        log_in(page)
        identity, cpe_id = release(page, desk, stopped_case(desk, 1))
        assert "Waiting for the collector" in page.locator(".orders li").first.inner_text()
        answered(desk, identity, cpe_id)
        page.locator(".orders li").first.get_by_text("the device is released now").wait_for(timeout=30_000)


def test_what_somebody_types_into_is_left_alone(chromium, desk):
    with visitor(chromium, desk) as page:
        log_in(page)
        page.clock.install()
        page.goto("/trace")
        page.get_by_label("Routers that had").fill("cpe-")
        with page.expect_response("**/trace"):
            page.clock.run_for(16_000)
        page.clock.run_for(1000)
        assert page.get_by_label("Routers that had").input_value() == "cpe-"


def test_the_keyboard_reaches_everything(chromium, desk):
    with visitor(chromium, desk) as page:
        page.goto("/login")
        page.keyboard.type("acter")
        page.keyboard.press("Tab")
        page.keyboard.type(PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url("**/")
        page.keyboard.press("Tab")
        assert page.evaluate("() => document.activeElement.textContent") == "To the content"
        page.keyboard.press("Enter")
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.matches('.cases a')"):
                break
        outline = page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle")
        assert outline == "solid"
        page.keyboard.press("Enter")
        page.wait_for_url("**/case/*")


def test_who_may_read_only_sees_no_button(chromium, desk):
    with visitor(chromium, desk) as page:
        log_in(page, "reader")
        page.goto(f"/case/{stopped_case(desk, 2)}")
        assert not page.get_by_role("link", name="Release").count()
        page.goto(f"/order/release/{stopped_case(desk, 2)}")
        assert page.get_by_role("heading").inner_text() == "Not allowed"


def test_nothing_but_ours_is_run(chromium, desk):
    with visitor(chromium, desk) as page:
        log_in(page)
        page.evaluate("() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.bad=1\">')")
        page.wait_for_timeout(200)
        assert page.evaluate("() => window.bad") is None
        assert any("Content Security Policy" in text for text in page.said)
