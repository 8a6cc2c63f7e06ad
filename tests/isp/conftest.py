import pytest
from tests.isp.parts import Broker, Isp

from portvagt_sim.certificates import Authority


@pytest.fixture
def isp(tmp_path):
    with Broker(tmp_path, Authority(tmp_path, "isp")) as broker, Isp(tmp_path, broker) as running:
        yield running
