import itertools
import math

import pytest

from portvagt.judge import detector

SLOWEST_S = 1800
BANK = detector.bank(10, SLOWEST_S)


def contacts_to_alarm(interval_s, bank=BANK, most=10_000):
    """How many first contacts, one each `interval_s`, until the threshold; None if `most` don't reach it."""
    scores = detector.at_zero(bank)
    for count in range(1, most + 1):
        detector.elapse(scores, bank, interval_s)
        detector.first_contact(scores, bank)
        if max(scores) >= bank.threshold:
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
    scores = detector.at_zero(BANK)
    for _ in range(3):
        detector.first_contact(scores, BANK)
    assert detector.highest(scores, BANK, 0) > 19
    assert detector.highest(scores, BANK, 24 * 3600) == 0
    detector.elapse(scores, BANK, 24 * 3600)
    assert list(scores) == [0, 0, 0]


@pytest.mark.parametrize("seconds", [0, -1, -1e9])
def test_a_step_back_of_the_clock_counts_as_no_time(seconds):
    scores = detector.at_zero(BANK)
    detector.first_contact(scores, BANK)
    before = list(scores)
    assert detector.highest(scores, BANK, seconds) == max(before)
    detector.elapse(scores, BANK, seconds)
    assert list(scores) == before
