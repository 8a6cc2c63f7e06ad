import os
import subprocess
import time

import pytest

from portvagt.report import health


def test_both_ways_agree():
    end = time.process_time() + 0.2
    while time.process_time() < end:
        pass
    one, other = health.by_psutil({"me": os.getpid()}), health.by_proc({"me": os.getpid()})
    assert one["memory"]["total_kb"] == other["memory"]["total_kb"]
    assert one["memory"]["available_kb"] == pytest.approx(other["memory"]["available_kb"], rel=0.2)
    assert one["load"] == pytest.approx(other["load"], abs=0.5)
    assert one["processes"]["me"]["rss_kb"] == pytest.approx(other["processes"]["me"]["rss_kb"], rel=0.2)
    assert one["processes"]["me"]["cpu_s"] == pytest.approx(other["processes"]["me"]["cpu_s"], abs=0.2)
    assert other["processes"]["me"]["cpu_s"] >= 0.1


@pytest.mark.parametrize("read", [health.by_psutil, health.by_proc])
def test_a_process_that_is_gone_is_left_out(read):
    ended = subprocess.Popen(["true"])
    ended.wait(10)
    assert set(read({"gone": ended.pid, "me": os.getpid()})["processes"]) == {"me"}


def test_a_process_that_nobody_has_waited_for_is_no_error():
    zombie = subprocess.Popen(["true"])
    while "\nState:\tZ" not in health._text(f"/proc/{zombie.pid}/status"):
        time.sleep(0.01)
    assert health.by_proc({"zombie": zombie.pid})["processes"] == {}
    zombie.wait(10)


def test_without_psutil_proc_is_read(monkeypatch):
    monkeypatch.setattr(health, "psutil", None)
    assert health.read({"me": os.getpid()})["processes"]["me"]["rss_kb"] > 0
