"""Somebody took over the router and sends spam from it."""

from tests.scenarios import steps

from portvagt_sim.addresses import mx

# busybox's, as routers have it: opens a connection, says what a mail program says first, and is gone
SPAM = "for server in {}; do echo EHLO zombie | timeout -s KILL 1 busybox nc $server 25; done; true"


def test_the_isp_hears_of_a_router_that_sends_spam_itself(world):
    world.router.run("busybox", "sh", "-c", SPAM.format(" ".join(mx(number).v4 for number in range(1, 11))))
    message = world.isp.wait_for(
        lambda message: message.topic.endswith("/up/event") and message.json()["type"] == "portvagt.router.observed",
        steps.EVENT_SECONDS,
    )
    assert message.json()["data"]["evidence"]["networks"] >= 4
    assert "looks like a spam zombie" in world.router.cli("explain", "router").stdout
    assert world.router.call("status")["stopped"] == 0
    assert world.home.phone.send_mail(1)["sent"] == 1
