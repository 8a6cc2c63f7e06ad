"""When a table that somebody changed is loaded again."""

import pytest

from portvagt.block.repairs import FREE, PAUSE_FIRST_S, PAUSE_LONGEST_S, QUIET_S, WINDOW_S, Repairs

START = 5000.0


@pytest.fixture
def fight():
    """Somebody changes the table each second, until patience ends at START + FREE - 1."""
    repairs = Repairs()
    ends = [repairs.done(START + second) for second in range(FREE)]
    assert ends == [False] * (FREE - 1) + [True]
    return repairs


def test_a_change_is_repaired_at_once():
    repairs = Repairs()
    assert repairs.due(START) == START
    assert not repairs.done(START)
    assert repairs.due(START + 1) == START + 1 and repairs.fight(START + 1) is None


def test_many_repairs_far_apart_are_no_fight():
    repairs = Repairs()
    times = [START + number * WINDOW_S / (FREE - 2) for number in range(4 * FREE)]
    assert [repairs.done(now) for now in times] == [False] * (4 * FREE)
    assert repairs.due(times[-1] + 1) == times[-1] + 1


def test_a_fight_makes_pauses_that_double_to_the_longest(fight):
    now = START + FREE - 1
    pauses = []
    for _ in range(11):
        due = fight.due(now + 1)
        pauses.append(due - now)
        assert not fight.done(due)
        now = due
    assert pauses == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert (pauses[0], pauses[-1]) == (PAUSE_FIRST_S, PAUSE_LONGEST_S)
    assert fight.fight(now) == (FREE + 11, now - START, PAUSE_LONGEST_S)


def test_a_change_after_the_pause_is_repaired_at_once(fight):
    assert fight.due(START + 300) == START + 300


def test_a_quiet_hour_ends_a_fight_and_all_begins_anew(fight):
    last = START + FREE - 1
    assert fight.fight(last + QUIET_S - 1) == (FREE, QUIET_S + FREE - 2, PAUSE_FIRST_S)
    assert fight.fight(last + QUIET_S) is None
    assert fight.due(last + QUIET_S) == last + QUIET_S
    assert not fight.done(last + QUIET_S)
    assert fight.due(last + QUIET_S + 1) == last + QUIET_S + 1
