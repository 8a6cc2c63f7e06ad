"""The reporter as a process, between a stand-in for the guard and a real broker."""

import json
import os
import signal
import subprocess
import time
from pathlib import Path

import pytest
from tests.report.broker import ACCESS, PATIENCE_S, Broker, Collector, wait_until
from tests.report.guard_stand_in import GuardStandIn

from portvagt_sim import runtimes
from portvagt_sim.router.agent import ROLES

SETTINGS = """
config main
	option run_dir '{directory}/run'
	option state_dir '{directory}/state'
config report
	option enabled '{enabled}'
	option cpe_id 'cpe-test'
	option broker 'localhost'
	option port '{port}'
	option ca '{ca}'
	option certificate '{certificate}'
	option key '{key}'
	option heartbeat '{heartbeat}'
	option receipts '{receipts}'
"""


class Reporter:
    def __init__(self, directory, identities, port, runtime="cpython", **options):
        self._chosen = runtimes.runtime(runtime)
        self._log = directory / "reporter.log"
        self._settings = directory / "portvagt"
        certificate, key = identities.client
        defaults = {"enabled": "1", "heartbeat": "900", "receipts": "0", "directory": directory, "port": port}
        files = {"ca": identities.ca, "certificate": certificate, "key": key}
        self._settings.write_text(SETTINGS.format(**{**defaults, **files, **options}))
        self.process = None

    def start(self, script=None):
        """`script`: instead of the agent's own beginning."""
        chosen = self._chosen if script is None else self._chosen._replace(module=(str(script),))
        command = [*chosen.command(ROLES["reporter"].heap_kb), "--config", str(self._settings), "reporter"]
        environment = {**os.environ, **self._chosen.environment}
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)

    def log(self):
        return self._log.read_text()

    def kill(self):
        self.process.kill()
        self.process.wait(10)

    def terminate(self):
        self.process.terminate()
        return self.process.wait(10)


@pytest.fixture
def guard(tmp_path):
    with GuardStandIn(tmp_path / "run") as listening:
        yield listening


@pytest.fixture(params=["cpython", "micropython"])
def runtime(request):
    return request.param


@pytest.fixture
def make(tmp_path, identities):
    """Makes reporters, and ends them."""
    made = []
    yield lambda *arguments, **options: made.append(Reporter(tmp_path, identities, *arguments, **options)) or made[-1]
    for each in made:
        if each.process is not None:
            each.kill()


@pytest.fixture
def reporter(make, broker, runtime):
    return make(broker.port, runtime)


def is_online(state):
    return state["online"]


def test_events_and_state_arrive_and_keep_the_contract(guard, collector, reporter, event_contract, state_contract):
    early = guard.hand_over(2)
    reporter.start()
    collector.wait_for_state(is_online)
    late = guard.hand_over(3)
    collector.wait_for_events(early + late)
    assert [event["id"] for event in collector.events()] == early + late
    wait_until(lambda: not guard.unstored, "the guard hears that they are stored")
    for event in collector.events():
        event_contract.validate(event)
    for state in collector.states():
        state_contract.validate(state)
    assert "secret" not in collector.states()[0]
    assert set(collector.states()[0]["health"]["processes"]) == {"guard", "reporter"}


def test_a_change_at_the_guard_is_published_after_its_event(guard, collector, reporter):
    reporter.start()
    collector.wait_for_state(is_online)
    guard.reply["stopped"] = 1
    guard.hand_over(1)
    collector.wait_for_state(lambda state: state.get("stopped") == 1)


def test_events_of_a_time_without_broker_arrive_once_when_it_is_back(guard, broker, collector, reporter):
    reporter.start()
    first = guard.hand_over(1)
    collector.wait_for_events(first)
    broker.stop()
    meanwhile = guard.hand_over(30)
    wait_until(lambda: not guard.unstored, "they are stored")
    broker.start()
    collector.wait_for_events(first + meanwhile)
    assert [event["id"] for event in collector.events()] == first + meanwhile


def test_events_outlive_the_reporter(guard, broker, collector, reporter):
    broker.stop()
    reporter.start()
    events = guard.hand_over(5)
    wait_until(lambda: not guard.unstored, "they are stored")
    reporter.kill()
    broker.start()
    reporter.start()
    collector.wait_for_events(events)


def test_a_reporter_killed_again_and_again_loses_nothing(guard, collector, reporter):
    events = []
    for number in range(6):
        reporter.start()
        events += guard.hand_over(20)
        time.sleep(0.25 + 0.05 * number)  # somewhere between storing, publishing and confirming
        reporter.kill()
    reporter.start()
    collector.wait_for_events(events)
    wait_until(lambda: not guard.unstored, "all are stored")


def test_a_new_certificate_is_used_without_a_restart(guard, tmp_path, identities, make, runtime):
    """The broker's user is the certificate's name, so its log tells which one it saw."""
    files = {name: tmp_path / f"cpe.{name}" for name in ("crt", "key")}
    for path, source in zip(files.values(), identities.client, strict=True):
        path.write_bytes(source.read_bytes())
    broker = Broker(tmp_path, identities.ca, identities.server)
    broker.access.write_text(ACCESS.replace("%u", "%c"))
    reporter = make(broker.port, runtime, certificate=str(files["crt"]), key=str(files["key"]))
    with broker, Collector(broker, identities) as collector:
        reporter.start(QUICK)
        events = guard.hand_over(3)
        collector.wait_for_events(events)
        for path, source in zip(files.values(), identities.renewed, strict=True):
            renewed = path.with_suffix(".new")
            renewed.write_bytes(source.read_bytes())
            renewed.rename(path)
            events += guard.hand_over(20)
        wait_until(lambda: "u'cpe-renewed'" in broker.log(), "it shows the new certificate")
        events += guard.hand_over(3)
        collector.wait_for_events(events)
        time.sleep(2)  # in which it would connect once more
        reporter.kill()
        collector.wait_for_state(lambda state: not state["online"])
    arrived = [event["id"] for event in collector.events()]
    assert list(dict.fromkeys(arrived)) == events
    assert broker.log().count("u'cpe-test'") == broker.log().count("u'cpe-renewed'") == 1
    assert [state.get("reason") for state in collector.states() if not state["online"]] == ["lost"]


QUICK = Path(__file__).with_name("quick_reporter.py")
NO_EVENTS = ACCESS.replace("pattern write v1/cpe/%u/up/#", "pattern write v1/cpe/%u/up/state")


def receipt(*identities):
    return json.dumps({"schema": 1, "ids": identities})


def kept(directory):
    return (directory / "state" / "reporter" / "outbox").read_text()


@pytest.fixture
def with_receipts(make, broker, runtime):
    return make(broker.port, runtime, receipts="1")


def test_an_event_may_wait_for_the_isp_s_receipt(guard, collector, with_receipts, tmp_path):
    with_receipts.start()
    events = guard.hand_over(2)
    collector.wait_for_events(events)
    collector.send("v1/cpe/cpe-test/down/receipt", receipt("unknown"))
    time.sleep(0.5)
    assert all(event in kept(tmp_path) for event in events)
    collector.send("v1/cpe/cpe-test/down/receipt", receipt(*events))
    wait_until(lambda: '"specversion"' not in kept(tmp_path), "nothing waits any more")
    assert len(collector.events()) == 2


def test_with_receipts_it_is_noticed_that_the_access_rules_drop_events(guard, broker, collector, with_receipts):
    broker.let(NO_EVENTS)
    with_receipts.start(QUICK)
    events = guard.hand_over(2)
    noticed = "the broker refuses our events", "the ISP does not say that it has our events"
    wait_until(lambda: any(each in guard.reporting[-1] for each in noticed if guard.reporting), "it is noticed")
    assert collector.events() == []
    broker.let(ACCESS)
    collector.wait_for_events(events)
    collector.send("v1/cpe/cpe-test/down/receipt", receipt(*events))
    wait_until(lambda: guard.reporting[-1].endswith(str(broker.port)), "all is well")


def test_mqtt_5_tells_what_the_access_rules_drop(guard, broker, collector, make):
    broker.let(NO_EVENTS)
    reporter = make(broker.port)
    reporter.start(QUICK)
    events = guard.hand_over(2)
    wait_until(lambda: "must let 'cpe-test' write" in guard.reporting[-1] if guard.reporting else False, "it is told")
    assert reporter.log().count("the broker refuses our events") == 1
    assert collector.events() == []
    broker.let(ACCESS)
    collector.wait_for_events(events)
    wait_until(lambda: guard.reporting[-1].endswith(str(broker.port)), "all is well")


@pytest.mark.usefixtures("guard")
def test_the_broker_says_when_the_reporter_was_killed(collector, reporter, state_contract):
    reporter.start()
    collector.wait_for_state(is_online)
    reporter.kill()
    collector.wait_for_state(lambda state: state == {"schema": 1, "online": False, "reason": "lost"})
    state_contract.validate(collector.states()[-1])


@pytest.mark.usefixtures("guard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stopped_reporter_says_so_itself(collector, reporter, number):
    reporter.start()
    collector.wait_for_state(is_online)
    before = time.monotonic()
    reporter.process.send_signal(number)
    assert reporter.process.wait(PATIENCE_S) == 0
    assert time.monotonic() - before < 5
    collector.wait_for_state(lambda state: not state["online"])
    assert collector.states()[-1]["reason"] == "stopped"
    assert "Traceback" not in reporter.log()


@pytest.mark.usefixtures("guard")
def test_it_ends_quickly_while_there_is_no_broker(broker, reporter):
    broker.stop()
    reporter.start()
    wait_until(lambda: "nobody listens" in reporter.log(), "it says why there is no connection")
    assert reporter.terminate() == 0
    broker.start()


def test_a_router_without_guard_says_that_it_is_blind(collector, reporter, state_contract):
    reporter.start()
    collector.wait_for_state(is_online)
    state_contract.validate(collector.states()[0])
    assert collector.states()[0]["blind"] == "the guard does not answer"


def test_rubbish_from_the_guard_is_said_and_survived(guard, collector, reporter):
    guard._pending.append({"id": "x" * 100})
    reporter.start()
    events = guard.hand_over(1)
    collector.wait_for_events(events)
    assert "that is no event" in reporter.log()


def test_a_damaged_outbox_is_counted_in_the_state(guard, collector, reporter, tmp_path):
    (tmp_path / "state" / "reporter").mkdir(parents=True)
    (tmp_path / "state" / "reporter" / "outbox").write_bytes(b"rubbish\n")
    reporter.start()
    collector.wait_for_state(lambda state: state.get("damaged_files") == 1)


def test_a_full_disk_delays_nothing(guard, collector, reporter, tmp_path):
    (tmp_path / "state").write_text("a file where the directory should be")
    reporter.start()
    events = guard.hand_over(2)
    collector.wait_for_events(events)
    wait_until(lambda: not guard.unstored, "delivered events need no disk")
    assert "can't be stored" in reporter.log()


def test_when_it_is_switched_off_it_says_so_and_ends(tmp_path, identities):
    reporter = Reporter(tmp_path, identities, 1, enabled="0")
    reporter.start()
    assert reporter.process.wait(PATIENCE_S) == 0
    assert "switched off" in reporter.log()


def test_the_guard_hears_whether_there_is_a_connection(guard, broker, collector, reporter):
    broker.stop()
    reporter.start()
    wait_until(lambda: any("nobody listens" in each for each in guard.reporting), "it is told why there is none")
    broker.start()
    wait_until(lambda: guard.reporting[-1] == f"connected to localhost:{broker.port}", "it is told that it stands")
