"""Somebody took over the router and sends spam from it."""

import subprocess
import sys

from tests.scenarios import steps

from portvagt_sim.namespaces import exec_in


def test_the_isp_hears_of_a_router_that_sends_spam_itself(world):
    argv = [sys.executable, "-m", "portvagt_sim.home.zombie", "--family=4", "--rate=50", "--count=10", "--seconds=20"]
    subprocess.run(exec_in(world.router.netns, [*argv, "--port=25"]), check=True, capture_output=True)
    message = world.isp.wait_for(
        lambda message: message.topic.endswith("/up/event") and message.json()["type"] == "portvagt.router.observed",
        steps.EVENT_SECONDS,
    )
    assert message.json()["data"]["evidence"]["networks"] >= 4
    assert "looks like a spam zombie" in world.router.cli("explain", "router").stdout
    assert world.router.call("status")["stopped"] == 0
    assert world.home.phone.send_mail(1)["sent"] == 1
