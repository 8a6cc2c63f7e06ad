"""Whom the reporter must not trust, with the machine's TLS: what tests/scenarios/test_tls_refusals.py asks."""

import pytest
from tests.scenarios import steps

from portvagt_sim.addresses import BROKER
from portvagt_sim.certificates import Authority
from portvagt_sim.waiting import wait_until

OTHER_NAME = "mqtt.other.example"
SECONDS = 60.0


@pytest.fixture
def offline(world):
    """A world whose reporter does not run, and of which the ISP has heard nothing yet."""
    world.router.kill("reporter")
    world.router.wait_ended("reporter")
    return world


def refused(world, sentence):
    """The reporter says that it does not connect, and does not."""
    heard = len(world.isp.messages("/up/state"))
    world.router.start_process("reporter")
    wait_until(lambda: sentence in world.router.log("reporter"), SECONDS, f"it says: {sentence}")
    return len(world.isp.messages("/up/state")) == heard


def test_a_broker_of_another_authority(offline, tmp_path):
    other = Authority(tmp_path, "other")
    offline.router.write(offline.router.state_dir / "ca.crt", other.certificate.read_text())
    assert refused(offline, "is not signed by the authority in")


def test_a_broker_of_another_name(offline):
    offline.router.run("sh", "-c", f"echo {BROKER.v4} {OTHER_NAME} >>/etc/hosts")
    steps.reconfigure(offline, "option broker 'mqtt.isp.example'", f"option broker '{OTHER_NAME}'")
    assert refused(offline, f"is not for '{OTHER_NAME}'")


def test_the_right_one_is_trusted(offline):
    offline.router.start_process("reporter")
    steps.wait_online(offline)
