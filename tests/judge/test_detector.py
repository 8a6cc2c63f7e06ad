import math

import pytest

from portvagt.judge import detector
from portvagt.judge.detector import NETWORKS_MAX, Detector

THRESHOLD = detector.threshold(10)


def network(number):
    return number.to_bytes(3, "big") + b"\x19"


def contacts_to_alarm(interval_s, most=10_000):
    """How many first contacts, one each `interval_s`, until the threshold; None if `most` don't reach it."""
    watched = Detector()
    for count in range(1, most + 1):
        watched.observe(count * interval_s, network(count))
        if watched.score(count * interval_s) >= THRESHOLD:
            return count
    return None


@pytest.mark.parametrize("interval_s, most", [(0.02, 4), (1, 5), (60, 9), (600, 20), (1500, 100)])
def test_a_zombie_is_found_after_few_first_contacts(interval_s, most):
    assert contacts_to_alarm(interval_s) <= most


def test_new_networks_at_the_usual_pace_never_alarm():
    assert contacts_to_alarm(detector.USUAL_INTERVAL_S) is None


def test_the_threshold_grows_with_the_wanted_time_between_false_alarms():
    assert detector.threshold(100) - detector.threshold(10) == pytest.approx(math.log(10))


def test_the_same_network_again_is_no_evidence():
    watched = Detector()
    assert watched.observe(0, network(1))
    for second in range(1, 1000):
        assert not watched.observe(second, network(1))
    assert watched.score(1000) < 6.6


def test_time_heals():
    watched = Detector()
    for count in range(3):
        watched.observe(0, network(count))
    assert watched.score(0) > 19
    assert watched.score(24 * 3600) == 0


def test_a_step_back_of_the_clock_counts_as_no_time():
    watched = Detector()
    watched.observe(1000, network(1))
    before = watched.score(1000)
    assert watched.score(0) == before


def test_known_networks_are_bounded_and_the_least_recently_used_goes():
    watched = Detector()
    watched.remember(network(0))
    for count in range(1, NETWORKS_MAX):
        watched.remember(network(count))
    watched.remember(network(0))
    watched.remember(network(NETWORKS_MAX))
    assert not watched.remember(network(0))
    assert watched.remember(network(1))
