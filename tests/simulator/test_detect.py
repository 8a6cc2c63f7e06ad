"""The benchmark of the detector: its fast copy is the real one, its rivals do what they are named for, no row lacks."""

import argparse
import ipaddress
import math

import numpy as np
import pytest

from portvagt.judge import detector
from portvagt.judge.device import NETWORKS_MAX, PATIENCE_S
from portvagt.judge.home import DEVICES_MAX, Home
from portvagt_sim.bench import detect
from portvagt_sim.bench.detection import bank, evasions, innocence, theory, traces, zombies
from portvagt_sim.bench.detection.detectors import BANK, DEAF, DEAF_BANK, DETECTORS, OURS
from portvagt_sim.bench.detection.homes import HOMES, ROTATION
from portvagt_sim.replay.judgement import TERMS


def place(number):
    return bytes((10, number // 256, number % 256, 25))


def stopped_at(name, connections):
    """The number of the connection, from 1, at which a detector says so; None: never."""
    made = DETECTORS[name]()
    for number, (start, destination, failed) in enumerate(connections, start=1):
        if made.feed(start, destination, 25, failed):
            return number
    return None


def gaps(seed, mean_s, count=3000, devices=5):
    """Random gaps of some devices, whose pace changes at random between `mean_s` and 200 times that."""
    chance = np.random.default_rng(seed)
    made = chance.exponential(mean_s * chance.choice([1, 5, 50, 200], count))
    made[chance.choice(count, devices, replace=False)] = math.inf
    made[0] = math.inf
    return made


@pytest.mark.parametrize("share", [0, 0.1, 0.5, 1])
@pytest.mark.parametrize("mean_s", [0.1, 10, 100, 300, 5000])
def test_the_fast_count_is_that_of_the_real_detector(mean_s, share):
    found = 0
    for seed in range(4):
        each = gaps(seed, mean_s)
        failed = np.random.default_rng(seed).random(len(each)) < share
        alarms = bank.alarms(each, failed, BANK)
        found += alarms
        assert alarms == bank.alarms_of_real_code(each, failed, BANK)
    assert found > 0 or mean_s >= 5000


def test_first_contacts_of_nobody_alarm_nobody():
    assert bank.alarms(np.zeros(0), np.zeros(0, dtype=bool), BANK) == 0


@pytest.mark.parametrize(
    "name, connections, stop",
    [
        (OURS, [(second, place(second), False) for second in range(9)], 4),
        (OURS, [(second, place(0), True) for second in range(1000)], None),
        ("10 in 60 s", [(6 * number, place(0), False) for number in range(20)], 10),
        ("10 in 60 s", [(7 * number, place(number), True) for number in range(50)], None),
        ("20 in 10 min", [(30 * number, place(number), False) for number in range(30)], 20),
        ("20 in 10 min", [(number, place(number % 19), False) for number in range(500)], None),
        ("20 in 10 min", [(32 * number, place(number), False) for number in range(100)], None),
        ("random walk", [(number, place(number), True) for number in range(10)], 4),
        ("random walk", [(number, place(0), True) for number in range(100)], None),
        ("random walk", [(number, place(number), number % 2 == 0) for number in range(100)], None),
        ("half failed", [(number, place(number), number % 2 == 0) for number in range(30)], 20),
        ("half failed", [(number, place(number), number % 3 == 0) for number in range(300)], None),
    ],
)
def test_each_detector_on_a_sequence_that_one_can_follow(name, connections, stop):
    assert stopped_at(name, connections) == stop


@pytest.mark.parametrize("name", DETECTORS)
def test_a_known_server_is_no_first_contact(name):
    made = DETECTORS[name]()
    for number in range(NETWORKS_MAX):
        made.know(place(number))
    assert not any(made.feed(100 * number, place(number), 587, True) for number in range(NETWORKS_MAX))


def test_garwood():
    assert theory.poisson_interval(0) == pytest.approx((0, 3.689), abs=1e-3)
    assert theory.poisson_interval(10) == pytest.approx((4.795, 18.390), abs=1e-3)
    assert theory.poisson_interval(2000) == pytest.approx((1913.3, 2089.6), abs=0.5)


@pytest.mark.parametrize("judging, share, found", [(DEAF_BANK, 1, 0), (BANK, 0, 0), (BANK, 0.5, 1)])
def test_who_knows_the_thresholds_must_not_fail(judging, share, found):
    evenly = np.full(300, theory.sustainable_interval_s() * zombies.JUST_BELOW)
    evenly[0] = math.inf
    failed = np.random.default_rng(1).random(len(evenly)) < share
    assert min(1, bank.alarms(evenly, failed, judging)) == found


def test_just_below_our_thresholds_is_below_and_just_above_is_not():
    for factor, alarms in ((zombies.JUST_BELOW, 0), (0.97, 1)):
        evenly = np.full(2000, theory.sustainable_interval_s() * factor)
        evenly[0] = math.inf
        assert min(1, bank.alarms(evenly, np.zeros(len(evenly), dtype=bool), DEAF_BANK)) == alarms


def test_a_habit_makes_what_it_says():
    chance = np.random.default_rng(1)
    made = len(innocence.first_contacts(ROTATION, 200, chance)) / 200
    assert made == pytest.approx(3 * 2 * 365.25 / 30, rel=0.03)
    assert sum(home.share for home in HOMES.values()) == pytest.approx(1)


@pytest.fixture(scope="module")
def quick():
    parser = argparse.ArgumentParser()
    detect.add_arguments(parser)
    return detect.measure(parser.parse_args(["--quick"]), lambda *_: None)


def rows(quick, work):
    return {row["detector"]: row for row in quick if row["work"] == work}


def test_every_row_has_every_column(quick):
    assert all(set(detect.COLUMNS) <= set(row) for row in quick)
    for work in (*zombies.ZOMBIES, *HOMES, "all homes"):
        assert set(DETECTORS) <= set(rows(quick, work))


def test_ours_stops_a_zombie_of_one_a_second_within_six_connections(quick):
    ours = rows(quick, "zombie 1/s")[OURS]
    assert (ours["stopped"], ours["connections"]) == ("50 of 50", 4)
    assert ours["connections_worst"] <= 6


def test_a_slow_zombie_that_fails_is_stopped_sooner_and_a_fast_one_that_never_fails_no_later(quick):
    failing, never = rows(quick, "zombie 1/10 min, 50% fail"), rows(quick, "zombie 1/s, 0% fail")
    assert failing[OURS]["connections_mean"] < 0.85 * failing[DEAF]["connections_mean"]
    assert never[OURS]["connections_mean"] == never[DEAF]["connections_mean"]


@pytest.mark.parametrize(
    "one, other, width, same",
    [
        ("192.0.2.1", "192.0.2.2", 32, False),
        ("192.0.2.1", "192.0.2.2", 24, True),
        ("192.0.2.1", "192.0.1.1", 24, False),
        ("192.0.2.1", "192.0.15.1", 20, True),
        ("192.0.2.1", "192.0.16.1", 20, False),
        ("192.0.2.1", "192.0.16.1", 16, True),
        ("192.0.2.1", "192.1.2.1", 16, False),
    ],
)
def test_a_network_of_another_width(one, other, width, same):
    places = {detector.network(ipaddress.ip_address(traces.alone(each, width)).packed) for each in (one, other)}
    assert len(places) == 2 - same


def test_false_alarms_are_rarer_than_one_in_ten_home_years(quick):
    assert rows(quick, "all homes")[OURS]["high"] < 100
    # three hundred home-years of people who run no mail server and set up no ten accounts
    assert sum(rows(quick, work)[OURS]["alarms"] for work in ("family", "newsletter", "mailing scanner")) <= 3


def test_the_evasions_have_a_price(quick):
    priced = {row["work"]: row["mails"] for row in quick if row["work"].startswith("evasion")}
    assert priced["evasion: evenly, half answered"] < priced["evasion: evenly, all answered"] < 20
    # 32 places for two hours and 20 an hour for all others; the judge's table is what bounds the other ports
    assert priced["evasion: a MAC for each 3, port 25"] == 32 * 3 * 12 + 24 * 20
    assert priced["evasion: a MAC for each 3, submission"] < evasions.metered("submission", 3, 120) == 7488
    assert len(priced) == 7


@pytest.mark.parametrize("factor, stops", [(1.02, False), (0.7, True)])
def test_forged_addresses_are_bounded_by_the_table_of_devices(factor, stops):
    """A new address for every three networks, one after the other: who comes in another's place has its scores."""
    home = Home(BANK, TERMS, lambda: "incident")
    lasts_s = theory.sustainable_interval_s(BANK.answered) * 3
    decisions = []
    for number in range(13 * DEVICES_MAX):
        now, key = number * lasts_s / DEVICES_MAX * factor, b"\x02\0" + number.to_bytes(4, "big")
        for each in range(3):
            flow = place(3 * number + each), 587, 3 * number + each
            decisions += home.connection(now, key, flow)
            home.answered(key, flow)
        home.connection(now + PATIENCE_S, key, flow)
    assert bool(decisions) == stops
