"""Which router has an address."""

import json

import pytest

from portvagt_isp import routers, store

STATES = {
    "cpe-1": ["198.51.100.2", "2001:db8:0:100::2"],
    "cpe-2": ["198.51.100.3", "2001:db8:0:201::2"],
    "cpe-3": ["100.64.0.7", "2001:db8:0:202::2"],
    "cpe-4": ["198.51.100.3"],
    "cpe-5": ["no address", 7],
    "cpe-6": None,
}


@pytest.fixture
def connection(tmp_path):
    connection = store.connect(tmp_path / "isp.db")
    for name, addresses in STATES.items():
        document = json.dumps({} if addresses is None else {"addresses": addresses})
        connection.execute(
            "INSERT INTO states (cpe_id, received, online, document) VALUES (?, 1, 1, ?)", (name, document)
        )
    yield connection
    connection.close()


@pytest.mark.parametrize(
    "address, names",
    [
        ("198.51.100.2", ["cpe-1"]),
        ("198.51.100.3", ["cpe-2", "cpe-4"]),
        ("198.51.100.9", []),
        ("2001:db8:0:100::2", ["cpe-1"]),
        ("2001:db8:0:100::99", ["cpe-1"]),  # the same /64
        ("2001:db8:0:1ff::1", ["cpe-1"]),  # the same /56
        ("2001:db8:0:202::99", ["cpe-3"]),  # the same /64; another one's is in the same /56
        ("2001:db8:0:203::1", []),  # of two in the same /56 nobody knows which
        ("2001:db8:9::1", []),
    ],
)
def test_which_routers_an_address_belongs_to(connection, address, names):
    assert routers.at(connection, address) == names
