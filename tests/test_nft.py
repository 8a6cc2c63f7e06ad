"""nft hangs or fails: a program of that name in PATH stands in for it. The guard's loop goes on meanwhile."""

import os
import shutil
import subprocess
import time

import pytest
from tests import test_upkeep
from tests.test_guard import LAPTOP, make
from tests.test_upkeep import PC, run

from portvagt import upkeep
from portvagt.block import nft
from portvagt.guard import run as run_guard

guard, loads = test_upkeep.guard, test_upkeep.loads
NEW = bytes([2, 0, 0, 0, 0, 9])
REAL = shutil.which("nft", path=os.environ["PATH"] + ":/usr/sbin:/sbin")
TIMEOUT_S = 1
FAILING = "#!/bin/sh\necho 'Error: æ no such thing' >&2\nexit 1\n"
HANGING = "#!/bin/sh\nexec sleep 60\n"


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """stand_in(text): from now on `nft` is this script; stand_in(None): the real one."""
    path = os.environ["PATH"]
    monkeypatch.setattr(nft, "TIMEOUT_S", TIMEOUT_S)

    def use(text):
        (tmp_path / "bin").mkdir(exist_ok=True)
        (tmp_path / "bin" / "nft").write_text(text or "")
        (tmp_path / "bin" / "nft").chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}/bin:{path}" if text else path)

    yield use
    monkeypatch.setenv("PATH", path)


def remove_table():
    subprocess.run([REAL, "delete", "table", "inet", "portvagt"], check=True)


def longest_turn(guard, seconds, until=lambda: False):
    """Run the loop; s of the longest turn."""
    longest, began = 0.0, time.monotonic()
    while time.monotonic() - began < seconds and not until():
        turn = time.monotonic()
        guard.loop.step(0.01)
        longest = max(longest, time.monotonic() - turn)
    return longest


def test_while_nft_hangs_the_loop_goes_on_and_devices_are_stopped_by_netlink(guard, loads, stand_in):
    stand_in(HANGING)
    guard.enforcement.upkeep.load_again()
    guard.loop.after(0.3, lambda: guard.carry_out(guard.home.order(guard.started, NEW)))
    table = guard.enforcement.table
    assert longest_turn(guard, 0.8, lambda: NEW in table.stopped()) < TIMEOUT_S / 2
    assert NEW in table.stopped()
    assert loads == []


def test_a_table_that_was_removed_while_nft_hangs_comes_back_when_it_does_no_longer(
    guard,
    loads,
    stand_in,
    monkeypatch,
    capsys,
):
    monkeypatch.setattr(upkeep, "RETRY_S", 0.1)
    stand_in(HANGING)
    remove_table()
    assert longest_turn(guard, TIMEOUT_S + 1, lambda: "killed" in capsys.readouterr().err) < TIMEOUT_S / 2
    guard.carry_out(guard.home.order(guard.started, NEW))
    stand_in(None)
    run(guard, TIMEOUT_S + 3, lambda: loads)
    run(guard, 0.2)
    assert guard.enforcement.table.stopped() == {LAPTOP, PC, NEW}


def test_who_was_released_or_stopped_while_nft_ran_is_so_afterwards(guard, loads, stand_in):
    stand_in(f'#!/bin/sh\nsleep 0.3\nexec {REAL} "$@"\n')
    guard.enforcement.upkeep.load_again()
    guard.carry_out(guard.home.exempt(guard.started, LAPTOP, 100))
    guard.carry_out(guard.home.order(guard.started, NEW))
    run(guard, 3, lambda: loads)
    run(guard, 0.3)
    assert guard.enforcement.table.stopped() == {PC, NEW}


def test_one_nft_at_a_time_and_once_more_for_what_came_meanwhile(guard, loads, stand_in, tmp_path):
    stand_in(f'#!/bin/sh\necho >>{tmp_path}/runs\nsleep 0.2\nexec {REAL} "$@"\n')
    for _ in range(5):
        guard.enforcement.upkeep.load_again()
        run(guard, 0.02)
    run(guard, 3, lambda: len(loads) == 2)
    run(guard, 0.4)
    assert len(loads) == 2
    assert len((tmp_path / "runs").read_text()) == 2


def test_what_nft_says_is_the_error(stand_in, tmp_path):
    stand_in(FAILING)
    with pytest.raises(nft.TableError, match=r"^Error:  no such thing$"):
        nft.run_nft(str(tmp_path / "none"))


def test_a_start_with_a_hanging_nft_ends_with_a_clear_error_and_the_init_system_tries_again(
    tmp_path, sandbox, stand_in, capsys
):
    stand_in(HANGING)
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    began = time.monotonic()
    assert run_guard(make(tmp_path).config) == 1
    assert time.monotonic() - began < TIMEOUT_S + 1
    assert f"the guard can't start: nft was killed after {TIMEOUT_S} s" in capsys.readouterr().err
