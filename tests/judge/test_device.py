import pytest

from portvagt.judge import detector
from portvagt.judge.device import NETWORKS_MAX, UNANSWERED_MAX, Device

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
