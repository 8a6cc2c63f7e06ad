"""Which case an address leads to, of a real home; a stand-in knows the MAC."""

from types import SimpleNamespace

import pytest
from tests.test_guard import make

from portvagt import case_view
from portvagt.watch.address import ip_bytes, mac_bytes

MAC = mac_bytes("02:00:5e:00:00:01")
ADDRESS = ip_bytes("2001:db8:f000:1::77")


@pytest.fixture
def guard(tmp_path):
    (tmp_path / "state").mkdir()
    made = make(tmp_path)
    made.neighbour_events = SimpleNamespace(mac={ADDRESS: MAC}.get)
    return made


def stop(guard, key):
    guard.home.order(guard.started, key)
    return guard.home.devices[key].case


def read(guard, case):
    key = case_view.key_of(guard, ADDRESS)
    token = guard.home.token(guard.started, case)
    assert guard.home.acknowledge(guard.started, key, case.incident, token) is not None


def test_an_address_leads_to_its_mac_s_case(guard):
    assert case_view.key_of(guard, ADDRESS) == MAC
    stop(guard, MAC)
    assert case_view.key_of(guard, ADDRESS) == MAC


def test_an_unknown_address_stands_for_itself(guard):
    assert case_view.key_of(guard, ip_bytes("192.0.2.9")) == ip_bytes("192.0.2.9")


def test_what_was_stopped_before_its_mac_was_known_is_found_afterwards(guard):
    case = stop(guard, ADDRESS)
    assert case_view.key_of(guard, ADDRESS) == ADDRESS
    read(guard, case)
    assert case_view.key_of(guard, ADDRESS) == ADDRESS


def test_where_both_are_stopped_each_notice_can_be_read(guard):
    cases = {key: stop(guard, key) for key in (ADDRESS, MAC)}
    seen = []
    for _ in cases:
        key = case_view.key_of(guard, ADDRESS)
        seen.append(key)
        read(guard, cases[key])
    assert seen == [MAC, ADDRESS]
    assert case_view.key_of(guard, ADDRESS) == MAC
