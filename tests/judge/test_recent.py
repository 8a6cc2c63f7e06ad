from hypothesis import given
from hypothesis import strategies as st

from portvagt.judge.recent import Recent, fingerprint

CAPACITY = 5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8))))
def test_it_is_a_list_without_repetitions_that_drops_its_oldest(steps):
    recent, model = Recent(CAPACITY), []
    for adds, number in steps:
        # bytes that repeat, so that matches across two fingerprints occur
        print_ = bytes([number, 1, number, 1])
        if adds:
            assert recent.add(print_) is (number not in model)
            model = [*[each for each in model if each != number][-CAPACITY + 1 :], number]
        else:
            assert recent.remove(print_) is (number in model)
            model = [each for each in model if each != number]
        assert len(recent) == len(model)


@given(st.sets(st.binary(min_size=3, max_size=3), min_size=2))
def test_networks_of_ipv4_never_share_a_fingerprint(networks):
    assert len({fingerprint(each) for each in networks}) == len(networks)
