"""Somebody changes our table in the real kernel, and the guard's loop runs: it is as before, and never a fight."""

import contextlib
import json
import socket
import subprocess
import time

import pytest
from tests.test_guard import LAPTOP, PROVIDER, listed, make

from portvagt import upkeep
from portvagt.block import repairs, ruleset, table
from portvagt.judge.familiar import DAY_S
from portvagt.watch import sources
from portvagt.watch.address import mac_bytes

PHONE, PC = mac_bytes("02:00:5e:00:00:02"), mac_bytes("02:00:5e:00:00:03")
EXEMPT_S = 1000
BOUND_S = 3.0  # of a repair; it takes a tenth of it
CALM_S = 0.4  # in which a repair would have come


def nft(*words):
    subprocess.run(["nft", *words], check=True)


def nft_file(text):
    subprocess.run(["nft", "-f", "-"], input=text, text=True, check=True)


def outline():
    """The table without what its rules, sets and chains are called inside the kernel, and without times."""
    done = subprocess.run(["nft", "-j", "-s", "list", "table", "inet", "portvagt"], capture_output=True, text=True)
    if done.returncode:
        return None
    return [_without_times(each) for each in json.loads(done.stdout)["nftables"]]


def _without_times(value):
    if isinstance(value, dict):
        return {key: _without_times(each) for key, each in value.items() if key not in ("handle", "expires")}
    return [_without_times(each) for each in value] if isinstance(value, list) else value


def exempt_left_s():
    [element] = json.loads(
        subprocess.run(
            ["nft", "-j", "list", "set", "inet", "portvagt", "exempt_mac"], capture_output=True, text=True, check=True
        ).stdout
    )["nftables"][1]["set"]["elem"]
    return element["elem"]["expires"]


@pytest.fixture
def loads(monkeypatch):
    """When nft loaded our table, s."""
    times = []
    after_each_load(monkeypatch, lambda: times.append(time.monotonic()))
    return times


def after_each_load(monkeypatch, act):
    """Do something as soon as nft has loaded our table, at the start or beside the loop."""
    run_nft, start_nft = table.run_nft, table.start_nft

    def run_and_act(path):
        run_nft(path)
        act()

    def start_and_act(loop, path, ended):
        start_nft(loop, path, lambda error: (error or act(), ended(error)))

    monkeypatch.setattr(table, "run_nft", run_and_act)
    monkeypatch.setattr(table, "start_nft", start_and_act)


@pytest.fixture
def guard(tmp_path, sandbox, loads):
    """With a stopped laptop that has a familiar server, a stopped PC whose notice was read, and an exempt phone."""
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    made = make(tmp_path)
    made.enforcement.load()
    for day in range(2):
        made.home.familiar.used(day * DAY_S, LAPTOP, PROVIDER)
    for key in (LAPTOP, PC):
        made.carry_out(made.home.order(made.started, key))
    case = made.home.devices[PC].case
    made.home.acknowledge(made.started, PC, case.incident, case.token)
    made.enforcement.table.end_notice(PC)
    made.carry_out(made.home.exempt(made.started, PHONE, EXEMPT_S))
    run(made, CALM_S)
    loads.clear()
    yield made
    made.loop.forget(made.enforcement.upkeep._events.source.sock)
    made.enforcement.upkeep._events.source.sock.close()
    nft_file(ruleset.REMOVAL)


def run(guard, seconds, until=lambda: False):
    """Run the guard's loop; how long it took until `until()`."""
    began = time.monotonic()
    while time.monotonic() - began < seconds and not until():
        guard.loop.step(0.01)
    return time.monotonic() - began


EDITS = [
    "flush ruleset",
    "delete table inet portvagt",
    "flush chain inet portvagt forward",
    "flush set inet portvagt stopped_mac",
    "flush set inet portvagt familiar4",
    "delete element inet portvagt stopped_mac { 02:00:5e:00:00:01 }",
    "delete element inet portvagt exempt_mac { 02:00:5e:00:00:02 }",
    "insert rule inet portvagt forward accept",
    "insert rule inet portvagt stopped accept",
    "add table inet portvagt { flags dormant; }",
    "add chain inet portvagt forward { policy drop; }",
    # one transaction that begins with an addition
    "add element inet portvagt probe4 { 192.0.2.1 }; flush set inet portvagt stopped_mac",
]


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_is_repaired_within_a_moment(guard, loads, edit):
    before = outline()
    left_s = exempt_left_s()
    edited = time.monotonic()
    nft_file(edit)
    assert outline() != before
    took_s = run(guard, BOUND_S, lambda: loads)
    assert took_s < BOUND_S
    if "probe4" in edit:
        nft("delete", "element", "inet", "portvagt", "probe4", "{ 192.0.2.1 }")
    run(guard, CALM_S)
    after = outline()
    assert sorted(map(str, after)) == sorted(map(str, before))
    assert left_s - exempt_left_s() <= time.monotonic() - edited + 2


def test_removing_a_table_again_and_again_is_one_repair(guard, loads):
    for _ in range(3):
        nft_file("flush ruleset")
        nft_file("table inet portvagt { chain forward { accept; }; }")
    run(guard, 2 * CALM_S, lambda: False)
    assert len(loads) == 1
    assert "02:00:5e:00:00:01" in listed("stopped_mac") and "accept" not in listed_chain("forward")


def listed_chain(name):
    words = ["nft", "list", "chain", "inet", "portvagt", name]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return done.stdout.split("policy accept;")[-1]


def test_our_own_changes_are_no_edits(guard, loads):
    home, now = guard.home, guard.started
    guard.carry_out(home.exempt(now, PC, 100))
    guard.carry_out(home.release(now, PC))
    guard.carry_out(home.order(now, PC))
    guard.carry_out(home.exempt(now, LAPTOP, 100))
    guard.enforcement.table.release(PC)
    run(guard, CALM_S)
    assert loads == []
    guard.enforcement.load()
    guard.enforcement.upkeep.load_again()
    run(guard, CALM_S)
    assert len(loads) == 2
    assert guard.enforcement.upkeep.repairs.done(0.0) is False and guard.enforcement.upkeep.repairs._times == 1


def test_what_is_not_ours_and_what_dnsmasq_adds_wakes_nobody(guard, loads):
    read = []
    source = guard.enforcement.upkeep._events.source
    told = source._on_message
    source._on_message = lambda now, size: (read.append(size), told(now, size))
    script = "".join(f"add element inet portvagt probe4 {{ 10.0.0.{number} }}\n" for number in range(200))
    subprocess.run(["nft", "-i"], input=script, text=True, check=True, stdout=subprocess.DEVNULL)
    assert listed("probe4").count("10.0.0.") == 200
    many = ", ".join(f"10.1.{number // 256}.{number % 256}" for number in range(5000))
    nft_file(f"table inet banip {{ set bad {{ type ipv4_addr; }}; }}\nadd element inet banip bad {{ {many} }}")
    nft_file("delete table inet banip")
    run(guard, CALM_S)
    assert loads == []
    # of these 200 transactions nothing; of banIP's table its first datagram and its deletion
    assert len(read) <= 4


def test_an_edit_while_we_load_is_repaired_too(guard, loads, monkeypatch):
    def outrun():
        if len(loads) == 1:
            nft("flush", "set", "inet", "portvagt", "stopped_mac")

    after_each_load(monkeypatch, outrun)
    guard.enforcement.load()
    assert LAPTOP not in guard.enforcement.table.stopped()
    run(guard, BOUND_S, lambda: len(loads) > 1)
    assert LAPTOP in guard.enforcement.table.stopped()
    run(guard, CALM_S)
    assert len(loads) == 2


def test_a_removal_amid_a_load_is_repaired_at_once_and_no_error(guard, loads, monkeypatch, capsys):
    def outrun():
        if len(loads) == 1:
            nft("flush", "ruleset")

    after_each_load(monkeypatch, outrun)
    nft("delete", "table", "inet", "portvagt")
    run(guard, 1.0, lambda: len(loads) > 1)
    assert "02:00:5e:00:00:02" in listed("exempt_mac") and LAPTOP in guard.enforcement.table.stopped()
    run(guard, CALM_S)
    assert len(loads) == 2 and "can't be loaded" not in capsys.readouterr().err


def test_a_stop_that_finds_no_table_stops_with_its_repair(guard, loads):
    nft_file("flush ruleset")
    guard.carry_out(guard.home.order(guard.started, mac_bytes("02:00:5e:00:00:04")))
    run(guard, BOUND_S, lambda: loads)
    run(guard, CALM_S)
    assert len(loads) == 1 and "02:00:5e:00:00:04" in listed("stopped_mac")


def test_a_stop_while_the_missing_table_is_loaded_comes_with_that_load(guard, loads, monkeypatch, capsys):
    """nft takes a second or more on a small router; a second load behind the first let a zombie out for as long."""
    start_nft = table.start_nft

    def stop_first(loop, path, ended):
        monkeypatch.setattr(table, "start_nft", start_nft)
        guard.carry_out(guard.home.order(guard.started, mac_bytes("02:00:5e:00:00:04")))
        start_nft(loop, path, ended)

    monkeypatch.setattr(table, "start_nft", stop_first)
    nft_file("flush ruleset")
    run(guard, BOUND_S, lambda: loads)
    for name in ("stopped_mac", "notice_mac"):
        assert "02:00:5e:00:00:04" in listed(name) and "02:00:5e:00:00:01" in listed(name)
    run(guard, CALM_S)
    assert len(loads) == 1 and "refused a change" not in capsys.readouterr().err


def test_a_device_that_is_confined_while_the_missing_table_is_loaded_is_confined_with_that_load(
    guard, loads, monkeypatch
):
    """Its element is in the load, but without the garden."""
    start_nft = table.start_nft

    def confine_first(loop, path, ended):
        monkeypatch.setattr(table, "start_nft", start_nft)
        guard.carry_out(guard.home.confine(guard.started, PC))
        start_nft(loop, path, ended)

    monkeypatch.setattr(table, "start_nft", confine_first)
    nft_file("flush ruleset")
    run(guard, BOUND_S, lambda: loads)
    assert guard.enforcement.table.confined() == {PC}
    run(guard, CALM_S)
    assert len(loads) == 1


def test_lost_notifications_are_answered_by_one_load(tmp_path, sandbox, loads, monkeypatch):
    monkeypatch.setattr(sources, "EVENT_BUFFER_BYTES", 4096)
    for name in ("run", "run/guard", "state"):
        (tmp_path / name).mkdir()
    guard = make(tmp_path)
    guard.enforcement.load()
    guard.carry_out(guard.home.order(guard.started, LAPTOP))
    loads.clear()
    for number in range(30):
        nft_file(f"table inet other{number} {{ chain a {{ accept; }}; }}")
    for _ in range(3):
        run(guard, 0.2)
        guard.enforcement.upkeep.look()
    assert guard.enforcement.upkeep._events.source.losses > 0
    assert len(loads) == 1
    assert guard.enforcement.upkeep.repairs._times == 0
    nft_file("flush ruleset")


def test_the_second_line_finds_what_no_notification_told(guard, loads):
    source = guard.enforcement.upkeep._events.source
    for edit in ("delete table inet portvagt", "flush set inet portvagt stopped_mac"):
        loads.clear()
        nft_file(edit)
        while source._read() >= 0:
            pass
        guard.enforcement.upkeep.look()
        run(guard, BOUND_S, lambda: loads)
        assert LAPTOP in guard.enforcement.table.stopped()


def test_a_table_that_cant_be_loaded_is_tried_again(guard, loads, monkeypatch, capsys):
    monkeypatch.setattr(upkeep, "RETRY_S", 0.2)
    good = ruleset._RULES
    monkeypatch.setattr(ruleset, "_RULES", good + "nonsense\n")
    nft_file("flush ruleset")
    run(guard, CALM_S)
    assert loads == [] and "can't be loaded, tried again soon" in capsys.readouterr().err
    monkeypatch.setattr(ruleset, "_RULES", good)
    run(guard, BOUND_S, lambda: loads)
    assert LAPTOP in guard.enforcement.table.stopped()


def test_connections_of_stopped_devices_that_began_in_the_gap_are_ended(guard, loads):
    """An offloaded one would go on past our chains. The device is one without a MAC: this machine's loopback."""
    source = socket.inet_aton("127.0.0.77")
    with _tracked(), socket.create_server(("127.0.0.9", 25)), socket.socket() as talk:
        guard.carry_out(guard.home.order(guard.started, source))
        talk.bind(("127.0.0.77", 0))
        talk.connect(("127.0.0.9", 25))
        assert "src=127.0.0.77" in flows()
        nft_file("delete table inet portvagt")
        run(guard, BOUND_S, lambda: loads)
        run(guard, BOUND_S, lambda: "src=127.0.0.77" not in flows())
        assert "src=127.0.0.77" not in flows()


@contextlib.contextmanager
def _tracked():
    nft_file("table inet test_upkeep { chain out { type filter hook output priority 0; ct state new accept; }; }")
    yield
    nft_file("delete table inet test_upkeep")


def flows():
    return subprocess.run(["conntrack", "-L", "-p", "tcp"], capture_output=True, text=True, check=True).stdout


def test_a_fight_is_lost_once_told_and_over_after_a_quiet_hour(guard, loads, capsys, monkeypatch):
    monkeypatch.setattr(repairs, "PAUSE_FIRST_S", 1)
    state = lambda: guard.doors.methods["reporter"]["state"](None, {})["tampered"]  # noqa: E731
    guard.conntrack_events = sources.ConntrackEvents(guard.loop, None, None)
    for number in range(1, repairs.FREE + 1):
        assert state() is False
        nft_file("flush ruleset")
        run(guard, BOUND_S, lambda wanted=number: len(loads) == wanted)
        run(guard, 0.05)
    assert state() is True
    for pause_s in (1, 2):
        wanted = len(loads) + 1
        nft_file("flush ruleset")
        took_s = run(guard, BOUND_S, lambda wanted=wanted: len(loads) == wanted)
        assert pause_s / 2 < took_s < 1.9 * pause_s
    assert capsys.readouterr().err.count("somebody goes on changing our table") == 1
    assert LAPTOP in guard.enforcement.table.stopped()
    kept = guard.enforcement.upkeep.repairs
    kept._last -= repairs.QUIET_S
    assert state() is False


def test_a_stop_amid_a_fight_waits_for_the_pause(guard, loads, monkeypatch):
    kept = guard.enforcement.upkeep.repairs
    for _ in range(repairs.FREE):
        kept.done(time.monotonic())
    nft_file("flush ruleset")
    guard.carry_out(guard.home.order(guard.started, mac_bytes("02:00:5e:00:00:04")))
    guard.enforcement.upkeep.look()
    run(guard, CALM_S)
    assert loads == []
