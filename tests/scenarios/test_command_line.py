"""`portvagt COMMAND` on a running router."""

import json

import pytest
from tests.report.broker import wait_until
from tests.scenarios import steps

from portvagt_sim.internet.sites import PLAIN_SITE


@pytest.fixture
def laptop(world):
    """A laptop that has been stopped."""
    steps.outbreak(world, world.home.laptop, 4)
    return world.home.laptop


def said(done):
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_status_explain_release(world, laptop):
    words = said(world.router.cli("status"))
    assert "its mail is stopped" in words
    assert laptop.mac in words
    status = json.loads(said(world.router.cli("status", "--json")))
    assert status["table"] == "loaded"
    assert status["watching"]
    [device] = status["devices"]
    assert (device["name"], device["state"]) == ("laptop", "stopped")

    laptop.fetch(f"http://{PLAIN_SITE}/", family=6)  # from now on the router knows its IPv6 address
    for called in (laptop.mac, laptop.address(4), laptop.address(6), "laptop", "LAPTOP"):
        assert "networks that it had never contacted before" in said(world.router.cli("explain", called))
    evidence = json.loads(said(world.router.cli("explain", "laptop", "--json")))["case"]["evidence"]
    assert evidence["connections"] >= evidence["networks"] >= 2

    assert "may send mail" in said(world.router.cli("release", "laptop"))
    assert steps.escapes(world, laptop, count=3) == 3
    assert steps.event(world, "released").json()["data"]["action"] == "released"


def test_status_says_how_reporting_is(world):
    wait_until(lambda: "reporting: connected to" in said(world.router.cli("status")), "status says where to")


def test_a_device_is_stopped_by_order(world):
    pc = world.home.pc
    for _ in range(2):
        words = said(world.router.cli("stop", pc.mac))
        assert "its mail is stopped" in words and "It is released by itself in 23 h" in words
    assert steps.escapes(world, pc) == 0
    assert steps.event(world, "stopped").json()["data"]["evidence"] is None
    assert len(steps.events(world, "stopped")) == 1


@pytest.mark.parametrize("settings", [{}])
def test_a_device_that_tried_a_moment_ago_is_not_released(world, laptop, settings):
    done = world.router.cli("release", "laptop")
    assert (done.returncode, done.stdout) == (1, "")
    assert "it tried to send mail lately; possible in 60 minutes, if it tries nothing until then" in done.stderr
    assert steps.escapes(world, laptop, count=3) == 0


def test_a_second_stop_is_held_longer(world, laptop):
    said(world.router.cli("release", "laptop"))
    assert "may send mail again" in said(world.router.cli("explain", "laptop"))
    steps.outbreak(world, laptop, 6)
    words = said(world.router.cli("explain", "laptop"))
    assert "It was stopped before, so it is held longer. It is released by itself in 2 d" in words
    assert steps.event(world, "released")
    assert [event["data"]["stops"] for event in steps.events(world, "stopped")] == [1, 2]
    assert "72 timer" in steps.page(world, laptop).body


def test_an_exempt_device_may_send_as_a_mail_server_does(world, laptop):
    assert "is exempt" in said(world.router.cli("exempt", "laptop", "--for", "30d"))
    assert steps.escapes(world, laptop, count=40) >= 40
    assert steps.state(world, laptop) == "exempt"
    assert steps.event(world, "exempted")


@pytest.mark.parametrize(
    ("words", "status", "sentence"),
    [
        (["explain", "toaster"], 1, "no device is called 'toaster'; give its MAC or address (see: portvagt status)"),
        (["explain", "192.168.1.99"], 1, "no device had the address 192.168.1.99 lately; give its MAC or name"),
        (["exempt", "laptop"], 2, "'exempt' needs --for and a time, such as --for 30d"),
        (["exempt", "laptop", "--for", "soon"], 2, "'--for soon' is no time; write 60s, 45m, 12h or 30d"),
        (["exempt", "02:00:00:00:00:01", "--for", "9000d"], 1, "parameter 'seconds' must be a whole number"),
        (["relase", "laptop"], 2, "there is no command 'relase' (try: portvagt --help)"),
        (["status", "--jsn"], 2, "there is no option '--jsn'"),
    ],
)
def test_a_users_mistake_is_one_line(world, words, status, sentence):
    done = world.router.cli(*words)
    assert done.returncode == status
    assert sentence in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_finds_nothing_missing(world):
    done = world.router.cli("check")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "nftables ruleset: ok" in done.stdout


def test_check_says_what_is_missing_and_how_to_mend_it(world):
    text = world.router.read(world.router.configuration).replace("br-lan", "br-home")
    changed = world.router.scratch / "changed.conf"
    world.router.write(changed, text)
    done = world.router.cli("--config", str(changed), "check")
    assert done.returncode == 1
    assert "no interface br-home here; name the home's bridge in 'list lan'" in done.stdout


def test_check_says_what_a_logo_must_be(world):
    changed = world.router.scratch / "changed.conf"
    text = world.router.read(world.router.configuration)
    world.router.write(
        changed, text.replace("config warn 'warn'", "config warn 'warn'\n\toption isp_logo '/etc/passwd'")
    )
    done = world.router.cli("--config", str(changed), "check")
    assert done.returncode == 1
    assert "logo on the page: /etc/passwd is no well-formed SVG" in done.stdout


def test_a_wrong_configuration_leaves_the_rules(world, laptop):
    world.router.kill("guard")
    world.router.wait_ended("guard")
    before = world.router.nft("-s", "list", "table", "inet", "portvagt")
    good = world.router.read(world.router.configuration)
    line = good[: good.index("option policy")].count("\n") + 1
    world.router.write(world.router.configuration, good.replace("option policy 'stop'", "option policy 'panic'"))
    world.router.start_process("guard")
    assert world.router.wait_ended("guard") in (2, None)
    sentence = f":{line}: 'policy' must be one of: observe, stop, closed, not 'panic'"
    assert sentence in world.router.log("guard")
    assert "Traceback" not in world.router.log("guard")
    assert world.router.nft("-s", "list", "table", "inet", "portvagt") == before
    assert steps.escapes(world, laptop) == 0


def test_without_a_guard_the_command_line_says_so(world):
    world.router.kill("guard")
    world.router.wait_ended("guard")
    done = world.router.cli("status")
    assert done.returncode == 1
    assert "the guard does not answer" in done.stderr
    assert done.stderr.count("\n") == 1
