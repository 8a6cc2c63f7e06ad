import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.judge import detector

SLOWEST_S = 1800
BANK = detector.bank(10, SLOWEST_S)


def contacts_to_alarm(interval_s, bank=BANK, most=10_000):
    """How many first contacts, one each `interval_s`, until the threshold; None if `most` don't reach it."""
    ends = detector.at_zero(bank)
    for count in range(1, most + 1):
        detector.first_contact(ends, bank, count * interval_s)
        if detector.score(ends, bank, count * interval_s) >= bank.threshold:
            return count
    return None


@pytest.mark.parametrize("interval_s, most", [(0.02, 4), (1, 5), (60, 9), (600, 20), (1500, 100)])
def test_a_zombie_is_found_after_few_first_contacts(interval_s, most):
    assert contacts_to_alarm(interval_s) <= most


def test_new_networks_at_the_usual_pace_never_alarm():
    assert contacts_to_alarm(detector.USUAL_INTERVAL_S) is None


@pytest.mark.parametrize("slowest_s", [60, 600, 3600, 7200])
def test_the_slowest_zombie_that_the_isp_names_is_caught_and_one_ten_times_slower_is_not(slowest_s):
    bank = detector.bank(10, slowest_s)
    assert contacts_to_alarm(slowest_s, bank) < 100
    assert contacts_to_alarm(10 * slowest_s, bank) is None


@pytest.mark.parametrize("slowest_s", [30, 31, 300, 301, 1800, 3000, 3001, 7200])
def test_the_bank_begins_at_the_fastest_ends_at_the_slowest_and_leaves_no_wide_gap(slowest_s):
    every = detector.intervals(slowest_s)
    assert (every[0], every[-1]) == (30, slowest_s)
    assert all(1 < b / a <= detector.STEP + 1e-9 for a, b in itertools.pairwise(every))


def test_the_threshold_grows_with_the_wanted_time_between_false_alarms():
    grown = detector.bank(100, SLOWEST_S).threshold - BANK.threshold
    assert grown == pytest.approx(math.log(10))


def test_time_heals():
    ends = detector.at_zero(BANK)
    for _ in range(3):
        detector.first_contact(ends, BANK, 1000)
    assert detector.score(ends, BANK, 1000) == pytest.approx(3 * BANK.gains[0])
    assert detector.score(ends, BANK, 1000 + 24 * 3600) == 0


def test_outcomes_leave_a_likelihood_ratio_one():
    """Its mean is 1 when first contacts fail as people's do: what false alarms are bounded by."""
    usual = detector.USUAL_FAILED
    assert usual * math.exp(BANK.failed) + (1 - usual) * math.exp(BANK.answered) == pytest.approx(1)
    assert BANK.failed > 0 > BANK.answered


def test_outcomes_are_weighed_by_all_scores_but_the_fastest():
    ends = detector.at_zero(BANK)
    detector.first_contact(ends, BANK, 1000)
    before = list(ends)
    detector.outcomes(ends, BANK, 1000, 2, 1)
    grown = [(end - was) * drift for end, was, drift in zip(ends, before, BANK.drifts, strict=True)]
    assert grown == pytest.approx([0] + [2 * BANK.failed + BANK.answered] * 2)


def test_answers_never_bring_a_score_below_zero():
    ends = detector.at_zero(BANK)
    detector.first_contact(ends, BANK, 1000)
    detector.outcomes(ends, BANK, 1000, 0, 100)
    detector.first_contact(ends, BANK, 1000)
    assert [(end - 1000) * drift for end, drift in zip(ends, BANK.drifts, strict=True)][1:] == pytest.approx(
        BANK.gains[1:]
    )


@given(st.lists(st.tuples(st.floats(0, 20_000), st.integers(0, 2), st.integers(0, 2)), max_size=60))
def test_it_is_pages_recursion(steps):
    """S ← max(0, S - d·Δt) + g, as it is written; what is kept instead is when each S will be 0."""
    ends, scores, now = detector.at_zero(BANK), [0.0] * len(BANK.gains), 0.0
    for gap, failed, answered in steps:
        weight = failed * BANK.failed + answered * BANK.answered
        detector.outcomes(ends, BANK, now, failed, answered)
        scores[1:] = [max(0.0, each + weight) for each in scores[1:]]
        now += gap
        scores = [
            max(0.0, each - drift * gap) + gain
            for each, drift, gain in zip(scores, BANK.drifts, BANK.gains, strict=True)
        ]
        detector.first_contact(ends, BANK, now)
        assert detector.score(ends, BANK, now) == pytest.approx(max(scores), abs=1e-6)
