"""The answer to an abuse report, on a real ring; the clocks are the test's."""

from types import SimpleNamespace

import pytest

from portvagt import rpc, runtime, trace
from portvagt.judge.outbound import Outbound

LAPTOP, PHONE = b"\x02\0\0\0\0\1", b"\x02\0\0\0\0\2"
MX = bytes([198, 18, 7, 25])
NOW, WALL = 200_000.0, 1_795_581_000.25  # monotonic; Unix time of 2026-11-25T04:30:00.25Z
QUESTION = {"address": "198.18.7.25", "at": 1_795_577_400, "within": 60}  # an hour earlier


@pytest.fixture(autouse=True)
def clocks(monkeypatch):
    monkeypatch.setattr(runtime, "monotonic", lambda: NOW)
    monkeypatch.setattr(runtime, "wall_clock", lambda: WALL)


def guard(*added, hours=24, lost_at=0.0):
    """A guard with connections (key, seconds ago, port outside) in its ring."""
    ring = Outbound(1000.0, hours * 3600)
    for key, ago, port in added:
        ring.add(NOW - ago, key, MX, 25, port)
    return SimpleNamespace(
        config=SimpleNamespace(judge=SimpleNamespace(outbound_hours=hours)),
        outbound=ring,
        conntrack_events=SimpleNamespace(lost_at=lost_at),
    )


def test_the_one_device_of_that_time_and_port():
    answer, key = trace.answer(guard((LAPTOP, 3600, 47908), (PHONE, 3660, 1)), {**QUESTION, "port": 47908})
    assert key == LAPTOP
    assert answer == {
        "devices": 1,
        "connections": 1,
        "ports": [25],
        "port_given": True,
        "complete": True,
        "complete_since": "2026-11-24T04:30:00.250Z",
    }


@pytest.mark.parametrize(
    ("ago", "devices"), [(3600, 1), (3661.5, 0), (3660, 1), (3541, 1), (3539, 0), (0, 0), (7200, 0)]
)
def test_the_wall_clock_becomes_the_rings(ago, devices):
    answer, key = trace.answer(guard((LAPTOP, ago, 47908)), QUESTION)
    assert answer["devices"] == devices
    assert (key == LAPTOP) is bool(devices)


def test_a_report_of_a_moment_ago_may_be_by_a_clock_that_is_ahead():
    answer, key = trace.answer(guard((LAPTOP, 1, 47908)), {**QUESTION, "at": int(WALL) + 59})
    assert (key, answer["devices"]) == (LAPTOP, 1)


def test_of_several_devices_nothing_but_their_number_is_told():
    answer, key = trace.answer(guard((LAPTOP, 3600, 47908), (PHONE, 3600, 1)), QUESTION)
    assert key is None
    assert (answer["devices"], answer["connections"], answer["ports"]) == (2, None, None)


def test_what_the_kernel_could_not_tell_makes_the_answer_incomplete():
    """From then on it is complete again."""
    answer, _ = trace.answer(guard((LAPTOP, 3600, 47908), lost_at=NOW - 1800), QUESTION)
    assert (answer["complete"], answer["complete_since"]) == (False, "2026-11-25T04:00:00.250Z")
    assert trace.answer(guard(lost_at=NOW - 7200), QUESTION)[0]["complete"]


@pytest.mark.parametrize(
    ("changed", "complaint"),
    [
        ({"address": "mx.example.net"}, "'mx.example.net' is no IP address; give the mail server's address, not its "),
        ({"address": None}, "parameter 'address' must be a text"),
        ({"at": 1_795_581_061}, "that time is in the future, here it is 2026-11-25T04:30:00.250Z; give the report's"),
        ({"at": "now"}, "parameter 'at' must be a whole number"),
        ({"within": 0}, "parameter 'within' must be a whole number from 1 to 86400"),
        ({"port": 65536}, "parameter 'port' must be a whole number from 1 to 65535"),
    ],
)
def test_a_wrong_question_is_refused(changed, complaint):
    with pytest.raises(rpc.Refused) as refused:
        trace.answer(guard((LAPTOP, 3600, 47908)), {**QUESTION, **changed})
    assert str(refused.value).startswith(complaint)


def test_without_a_clock_no_times_can_be_compared(monkeypatch):
    monkeypatch.setattr(runtime, "wall_clock", lambda: None)
    with pytest.raises(rpc.Refused, match="the router's clock is not set yet"):
        trace.answer(guard(), QUESTION)


def test_when_none_are_kept_it_says_how_to_change_that():
    with pytest.raises(rpc.Refused, match="set 'outbound_hours' in section 'judge', then restart"):
        trace.answer(guard(hours=0), QUESTION)


@pytest.mark.parametrize("at", [-(10**9), 0])
def test_a_time_long_ago_is_no_mistake(at):
    answer, _ = trace.answer(guard((LAPTOP, 3600, 47908)), {**QUESTION, "at": at})
    assert (answer["devices"], answer["complete"]) == (0, False)
