"""An abuse report names a time, a mail server and the port that it saw; the router names the device."""

import json
import time

import pytest
from tests.scenarios import steps

from portvagt_sim.addresses import mx

# so that no mail server sees the port that the device chose
MASQUERADE = "insert rule inet fw4 srcnat ip daddr 198.18.0.0/15 meta l4proto tcp masquerade to :2000-2999"


def reported(world, number=0):
    """What the abuse report on a spam mail says: the mail server, --at, --port."""
    mail = world.internet.mails()[number]
    at = mail.at + time.time() - time.monotonic()
    return [mail.server, "--at", utc(at), "--port", str(mail.peer_port)]


def utc(unix_s):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(unix_s))


def trace(world, *words):
    done = world.router.cli("trace", *words)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("family", [4, 6])
def test_a_zombie_is_named_by_the_port_that_the_mail_server_saw(world, family):
    zombie, other = (world.home.laptop, world.home.pc) if family == 4 else (world.home.pc, world.home.laptop)
    world.router.nft(*MASQUERADE.split())
    other.send_mail(2)
    steps.outbreak(world, zombie, family, count=10)
    report = reported(world)
    assert family == 6 or int(report[-1]) in range(2000, 3000)

    said = trace(world, *report)
    assert f"{zombie.mac} ({zombie.name}, " in said
    assert "1 mail connection matches (port 25); the source port fits too." in said
    assert "All mail connections are known only since 20" in said  # the router started less than 60 s before
    assert other.mac not in said
    answer = json.loads(trace(world, *report, "--json"))
    assert answer["device"]["device"] == zombie.mac
    assert set(answer) == {
        "device",
        "devices",
        "connections",
        "ports",
        "port_given",
        "complete",
        "complete_since",
    }

    report[-1] = str(int(report[-1]) ^ 1)
    assert "Nothing matches." in trace(world, *report)
    assert zombie.mac in trace(world, *report[:-2])
    assert "Nothing matches." in trace(world, mx(199).of(family), *report[1:-2])


def test_of_several_devices_that_match_only_the_number_is_said(world):
    world.router.cli("exempt", world.home.laptop.mac, "--for", "1h")
    for device in (world.home.laptop, world.home.pc):
        device.run_zombie(family=4, count=3)
    report = reported(world)
    for said in (trace(world, *report[:-2]), trace(world, *report[:-2], "--json")):
        assert world.home.laptop.mac not in said
        assert world.home.pc.mac not in said
        assert "198.18." not in said
    assert "2 devices match; give the source port that the mail server saw (--port)." in trace(world, *report[:-2])
    assert world.home.laptop.mac in trace(world, *report)
    assert world.home.pc.mac in trace(world, *reported(world, -1))


def test_what_can_not_be_answered_says_why(world):
    earlier = trace(world, mx(1).v4, "--at", utc(time.time() - 7200))
    assert "Nothing matches. Are address, time and zone those of the report?" in earlier
    assert "All mail connections are known only since 20" in earlier
    done = world.router.cli("trace", mx(1).v4, "--at", utc(time.time() + 7200))
    assert (done.returncode, done.stdout) == (1, "")
    assert "that time is in the future, here it is 20" in done.stderr


class TestWithNothingKept:
    """The subscriber or the ISP does not want it."""

    @pytest.fixture
    def settings(self):
        return {"judge": {"outbound_hours": 0}}

    def test_it_says_so(self, world):
        world.home.laptop.run_zombie(family=4, count=3)
        done = world.router.cli("trace", *reported(world))
        assert (done.returncode, done.stdout) == (1, "")
        assert "connections are not kept; set 'outbound_hours' in section 'judge'" in done.stderr
