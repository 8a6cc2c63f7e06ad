from hypothesis import given
from hypothesis import strategies as st

from portvagt.judge.familiar import DAY_S, DEVICE_MAX, HOME_MAX, OLD_S, REMEMBERED_S, Familiar

LAPTOP, PHONE = b"\x02laptp", b"\x02phone"
PROVIDER, PROVIDER6 = bytes([192, 0, 2]), bytes([0x20, 1, 0xD, 0xB8, 0, 1])


def restarted(servers, now, later):
    after = Familiar()
    for record in servers.records(now):
        after.restore(later, *record)
    return after


def test_a_network_is_familiar_to_a_device_that_came_back_a_day_later():
    servers = Familiar()
    for network in (PROVIDER, PROVIDER6):
        servers.used(0, LAPTOP, network)
        servers.used(DAY_S - 1, LAPTOP, network)
    assert servers.networks(LAPTOP) == [] and not servers.unsaved
    for network in (PROVIDER, PROVIDER6):
        servers.used(DAY_S, LAPTOP, network)
    assert servers.networks(LAPTOP) == [PROVIDER, PROVIDER6] and servers.unsaved
    assert servers.networks(PHONE) == []


uses = st.lists(
    st.tuples(st.floats(0, 30_000), st.sampled_from([LAPTOP, PHONE]), st.integers(0, 40), st.booleans()), max_size=80
)


@given(uses)
def test_no_use_buys_familiarity_in_less_than_a_day_across_restarts_too(steps):
    """`now` never moves back; each restart begins a new clock, and the time off counts as none."""
    servers, now, awake, first = Familiar(), 0.0, 0.0, {}
    for seconds, key, number, restarts in steps:
        now, awake = now + seconds, awake + seconds
        if restarts:
            servers, now = restarted(servers, now, 17.0), 17.0
        network = bytes([192, 0, number])
        first.setdefault((key, network), awake)
        servers.used(now, key, network)
        for each in servers.networks(key):
            assert awake - first[key, each] >= DAY_S - len(steps)  # whole seconds are kept, one may go at each restart


def test_a_restart_forgets_nothing_but_what_was_not_used_for_long():
    servers = Familiar()
    for at in (0, DAY_S):
        servers.used(at, LAPTOP, PROVIDER)
    servers.used(DAY_S, PHONE, PROVIDER6)
    later = restarted(servers, DAY_S + 100, 5)
    assert later.networks(LAPTOP) == [PROVIDER] and not later.unsaved
    later.used(5 + DAY_S, PHONE, PROVIDER6)
    assert later.networks(PHONE) == [PROVIDER6]
    assert list(later.records(REMEMBERED_S * 2)) == []


def test_a_device_can_not_push_out_what_others_have():
    servers = Familiar()
    for at in (0, DAY_S):
        servers.used(at, LAPTOP, PROVIDER)
        for number in range(5 * HOME_MAX):
            servers.used(at, PHONE, number.to_bytes(3, "big"))
    assert servers.networks(LAPTOP) == [PROVIDER]
    assert len(servers.networks(PHONE)) <= DEVICE_MAX


def test_who_has_enough_waits_until_the_least_recent_one_is_old():
    servers = Familiar()
    networks = [bytes([192, 0, number]) for number in range(DEVICE_MAX + 1)]
    for at in (0, DAY_S):
        for network in networks:
            servers.used(at, LAPTOP, network)
    assert servers.networks(LAPTOP) == networks[:-1]
    servers.used(DAY_S + OLD_S, LAPTOP, networks[-1])
    servers.used(2 * DAY_S + OLD_S, LAPTOP, networks[-1])
    assert servers.networks(LAPTOP) == networks[1:]


def test_forged_devices_find_a_limit():
    servers = Familiar()
    for at in (0, DAY_S, 2 * DAY_S):
        for number in range(3 * HOME_MAX):
            servers.used(at, number.to_bytes(6, "big"), PROVIDER)
    assert len(list(servers.records(2 * DAY_S))) <= 2 * HOME_MAX


def test_frequent_use_is_written_down_once_an_hour():
    servers = Familiar()
    for at in (0, DAY_S, DAY_S + 1800):
        servers.used(at, LAPTOP, PROVIDER)
    assert [age for _, _, age, _ in servers.records(DAY_S + 1800)] == [1800]
    servers.used(DAY_S + 3600, LAPTOP, PROVIDER)
    assert [age for _, _, age, _ in servers.records(DAY_S + 3600)] == [0]
