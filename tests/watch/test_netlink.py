import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portvagt.block import elements
from portvagt.watch import conntrack, netlink, rtnetlink


def test_a_message_round_trip():
    data = netlink.message(7, netlink.REQUEST, 3, b"abc") + netlink.message(8, 0, 4, b"")
    found = [(kind, flags, bytes(data[start:end])) for kind, flags, start, end in netlink.messages(data, len(data))]
    assert found == [(7, netlink.REQUEST, b"abc"), (8, 0, b"")]


def test_nested_attributes_round_trip():
    data = netlink.nested(1, netlink.attribute(2, b"xyz"), netlink.attribute(3, b""))
    [(kind, start, end)] = list(netlink.attributes(data, 0, len(data)))
    inner = [(each, bytes(data[a:b])) for each, a, b in netlink.attributes(data, start, end)]
    assert (kind, inner) == (1, [(2, b"xyz"), (3, b"")])


@pytest.mark.parametrize("length", [0, 15, 17, 0xFFFFFFFF])
def test_a_message_with_a_wrong_length_is_malformed(length):
    data = struct.pack("IHHII", length, 7, 0, 0, 0)
    with pytest.raises(netlink.Malformed):
        list(netlink.messages(data, len(data)))


@pytest.mark.parametrize("length", [0, 3, 9, 0xFFFF])
def test_an_attribute_with_a_wrong_length_is_malformed(length):
    data = struct.pack("HHI", length, 1, 0)
    with pytest.raises(netlink.Malformed):
        list(netlink.attributes(data, 0, len(data)))


def test_an_error_message_gives_its_errno():
    assert netlink.error_code(struct.pack("i", -105), 0, 4) == 105
    with pytest.raises(netlink.Malformed):
        netlink.error_code(b"\0\0", 0, 2)


# Half of the input is framed as a message that the parser takes, so that the fuzz gets past the header.
framed = st.builds(
    netlink.message,
    st.sampled_from([conntrack.NEW, 20, 21, 28, 0x0A0C, 2]),
    st.integers(0, 0xFFFF),
    st.just(1),
    st.binary(),
)
attributes = st.recursive(
    st.builds(netlink.attribute, st.integers(0, 12), st.binary(max_size=20)),
    lambda inner: st.builds(lambda kind, parts: netlink.nested(kind, *parts), st.integers(0, 12), st.lists(inner)),
)
plausible = st.builds(
    lambda kind, head, parts: netlink.message(kind, 0x600, 1, b"\0" * head + b"".join(parts)),
    st.sampled_from([conntrack.NEW, 20, 28, 0x0A0C]),
    st.sampled_from([4, 8, 12]),
    st.lists(attributes, max_size=4),
)


@pytest.mark.parametrize("parse", [conntrack.connections, rtnetlink.parse, elements.parse])
@given(data=st.one_of(st.binary(), framed, plausible))
def test_no_bytes_do_worse_than_malformed(parse, data):
    try:
        list(parse(data, len(data)))
    except netlink.Malformed:
        pass
