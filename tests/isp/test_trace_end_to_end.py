"""A spam mail leaves the simulated home, a mail server complains, and the ISP finds the device, on real parts."""

import json
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

import pytest

from portvagt_sim import sample_report, trace
from portvagt_sim.router.router import CPE_ID
from portvagt_sim.world import World

WITHIN = ["--within", str(trace.WITHIN)]


@pytest.fixture(scope="module")
def scene(request):
    """A world, its collector, and the mail that its laptop has sent; the phone has sent mail too."""
    with ExitStack() as running:
        world = running.enter_context(World(prefix="found-", runtime=request.config.getoption("--runtime")))
        service = trace.collector(world, running)
        trace.wait_watched(world)
        world.home.phone.send_mail(1)
        yield world, service, trace.spam(world)


def about(mail, tmp_path, sample="arf.eml", **changes):
    """A sample report about a mail, in a file."""
    file = tmp_path / sample
    file.write_text(sample_report.about((sample_report.SAMPLES / sample).read_text(), mail._replace(**changes)))
    return str(file)


def told(service, *words):
    done = service.call("trace", *words, "--json")
    assert (done.returncode, done.stderr) == (0, ""), done
    [answer] = json.loads(done.stdout)["answers"]
    return answer


def stopped(world):
    return [each["device"] for each in world.router.call("status")["devices"] if each["state"] == "stopped"]


@pytest.mark.parametrize("sample", ["arf.eml", "xarf.eml", "xarf.json"])
def test_each_format_leads_to_the_device(scene, tmp_path, sample):
    world, service, mail = scene
    answer = told(service, about(mail, tmp_path, sample), *WITHIN)
    assert len(answer.pop("device")) == 32 and len(answer.pop("command")) > 30
    found = {"devices": 1, "connections": 1, "confidence": "high", "complete": True}
    assert answer == {"router": CPE_ID, "case": None, "result": "done", "state": "clear"} | found
    assert stopped(world) == []


@pytest.mark.parametrize("changes", [{"peer_port": 1}, {"server": "198.18.199.25"}])
def test_what_does_not_match_leads_to_nobody(scene, tmp_path, changes):
    world, service, mail = scene
    file = about(mail, tmp_path, **changes)
    assert told(service, file, *WITHIN, "--stop")["devices"] == 0
    assert "no device matches" in service.call("trace", file, *WITHIN).stdout
    assert stopped(world) == []


def test_of_a_device_with_an_ipv6_address_the_isp_names_the_router(scene, tmp_path):
    world, service, _ = scene
    world.home.pc.run_zombie(family=6, count=1)
    file = about(world.internet.mails()[-1], tmp_path)
    unknown = service.call("trace", file, *WITHIN)
    assert unknown.returncode == 1 and "no router says that it has 2001:db8:f000:1:" in unknown.stderr
    answer = told(service, file, *WITHIN, "--router", CPE_ID)
    assert (answer["confidence"], answer["connections"]) == ("high", 1)
    assert answer["device"] != told(service, about(scene[2], tmp_path), *WITHIN)["device"]


def test_an_answer_names_nothing_that_was_not_asked_for(scene, tmp_path):
    world, service, mail = scene
    said = service.call("trace", about(mail, tmp_path), *WITHIN).stdout
    for device in world.home:
        for secret in (device.mac, device.name, device.address(4), device.address(6)):
            assert secret not in said
    acks = [message.payload.decode() for message in world.isp.messages("/up/ack")]
    assert acks and not any("198.18." in ack or "203.0.113." in ack for ack in acks)


def test_a_match_opens_a_case_and_stops_the_device(scene, tmp_path):
    world, service, mail = scene
    answer = told(service, about(mail, tmp_path), *WITHIN, "--stop")
    assert answer["state"] == "stopped" and stopped(world) == [world.home.laptop.mac]
    cases = service.call("show", "cases").stdout.splitlines()
    assert len(cases) == 2 and answer["case"] in cases[1] and answer["device"] in cases[1]


def test_the_command_shows_it_and_leaves_nothing(scene):
    done = subprocess.run([sys.executable, "-m", "portvagt_sim", "trace", "--json"], capture_output=True, text=True)
    assert done.returncode == 0, done
    [answer] = json.loads(done.stdout)["answers"]
    assert answer["confidence"] == "high" and answer["case"]
    assert "found-" in namespaces() and "trace-" not in namespaces()


def test_interrupted_it_leaves_nothing(scene):
    process = subprocess.Popen(
        [sys.executable, "-m", "portvagt_sim", "trace"], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert "The laptop sent a spam mail" in process.stdout.readline()
    os.kill(process.pid, signal.SIGINT)
    assert process.wait(60) == 130
    process.stdout.close()
    assert "found-" in namespaces() and "trace-" not in namespaces()


def test_a_file_that_is_no_report_is_said_before_anything_is_built(tmp_path):
    file = tmp_path / "letter"
    file.write_text("Dear ISP")
    done = subprocess.run([sys.executable, "-m", "portvagt_sim", "trace", file], capture_output=True, text=True)
    assert done.returncode == 1 and "neither an ARF nor an X-ARF mail" in done.stderr, done
    assert "Traceback" not in done.stderr


def namespaces():
    return subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
