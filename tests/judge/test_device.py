import pytest

from portvagt.judge import detector
from portvagt.judge.device import NETWORKS_MAX, PATIENCE_S, UNANSWERED_MAX, Device

BANK = detector.bank(10, 1800)


def network(number):
    return number.to_bytes(3, "big") + b"\x19"


def flow(number, port=25):
    """A connection to a network of its own."""
    return network(number), port, (40000 + number) % 65536


def test_the_same_network_again_is_no_evidence():
    device = Device(0, BANK)
    assert device.connection(0, flow(1), BANK)
    for second in range(1, 1000):
        assert not device.connection(second, flow(1), BANK)
    assert device.score(1000, BANK) < 6.6


@pytest.mark.parametrize(
    "one, other, same",
    [
        (bytes([192, 0, 2, 1]), bytes([192, 0, 2, 255]), True),
        (bytes([192, 0, 2, 1]), bytes([192, 0, 3, 1]), False),
        (bytes([0x20, 1, 0xD, 0xB8, 0, 1]) + bytes(10), bytes([0x20, 1, 0xD, 0xB8, 0, 1]) + bytes([255] * 10), True),
        (bytes([0x20, 1, 0xD, 0xB8, 0, 1]) + bytes(10), bytes([0x20, 1, 0xD, 0xB8, 0, 2]) + bytes(10), False),
    ],
)
def test_neighbours_are_one_place_to_mail_to(one, other, same):
    device = Device(0, BANK)
    device.know(one)
    assert device.know(other) is not same


def test_known_networks_are_bounded_and_the_least_recently_used_goes():
    device = Device(0, BANK)
    for count in range(NETWORKS_MAX):
        device.know(network(count))
    device.know(network(0))
    device.know(network(NETWORKS_MAX))
    assert not device.know(network(0))
    assert device.know(network(1))


def test_a_step_back_of_the_clock_counts_as_no_time():
    device = Device(1000, BANK)
    device.connection(1000, flow(1), BANK)
    before = device.score(1000, BANK)
    assert device.score(0, BANK) == before
    device.connection(0, flow(1), BANK)
    assert device.score(0, BANK) == before


def test_who_has_no_answer_when_ten_more_were_made_gets_none():
    device = Device(0, BANK)
    for number in range(UNANSWERED_MAX + 3):
        device.connection(number / 100, flow(number), BANK)
        if number >= 3:
            device.answered(flow(number))
            device.answered(flow(number))  # the kernel tells of the reply, and again of ASSURED
    assert device.evidence()["unanswered"] == 3


def slow_scores(weight, seconds=PATIENCE_S, contacts=1):
    """The highest score of all but the fastest after this many contacts at once, their outcome, and a pause."""
    return max(
        contacts * gain + weight - drift * seconds for gain, drift in zip(BANK.gains[1:], BANK.drifts[1:], strict=True)
    )


LATER_S = 1000  # the fastest score has fallen to 0


@pytest.mark.parametrize("is_answered, weight", [(False, BANK.failed), (True, BANK.answered)])
def test_the_outcome_of_a_first_contact_is_known_at_the_next_connection(is_answered, weight):
    device = Device(0, BANK)
    device.connection(0, flow(1), BANK)
    if is_answered:
        device.answered(flow(1))
        device.answered(flow(1))
    assert device.score(LATER_S, BANK) == pytest.approx(slow_scores(0, LATER_S))
    device.connection(LATER_S, flow(1), BANK)
    assert device.score(LATER_S, BANK) == pytest.approx(slow_scores(weight, LATER_S))


def test_each_outcome_counts_once_and_only_of_first_contacts():
    device = Device(0, BANK)
    for number in range(8):
        device.connection(number * PATIENCE_S, flow(1), BANK)
    assert device.evidence()["unanswered"] == 8
    device.answered(flow(1))
    device.connection(LATER_S, flow(1), BANK)
    assert device.score(LATER_S, BANK) == pytest.approx(slow_scores(BANK.failed, LATER_S))


def test_nothing_is_held_against_a_device_before_its_servers_had_time_to_answer():
    device = Device(0, BANK)
    for number in range(3):
        device.connection(number * (PATIENCE_S - 1), flow(number), BANK)
    before = device.score(LATER_S, BANK)
    for number in range(3):
        device.answered(flow(number))
    device.connection(LATER_S, flow(0), BANK)
    assert device.score(LATER_S, BANK) < before


def test_a_first_contact_that_ten_connections_followed_at_once_has_no_outcome():
    device = Device(0, BANK)
    for number in range(UNANSWERED_MAX + 1):
        device.connection(0, (flow(1)[0], 25, number), BANK)
    device.connection(LATER_S, flow(1), BANK)
    assert device.score(LATER_S, BANK) == pytest.approx(slow_scores(0, LATER_S))


def test_evidence_begins_anew_once_the_score_was_at_zero():
    device = Device(0, BANK)
    device.connection(0, flow(1, 25), BANK)
    device.connection(90_000, flow(2, 587), BANK)
    assert device.evidence() == {
        "connections": 1,
        "networks": 1,
        "seconds": 0,
        "unanswered": 1,
        "ports": [587],
        "usual_per_day": 4,
    }
