"""When the guard releases a stopped device, by the real kernel's counts. Only its clock is put forward."""

import subprocess

import pytest

from portvagt import config
from portvagt.block import ruleset
from portvagt.block.table import run_nft
from portvagt.guard import Guard
from portvagt.judge.case import STOPPED, Case
from portvagt.loop import Loop
from portvagt.watch.address import mac_bytes

LAPTOP = mac_bytes("02:00:5e:00:00:01")
HOUR = 3600.0


@pytest.fixture
def guard(tmp_path, sandbox):
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    text = f"config main\n\toption run_dir '{tmp_path}/run'\n\toption state_dir '{tmp_path}/state'\n"
    made = Guard(config.parse(text, "test"), Loop())
    made.table.load([])
    yield made
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))


@pytest.fixture
def stopped(guard):
    """The guard, which has just stopped the laptop."""
    guard.home.restore(guard.started, LAPTOP, Case(STOPPED, "incident", guard.started, None))
    guard.table.stop(LAPTOP, [])
    return guard


def attempt(hours_ago):
    element = f"{{ 02:00:5e:00:00:01 counter packets 9 bytes 540 expires {720 - hours_ago}h }}"
    subprocess.run(["nft", "add", "element", "inet", "portvagt", "attempts_mac", element], check=True)


@pytest.mark.parametrize(
    "stop_hours_ago, attempt_hours_ago, released",
    [(23, None, False), (25, None, True), (25, 23, False), (26, 25, True), (300, 1, False)],
)
def test_a_device_is_released_when_stop_and_last_attempt_are_a_quiet_time_ago(
    stopped, stop_hours_ago, attempt_hours_ago, released
):
    if attempt_hours_ago is not None:
        attempt(attempt_hours_ago)
    stopped._check_stopped(stopped.started + stop_hours_ago * HOUR)
    assert (stopped.table.stopped() == set()) is released
    assert (stopped.home.cases() == []) is released


def test_a_device_whose_case_was_lost_is_released_a_quiet_time_after_the_start(guard):
    guard.table.stop(LAPTOP, [])
    guard._check_stopped(guard.started + 23 * HOUR)
    assert guard.table.stopped() == {LAPTOP}
    guard._check_stopped(guard.started + 25 * HOUR)
    assert guard.table.stopped() == set()


def test_a_table_that_is_loaded_again_has_the_exemptions(guard):
    decision = guard.home.exempt(guard.started, LAPTOP, 1000)
    guard.carry_out(decision)
    subprocess.run(["nft", "delete", "table", "inet", "portvagt"], check=True)
    guard._tick()
    listed = subprocess.run(
        ["nft", "list", "set", "inet", "portvagt", "exempt_mac"], check=True, capture_output=True, text=True
    )
    assert "02:00:5e:00:00:01" in listed.stdout
