import os

import pytest

from portvagt.report import health, state

GUARD = {
    "policy": "stop",
    "watching": True,
    "blind": None,
    "devices": 4,
    "stopped": 1,
    "events_lost": 0,
    "damaged_files": 0,
    "uptime_s": 12,
    "runtime": "micropython",
    "tampered": False,
    "addresses": ["198.51.100.2", "2001:db8:ffff:1::2"],
    "pids": {"guard": os.getpid()},
}
OUTBOX = {"waiting": 0, "dropped": 0}


def online(guard=GUARD, unix_s=1790000000.0):
    return state.online(guard, OUTBOX, health.read({"guard": os.getpid()}), unix_s)


@pytest.mark.parametrize("guard", [GUARD, {**GUARD, "watching": False, "blind": "x" * 900}, None])
@pytest.mark.parametrize("unix_s", [1790000000.0, None])
def test_each_state_keeps_the_contract(state_contract, guard, unix_s):
    state_contract.validate(online(guard, unix_s))


@pytest.mark.parametrize("reason", [state.LOST, state.STOPPED])
def test_so_does_the_last_one(state_contract, reason):
    state_contract.validate(state.offline(reason))


def test_a_router_whose_guard_is_gone_says_that_it_protects_nobody():
    assert (online(None)["watching"], online(None)["blind"]) == (False, "the guard does not answer")


def test_what_is_not_on_the_list_stays_in_the_router():
    told = online({**GUARD, "names": ["Annas-laptop"]})
    assert "names" not in told
    assert "pids" not in told


@pytest.mark.parametrize(
    ("change", "is_news"),
    [({"stopped": 2}, True), ({"watching": False}, True), ({"tampered": True}, True), ({"uptime_s": 99}, False)],
)
def test_only_some_changes_are_news(change, is_news):
    assert (state.news(online()) != state.news(online({**GUARD, **change}))) == is_news
