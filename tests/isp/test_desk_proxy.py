"""The desk as its program serves it, behind a proxy that speaks TLS: cookies, and whose address is counted."""

import http.client
import os
import re
import sqlite3
import subprocess
import sys
import urllib.parse
from contextlib import closing
from pathlib import Path

import pytest
from portpicker import pick_unused_port
from tests.isp.parts import wait_until

HERE = Path(__file__).parents[2]
PASSWORD = "battery staple 4"
HEADERS = {"Host": "desk.isp.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.9"}
OURS = "https://desk.isp.example"


class Served:
    """A running desk, and the cookies that it set."""

    def __init__(self, directory):
        self.port, self.cookies = pick_unused_port(), {}
        self._configuration = directory / "isp.toml"
        self._configuration.write_text(
            'database = "s"\n[desk]\nusers = "u"\nsecret_key_file = "k"\n'
            f'port = {self.port}\npublic_url = "{OURS}"\nbehind_proxy = true\n'
        )

    def program(self, *words):
        run = [sys.executable, "-m", "portvagt_isp", words[0], "--config", str(self._configuration), *words[1:]]
        environment = {**os.environ, "PYTHONPATH": str(HERE / "simulator")}
        return subprocess.Popen(run, stdin=subprocess.PIPE, text=True, env=environment)

    def asked(self, method, path, fields=None, **headers):
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {**HEADERS, "Cookie": cookies, "Content-Type": "application/x-www-form-urlencoded", **headers}
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, urllib.parse.urlencode(fields or {}), sent)
            answer = connection.getresponse()
            answer.text = answer.read().decode()
        answer.set = answer.msg.get_all("Set-Cookie") or []
        for cookie in answer.set:
            name, _, value = cookie.partition(";")[0].strip().partition("=")
            self.cookies[name] = value
        return answer

    def log_in(self, password, origin=OURS):
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', self.asked("GET", "/login").text)[1]
        fields = {"csrfmiddlewaretoken": token, "username": "kirsten", "password": password}
        return self.asked("POST", "/login", fields, Origin=origin)

    def listens(self):
        try:
            return self.asked("GET", "/login").status == 200
        except OSError:
            return False


@pytest.fixture
def served(tmp_path):
    desk = Served(tmp_path)
    adding = desk.program("user", "add", "kirsten", "--role", "act")
    adding.communicate(PASSWORD + "\n", timeout=60)
    process = desk.program("desk")
    wait_until(desk.listens, "the desk listens")
    yield desk
    process.terminate()
    process.wait(10)


def test_cookies_travel_over_tls_only(served):
    answer = served.log_in(PASSWORD)
    assert (answer.status, answer.getheader("Location")) == (302, "/")
    assert len(answer.set) == 2
    assert all("Secure" in cookie and "HttpOnly" in cookie for cookie in answer.set)
    overview = served.asked("GET", "/")
    assert overview.status == 200
    assert overview.getheader("Strict-Transport-Security")
    assert overview.getheader("Server") is None


def test_another_sites_form_is_refused_in_our_words(served):
    answer = served.log_in(PASSWORD, "https://evil.example")
    assert answer.status == 403
    assert "This form can’t be used" in answer.text


def test_the_address_that_the_proxy_names_is_counted(served, tmp_path):
    served.log_in("wrong")
    with closing(sqlite3.connect(tmp_path / "u")) as users:
        assert users.execute("SELECT username, ip_address FROM axes_accessattempt").fetchall() == [
            ("kirsten", "192.0.2.9")
        ]
