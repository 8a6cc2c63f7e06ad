"""Getting in: passwords, the pause after wrong ones, cookies, the configuration, the command line."""

import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.isp import desk_site

from portvagt_isp.desk import accounts, configuration, secret_key
from portvagt_isp.errors import IspError

HERE = Path(__file__).parents[2]


def stranger():
    from django.test import Client

    return Client(SERVER_NAME=desk_site.HOST)


def login(client, password, name="actor"):
    return client.post("/login", {"username": name, "password": password, "next": "/routers"})


def test_the_right_password_opens(shelf):
    client = stranger()
    assert login(client, desk_site.PASSWORDS["actor"])["Location"] == "/routers"
    cookie = client.cookies["sessionid"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    assert client.get("/").status_code == 200
    client.post("/logout")
    assert client.get("/").status_code == 302


def test_a_new_password_ends_old_sessions(shelf):
    client = stranger()
    login(client, desk_site.PASSWORDS["actor"])
    accounts.add("actor", "act", desk_site.PASSWORDS["actor"])
    assert client.get("/").status_code == 302


def test_it_leads_to_no_other_site(shelf):
    fields = {"username": "actor", "password": desk_site.PASSWORDS["actor"], "next": "https://evil.example/"}
    assert stranger().post("/login", fields)["Location"] == "/"


def test_five_wrong_passwords_bring_a_pause_for_the_right_one_too(shelf):
    client = stranger()
    assert [login(client, "wrong").status_code for _ in range(5)] == [200, 200, 200, 200, 429]
    assert "quarter of an hour" in login(client, desk_site.PASSWORDS["actor"]).text
    assert client.get("/").status_code == 302
    assert login(stranger(), desk_site.PASSWORDS["reader"], "reader").status_code == 302


TABLE = {"database": "s", "desk": {"users": "u", "secret_key_file": "k"}}


def parsed(**desk):
    return configuration.parsed({**TABLE, "desk": {**TABLE["desk"], **desk}}, Path("/etc"))


def test_paths_are_neighbours_of_the_file_and_only_this_machine_gets_in():
    desk = parsed()
    assert (desk.database, desk.users, desk.address) == (Path("/etc/s"), Path("/etc/u"), "127.0.0.1")
    assert not desk.is_tls


def test_https_makes_cookies_secure():
    from portvagt_isp.desk import django_settings

    assert parsed(public_url="https://desk.example.net/").host == "desk.example.net"
    for url, secure in (("https://desk.example.net", True), ("http://127.0.0.1:8026", False)):
        found = django_settings.values(parsed(public_url=url), "key")
        assert found["SESSION_COOKIE_SECURE"] is found["CSRF_COOKIE_SECURE"] is secure


@pytest.mark.parametrize(
    "wrong",
    [
        {"nothing": 1},
        {"port": "x"},
        {"port": 0},
        {"port": True},
        {"time_zone": "Middle/Earth"},
        {"time_zone": "/etc/passwd"},
        {"public_url": "desk.example.net"},
        {"reporter": {"org": "x"}},
        {"users": 5},
    ],
)
def test_a_mistake_in_the_file_names_the_key(wrong):
    with pytest.raises(IspError, match=next(iter(wrong))):
        parsed(**wrong)


@pytest.mark.parametrize("document", [{}, {"database": "s"}, {"database": "s", "desk": {"users": "u"}}])
def test_what_is_missing_is_named(document):
    with pytest.raises(IspError, match=r"database|users|secret_key_file"):
        configuration.parsed(document, Path("/etc"))


def test_a_key_is_made_once_for_the_desks_user_alone(tmp_path):
    path = tmp_path / "key"
    key = secret_key.read(path)
    assert len(key) >= 32
    assert secret_key.read(path) == key
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_key_that_others_may_read_is_refused(tmp_path):
    path = tmp_path / "key"
    secret_key.read(path)
    path.chmod(0o640)
    with pytest.raises(IspError, match="chmod 600"):
        secret_key.read(path)


def test_a_short_key_is_refused(tmp_path):
    path = tmp_path / "key"
    path.write_text("secret")
    path.chmod(0o600)
    with pytest.raises(IspError, match="at least 32"):
        secret_key.read(path)


def command_line(directory, *words, typed="", database="s", **desk):
    table = {"users": "u", "secret_key_file": "k", **desk}
    lines = [f"database = {database!r}", "[desk]", *(f"{name} = {value!r}" for name, value in table.items())]
    (directory / "isp.toml").write_text("\n".join(lines))
    run = [sys.executable, "-m", "portvagt_isp", *words[:1], "--config", str(directory / "isp.toml"), *words[1:]]
    environment = {**os.environ, "PYTHONPATH": str(HERE / "simulator")}
    return subprocess.run(run, input=typed, capture_output=True, text=True, env=environment, timeout=60)


def test_users_come_and_go_on_the_command_line(tmp_path):
    added = command_line(tmp_path, "user", "add", "kirsten", "--role", "act", typed="battery staple 4\n")
    assert (added.returncode, added.stderr) == (0, "")
    assert command_line(tmp_path, "user", "list").stdout == "kirsten\tact\n"
    command_line(tmp_path, "user", "add", "kirsten", typed="another word 17\n")
    assert command_line(tmp_path, "user", "list").stdout == "kirsten\tread\n"
    assert command_line(tmp_path, "user", "remove", "kirsten").returncode == 0
    assert command_line(tmp_path, "user", "list").stdout == ""


@pytest.mark.parametrize("path", ["users", "secret_key_file", "database"])
def test_a_file_that_cannot_be_is_named(tmp_path, path):
    answer = command_line(tmp_path, "desk", **{path: "nowhere/file"})
    assert answer.returncode == 1
    assert re.fullmatch(r"portvagt-isp: .*nowhere/file: .*\n", answer.stderr)


def test_a_port_that_is_taken_is_named(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = command_line(tmp_path, "desk", port=taken.getsockname()[1])
    assert answer.returncode == 1
    assert "Address already in use" in answer.stderr
    assert "nobody has an account yet" in answer.stdout


@pytest.mark.parametrize("password", ["", "short", "password1234", "kirsten12345"])
def test_a_password_that_is_easily_guessed_makes_no_user(tmp_path, password):
    answer = command_line(tmp_path, "user", "add", "kirsten12345", typed=password + "\n")
    assert answer.returncode == 1
    assert answer.stderr.startswith("portvagt-isp: ")
    assert command_line(tmp_path, "user", "list").stdout == ""
