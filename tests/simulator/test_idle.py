"""The promise of an idle home, held by a real kernel and broker: hardly a wake-up, and no flash write."""

from itertools import islice

import pytest

from portvagt_sim.bench import idle
from portvagt_sim.bench.write_watch import write_watch

WAKEUPS_A_SECOND = 1  # of the three processes together
SECONDS = 15


@pytest.mark.parametrize("runtime", ["cpython", "micropython"])
def test_an_idle_home_wakes_nobody_and_writes_nothing(runtime):
    rows = {row["process"]: row for row in islice(idle.at_machine_speed(runtime, SECONDS), len(idle.ROLES) + 1)}
    assert rows["portal"]["wakeups"] == 0, rows
    assert 0 < rows["together"]["each_second"] <= WAKEUPS_A_SECOND, rows
    assert rows["together"]["writes"] == 0, rows


def test_each_change_below_a_directory_is_seen(tmp_path):
    inner = tmp_path / "guard"
    inner.mkdir()
    with write_watch(tmp_path) as watch:
        assert watch.changes() == []
        (inner / "new").write_text("x")
        assert inner / "new" in watch.changes()
        (inner / "new").rename(tmp_path / "other")
        assert watch.changes() == [inner / "new", tmp_path / "other"]
        (inner.parent / "other").read_text()
        assert watch.changes() == []
