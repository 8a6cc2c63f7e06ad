from hypothesis import assume, given
from hypothesis import strategies as st

from portvagt.report import backoff

CHANCES = st.floats(0, 1)


@given(st.lists(CHANCES, max_size=200))
def test_pauses_stay_within_their_bounds(chances):
    pause = backoff.FIRST_S
    for chance in chances:
        previous, pause = pause, backoff.next_pause(pause, chance)
        assert backoff.FIRST_S <= pause <= min(backoff.LONGEST_S, 3 * previous)


def test_bad_luck_reaches_the_longest_pause_in_a_few_attempts():
    pause = backoff.FIRST_S
    for _ in range(6):
        pause = backoff.next_pause(pause, 1.0)
    assert pause == backoff.LONGEST_S


@given(CHANCES, CHANCES)
def test_routers_with_different_luck_wait_differently(one, other):
    assume(one < other - 1e-9)
    assert backoff.next_pause(10, one) < backoff.next_pause(10, other)
