"""Our table in the real kernel, in the network namespace that the test run made for itself."""

import errno
import json
import subprocess
import time

import pytest

from portvagt import check, config
from portvagt.block import elements, ruleset
from portvagt.block.nft import TableError, run_nft
from portvagt.block.table import Member, Table
from portvagt.watch.address import ip_bytes, mac_bytes

LAPTOP, PC = mac_bytes("02:00:5e:00:00:01"), mac_bytes("02:00:5e:00:00:02")
V4, V6 = ip_bytes("192.168.1.20"), ip_bytes("2001:db8:f000:1::20")
NETWORK4, NETWORK6 = ip_bytes("198.18.7.0")[:3], ip_bytes("2001:db8:7::")[:6]
FAMILIAR4 = {"concat": ["02:00:5e:00:00:01", {"prefix": {"addr": "198.18.7.0", "len": 24}}]}
FAMILIAR6 = {"concat": ["02:00:5e:00:00:01", {"prefix": {"addr": "2001:db8:7::", "len": 48}}]}
# sets as a version of before had them: the kernel lets nobody change their flags
OLD_TABLE = """table inet portvagt {
	set stopped_mac { type ether_addr; flags dynamic,timeout; timeout 24h; size 256; elements = { 02:00:5e:00:00:02 } }
	set exempt_mac { type ether_addr; flags timeout; size 256; }
	chain prerouting { type nat hook prerouting priority dstnat - 10; policy accept; }
	set stopped_ip4 { type ipv4_addr; flags dynamic,timeout; timeout 24h; size 256; }
	set stopped_ip6 { type ipv6_addr; flags dynamic,timeout; timeout 24h; size 256; }
	chain old { ether saddr @stopped_mac update @stopped_mac { ether saddr } drop; }
}
"""


def nft(*arguments):
    return subprocess.run(["nft", "-j", *arguments], check=True, capture_output=True, text=True).stdout


def members(name):
    """What nft itself lists in one of our sets."""
    [listed] = [
        each["set"] for each in json.loads(nft("list", "set", "inet", "portvagt", name))["nftables"] if "set" in each
    ]
    return [each["elem"]["val"] if "elem" in each else each for each in listed.get("elem", [])]


@pytest.fixture
def settings(tmp_path, sandbox):
    (tmp_path / "guard").mkdir()
    relays = "config block\n\tlist relay 203.0.113.25\n\tlist relay 2001:db8::25\n"
    yield config.parse(f"config main\n\toption run_dir '{tmp_path}'\n{relays}", "test")
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))


@pytest.fixture
def table(settings):
    loaded = Table(settings)
    loaded.load([])
    return loaded


def test_it_is_there_after_loading_and_gone_after_removal(settings, tmp_path):
    table = Table(settings)
    assert not table.is_loaded()
    table.load([])
    assert table.is_loaded()
    (tmp_path / "removal.nft").write_text(ruleset.REMOVAL)
    run_nft(str(tmp_path / "removal.nft"))
    assert not table.is_loaded()


@pytest.mark.parametrize(
    "key, suffix, text",
    [(LAPTOP, "mac", "02:00:5e:00:00:01"), (V4, "ip4", "192.168.1.20"), (V6, "ip6", "2001:db8:f000:1::20")],
)
def test_nft_sees_what_was_stopped_and_released(table, key, suffix, text):
    table.stop(key, [])
    assert table.stopped() == {key}
    assert members("stopped_" + suffix) == [text] and members("notice_" + suffix) == [text]
    table.release(key)
    table.release(key)
    assert table.stopped() == set() and members("notice_" + suffix) == []


def test_loading_again_keeps_elements_and_doubles_no_rule(table):
    table.stop(LAPTOP, [])
    rules = nft("list", "table", "inet", "portvagt").count('"rule"')
    table.load([])
    assert table.stopped() == {LAPTOP}
    assert nft("list", "table", "inet", "portvagt").count('"rule"') == rules > 15


def test_loading_puts_devices_in(settings):
    table = Table(settings)
    table.load([Member(LAPTOP, True, [NETWORK4, NETWORK6], False), Member(V6, False, [], False)])
    assert table.stopped() == {LAPTOP, V6}
    assert members("notice_mac") == ["02:00:5e:00:00:01"] and members("notice_ip6") == []
    assert members("familiar4") == [FAMILIAR4] and members("familiar6") == [FAMILIAR6]


def test_nft_sees_the_familiar_networks_and_release_forgets_this_devices_only(table):
    table.stop(PC, [NETWORK4])
    table.stop(LAPTOP, [NETWORK4, NETWORK6, NETWORK4])
    table.stop(LAPTOP, [NETWORK4])
    assert FAMILIAR4 in members("familiar4") and len(members("familiar4")) == 2
    assert members("familiar6") == [FAMILIAR6]
    table.release(LAPTOP)
    assert [each["concat"][0] for each in members("familiar4")] == ["02:00:5e:00:00:02"]
    assert members("familiar6") == []


def test_loading_again_keeps_familiar_networks_and_takes_them_twice(table):
    everything = [Member(LAPTOP, False, [NETWORK4, NETWORK6], False)]
    table.stop(LAPTOP, [NETWORK4])
    table.load([])
    assert members("familiar4") == [FAMILIAR4]
    table.load(everything)
    table.load(everything)
    assert members("familiar4") == [FAMILIAR4] and members("familiar6") == [FAMILIAR6]


def test_a_device_of_unknown_mac_has_no_familiar_networks(table):
    table.stop(V4, [NETWORK4])
    table.load([Member(V4, True, [NETWORK4], False)])
    assert table.stopped() == {V4} and members("familiar4") == []


def some_networks(number):
    return [bytes((10, each >> 8, each & 255)) for each in range(number)]


def test_many_familiar_networks_are_one_stop(table):
    table.stop(LAPTOP, some_networks(128))
    assert len(members("familiar4")) == 128
    table.release(LAPTOP)
    assert members("familiar4") == []


def test_full_sets_of_familiar_networks_never_prevent_the_stop(table):
    table.load([Member(PC, True, some_networks(ruleset.FAMILIAR_SIZE), False)])
    table.stop(LAPTOP, [NETWORK6, NETWORK4])
    assert table.stopped() == {LAPTOP, PC} and "02:00:5e:00:00:01" in members("notice_mac")
    assert members("familiar6") == [] and len(members("familiar4")) == ruleset.FAMILIAR_SIZE
    table.load([Member(PC, True, some_networks(1), False)])  # what is there already needs no room
    assert len(members("familiar4")) == ruleset.FAMILIAR_SIZE


def test_more_familiar_networks_than_a_set_holds_never_prevent_loading(table):
    table.exempt(PC, 100)
    table.load([Member(LAPTOP, True, [NETWORK6, *some_networks(ruleset.FAMILIAR_SIZE + 1)], False)])
    assert table.stopped() == {LAPTOP} and members("familiar4") == members("familiar6") == []
    assert members("exempt_mac") != []  # it was not replaced for that


def test_the_first_device_too_many_is_an_error(table):
    for number in range(ruleset.DEVICES):
        table.stop(bytes((2, 0, 0, 0, 1, number)), [])
    with pytest.raises(OSError) as refused:
        table.stop(LAPTOP, [NETWORK4])
    assert refused.value.errno == errno.ENFILE
    assert len(table.stopped()) == ruleset.DEVICES and members("familiar4") == []
    table.stop(bytes((2, 0, 0, 0, 1, 0)), [NETWORK4])  # one that is stopped already needs no room
    table.load([Member(bytes((2, 0, 0, 0, 1, 0)), False, [], False)])


def test_a_refusal_amid_a_transaction_is_its_answer_and_undoes_it(table):
    amid = [elements.add("stopped_mac", LAPTOP), elements.delete("stopped_mac", PC), elements.add("notice_mac", LAPTOP)]
    with pytest.raises(OSError) as refused:
        table.requests.order(elements.batch(amid))
    assert refused.value.errno == errno.ENOENT and table.stopped() == set()


def test_a_stop_ends_by_release_only(table):
    table.stop(LAPTOP, [])
    assert "timeout" not in nft("list", "set", "inet", "portvagt", "stopped_mac")
    assert "timeout" not in nft("list", "set", "inet", "portvagt", "notice_mac")


def test_a_table_of_an_older_version_is_replaced(settings, tmp_path):
    (tmp_path / "old.nft").write_text(OLD_TABLE)
    run_nft(str(tmp_path / "old.nft"))
    table = Table(settings)
    table.load([Member(LAPTOP, True, [NETWORK4], False)])
    assert table.stopped() == {LAPTOP}
    assert members("familiar4") == [FAMILIAR4] and '"old"' not in nft("list", "table", "inet", "portvagt")


def test_a_ruleset_that_no_table_would_take_leaves_the_old_one(settings, tmp_path, monkeypatch):
    (tmp_path / "old.nft").write_text(OLD_TABLE)
    run_nft(str(tmp_path / "old.nft"))
    monkeypatch.setattr(ruleset, "_RULES", ruleset._RULES + "nonsense\n")
    with pytest.raises(TableError, match="syntax error"):
        Table(settings).load([])
    assert Table(settings).stopped() == {PC}


def test_the_check_before_an_update_does_not_mind_the_older_table(settings, tmp_path, capsys):
    (tmp_path / "old.nft").write_text(OLD_TABLE)
    run_nft(str(tmp_path / "old.nft"))
    check.run(settings)
    assert "nftables ruleset: ok" in capsys.readouterr().out
    assert Table(settings).stopped() == {PC}


def test_relays_are_those_of_the_configuration_only(settings, tmp_path):
    Table(settings).load([])
    assert members("relay4") == ["203.0.113.25"] and members("relay6") == ["2001:db8::25"]
    Table(config.parse(f"config main\n\toption run_dir '{tmp_path}'", "test")).load([])
    assert members("relay4") == []


def test_an_exemption_ends_the_block_and_ends_by_itself(table):
    table.stop(LAPTOP, [])
    table.exempt(LAPTOP, 100)
    table.exempt(LAPTOP, 0.2)
    assert table.stopped() == set()
    deadline = time.monotonic() + 5
    while members("exempt_mac") and time.monotonic() < deadline:
        time.sleep(0.05)
    assert members("exempt_mac") == []


def test_a_read_notice_ends_alone(table):
    table.stop(LAPTOP, [])
    table.end_notice(LAPTOP)
    assert members("notice_mac") == [] and table.stopped() == {LAPTOP}


def test_a_table_that_is_gone_is_an_os_error(settings):
    with pytest.raises(OSError):
        Table(settings).stop(LAPTOP, [])


def test_what_nft_refuses_is_said_in_its_words(tmp_path, sandbox):
    (tmp_path / "bad.nft").write_text("table inet portvagt { nonsense }\n")
    with pytest.raises(TableError, match="syntax error"):
        run_nft(str(tmp_path / "bad.nft"))


def test_observe_refuses_nothing(settings, tmp_path):
    text = f"config main\n\toption run_dir '{tmp_path}'\n\toption policy observe"
    Table(config.parse(text, "test")).load([])
    assert "jump" not in nft("list", "table", "inet", "portvagt")
