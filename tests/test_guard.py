"""What the guard does with the real kernel's counts, and after a restart. Only its clock is put forward."""

import json
import subprocess
from types import SimpleNamespace

import pytest

from portvagt import config, runtime
from portvagt.block import ruleset
from portvagt.block.nft import run_nft
from portvagt.cases import CaseFile
from portvagt.guard import ROOM_PAUSE_TIMES, Guard
from portvagt.judge.case import EXEMPT, RELEASED, STOPPED
from portvagt.judge.familiar import DAY_S
from portvagt.judge.home import DEVICES_MAX
from portvagt.loop import Loop
from portvagt.watch.address import ip_bytes, mac_bytes

LAPTOP = mac_bytes("02:00:5e:00:00:01")
PROVIDER = bytes([198, 18, 7])
HOUR = 3600.0


def make(tmp_path):
    text = f"config main\n\toption run_dir '{tmp_path}/run'\n\toption state_dir '{tmp_path}/state'\n"
    return Guard(config.parse(text, "test"), Loop())


@pytest.fixture
def guard(tmp_path, sandbox):
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    made = make(tmp_path)
    made.enforcement.load()
    yield made
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))


@pytest.fixture
def stopped(guard):
    """The guard, which has just stopped the laptop."""
    for day in range(2):
        guard.home.familiar.used(day * DAY_S, LAPTOP, PROVIDER)
    guard.carry_out(guard.home.order(guard.started, LAPTOP))
    return guard


def attempt(hours_ago):
    element = f"{{ 02:00:5e:00:00:01 counter packets 9 bytes 540 expires {720 - hours_ago}h }}"
    subprocess.run(["nft", "add", "element", "inet", "portvagt", "attempts_mac", element], check=True)


def listed(name):
    done = subprocess.run(["nft", "list", "set", "inet", "portvagt", name], check=True, capture_output=True, text=True)
    return done.stdout


@pytest.mark.parametrize(
    "stop_hours_ago, attempt_hours_ago, released",
    [(23, None, False), (25, None, True), (25, 23, False), (26, 25, True), (300, 1, False)],
)
def test_a_device_is_released_when_stop_and_last_attempt_are_a_quiet_time_ago(
    stopped, stop_hours_ago, attempt_hours_ago, released
):
    if attempt_hours_ago is not None:
        attempt(attempt_hours_ago)
    stopped._let_time_decide(stopped.started + stop_hours_ago * HOUR)
    assert (stopped.enforcement.table.stopped() == set()) is released
    assert (stopped.home.devices[LAPTOP].state == RELEASED) is released


def test_a_stop_leaves_familiar_servers_open_and_a_release_forgets_them_in_the_kernel(stopped):
    assert "02:00:5e:00:00:01 . 198.18.7.0/24" in listed("familiar4")
    stopped._let_time_decide(stopped.started + 25 * HOUR)
    assert "02:00:5e" not in listed("familiar4")


def test_a_device_whose_case_was_lost_becomes_a_case_again(guard):
    guard.enforcement.table.stop(LAPTOP, [])
    guard.enforcement.adopt(guard.started)
    assert guard.home.devices[LAPTOP].state == STOPPED
    guard._let_time_decide(guard.started + 25 * HOUR)
    assert guard.enforcement.table.stopped() == set()


def test_without_the_kernels_counters_nobody_is_released(stopped):
    subprocess.run(["nft", "delete", "table", "inet", "portvagt"], check=True)
    stopped._let_time_decide(stopped.started + 25 * HOUR)
    assert stopped.home.devices[LAPTOP].state == STOPPED


def test_a_reboot_forgets_neither_the_case_nor_how_long_it_was_quiet_nor_familiar_servers(stopped, tmp_path):
    case = stopped.home.devices[LAPTOP].case
    stopped.stop()
    path = str(tmp_path / "state" / "guard" / "cases.json")
    CaseFile(path, "another boot").save(case.opened + 20 * HOUR, stopped.home.cases(), [])
    subprocess.run(["nft", "delete", "table", "inet", "portvagt"], check=True)

    after = make(tmp_path)
    after._resume()
    assert after.home.devices[LAPTOP].case.incident == case.incident
    assert after.home.familiar.networks(LAPTOP) == [PROVIDER]
    assert "02:00:5e:00:00:01 . 198.18.7.0/24" in listed("familiar4")
    after._let_time_decide(after.started + 3 * HOUR)
    assert after.home.devices[LAPTOP].state == STOPPED
    after._let_time_decide(after.started + 5 * HOUR)
    assert after.home.devices[LAPTOP].state == RELEASED


def test_a_stop_by_address_outlives_a_reboot_and_is_explained_once_its_mac_is_known(guard, tmp_path):
    source = ip_bytes("2001:db8:f000:1::77")
    guard.carry_out(guard.home.order(guard.started, source))
    incident = guard.home.devices[source].case.incident
    subprocess.run(["nft", "delete", "table", "inet", "portvagt"], check=True)

    after = make(tmp_path)
    after._resume()
    after.neighbour_events = SimpleNamespace(mac={source: LAPTOP}.get)
    assert after.enforcement.table.stopped() == {source}
    explained = after.doors.methods["admin"]["explain"](None, {"device": "2001:DB8:f000:1::77"})
    assert explained["case"]["incident"] == incident


@pytest.mark.parametrize("years", [None, 20, -20])
def test_a_clock_that_is_not_set_or_steps_releases_nobody_and_ends_no_exemption(stopped, monkeypatch, years):
    phone = mac_bytes("02:00:5e:00:00:02")
    stopped.carry_out(stopped.home.exempt(stopped.started, phone, 3600))
    wall = None if years is None else 1.79e9 + years * 365.25 * DAY_S
    monkeypatch.setattr(runtime, "wall_clock", lambda: wall)
    stopped._let_time_decide(stopped.started + 30)
    assert stopped.home.devices[LAPTOP].state == STOPPED
    assert stopped.home.devices[phone].state == EXEMPT
    stopped.carry_out(stopped.home.exempt(stopped.started, phone, 1800))
    told = json.loads(list(stopped.unstored.values())[-1])
    assert ("time" in told) is (years is not None)
    stopped._let_time_decide(stopped.started + 1801)
    assert stopped.home.devices[phone].state == "clear"


def test_attempts_that_only_memory_knows_are_written_down_when_the_table_was_loaded_again(stopped):
    attempt(0)
    stopped.learn()
    tried = stopped.home.devices[LAPTOP].case.last_attempt
    stopped._save_pause = False
    stopped.enforcement.upkeep.reloads += 1
    stopped._tick()
    [(_, case)], _ = stopped._file.load(stopped.started)
    assert case.last_attempt == pytest.approx(tried)


def test_who_forges_devices_gets_a_part_of_the_guards_time(guard, monkeypatch):
    """A clock that each look at it puts forward: whatever is done takes time."""
    now = [guard.started]

    def monotonic():
        now[0] += 0.001
        return now[0]

    monkeypatch.setattr(runtime, "monotonic", monotonic)
    for number in range(DEVICES_MAX + 1000):
        forged = b"\x02" + number.to_bytes(5, "big")
        guard._judge(now[0], forged, (number.to_bytes(3, "big") + b"\x19", 25, 40000))
    judged = 1000 - guard.connections_unjudged
    assert 100 < judged < 1000 / (1 + ROOM_PAUSE_TIMES) * 2
    before = guard.connections_unjudged
    guard._judge(now[0], next(reversed(guard.home.devices)), (b"\x0a\0\0\1", 25, 40000))
    assert guard.connections_unjudged == before and len(guard.home.devices) == DEVICES_MAX
