from hypothesis import given
from hypothesis import strategies as st

from portvagt.judge import recent

CAPACITY = 5


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 8))))
def test_it_is_a_list_without_repetitions_that_drops_its_oldest(steps):
    prints, model = b"", []
    for adds, number in steps:
        # bytes that repeat, so that matches across two fingerprints occur
        print_ = bytes([number, 1, number])
        at = recent.find(prints, print_)
        assert (at >= 0) is (number in model)
        model = [each for each in model if each != number]
        if at >= 0:
            prints = recent.without(prints, at)
        if adds:
            prints = recent.add(prints, print_, CAPACITY)
            model = [*model[-CAPACITY + 1 :], number]
        assert prints == b"".join(bytes([each, 1, each]) for each in model)


@given(st.binary(max_size=40))
def test_a_fingerprint_has_three_bytes_and_an_ipv4_network_is_its_own(thing):
    assert len(recent.fingerprint(thing)) == recent.PRINT
    assert recent.fingerprint(thing[:3]) == thing[:3] or len(thing) < 3
